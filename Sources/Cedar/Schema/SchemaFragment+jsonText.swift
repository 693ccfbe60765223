// Writing a schema in JSON syntax.
extension SchemaFragment {
    /// On one line, declarations as they stand in the fragment.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for namespace in namespaces {
                writer.name(namespace.name)
                writer.object(namespace.write)
            }
        }
        return writer.bytes
    }

    fileprivate static func write(_ annotations: Annotations, to writer: inout JSONWriter) {
        guard !annotations.isEmpty else { return }
        writer.name("annotations")
        writer.object { writer in
            for (name, value) in annotations.sorted(by: { $0.key < $1.key }) {
                writer.name(name)
                writer.string(value)
            }
        }
    }

    fileprivate static func write(_ texts: [CedarString], named name: CedarString, to writer: inout JSONWriter) {
        writer.name(name)
        writer.array { writer in
            for text in texts { writer.string(text) }
        }
    }
}

extension SchemaFragment.Namespace {
    fileprivate func write(to writer: inout JSONWriter) {
        SchemaFragment.write(annotations, to: &writer)
        if !commonTypes.isEmpty {
            writer.name("commonTypes")
            writer.object { writer in
                for type in commonTypes {
                    writer.name(type.name)
                    writer.object { writer in
                        type.type.writeMembers(to: &writer)
                        SchemaFragment.write(type.annotations, to: &writer)
                    }
                }
            }
        }
        writer.name("entityTypes")
        writer.object { writer in
            for type in entityTypes {
                writer.name(type.name)
                writer.object(type.write)
            }
        }
        writer.name("actions")
        writer.object { writer in
            for action in actions {
                writer.name(action.name)
                writer.object(action.write)
            }
        }
    }
}

extension SchemaFragment.EntityType {
    fileprivate func write(to writer: inout JSONWriter) {
        switch kind {
        case .enumerated(let ids): SchemaFragment.write(ids, named: "enum", to: &writer)
        case .standard(let parents, let shape, let tags):
            if !parents.isEmpty { SchemaFragment.write(parents, named: "memberOfTypes", to: &writer) }
            if shape != .emptyRecord { shape.write(named: "shape", to: &writer) }
            tags?.write(named: "tags", to: &writer)
        }
        SchemaFragment.write(annotations, to: &writer)
    }
}

extension SchemaFragment.Action {
    fileprivate func write(to writer: inout JSONWriter) {
        if !parents.isEmpty {
            writer.name("memberOf")
            writer.array { writer in
                for parent in parents {
                    writer.object { writer in
                        writer.name("id")
                        writer.string(parent.id)
                        guard let type = parent.type else { return }
                        writer.name("type")
                        writer.string(type)
                    }
                }
            }
        }
        if let appliesTo {
            writer.name("appliesTo")
            writer.object { writer in
                SchemaFragment.write(appliesTo.principals, named: "principalTypes", to: &writer)
                SchemaFragment.write(appliesTo.resources, named: "resourceTypes", to: &writer)
                if appliesTo.context != .emptyRecord { appliesTo.context.write(named: "context", to: &writer) }
            }
        }
        SchemaFragment.write(annotations, to: &writer)
    }
}

extension SchemaFragment.TypeExpression {
    fileprivate func write(named name: CedarString, to writer: inout JSONWriter) {
        writer.name(name)
        writer.object(writeMembers)
    }

    /// The members of the object, without its braces: others may follow.
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        func write(type: CedarString, name: CedarString? = nil) {
            writer.name("type")
            writer.string(type)
            guard let name else { return }
            writer.name("name")
            writer.string(name)
        }
        switch self {
        case .bool: write(type: "Boolean")
        case .long: write(type: "Long")
        case .string: write(type: "String")
        case .extension(let name): write(type: "Extension", name: name)
        case .entity(let name): write(type: "Entity", name: name)
        case .named(let name): write(type: "EntityOrCommon", name: name)
        case .common(let name): write(type: name)
        case .set(let element):
            write(type: "Set")
            element.write(named: "element", to: &writer)
        case .record(let attributes):
            write(type: "Record")
            writer.name("attributes")
            writer.object { writer in
                for attribute in attributes { attribute.write(to: &writer) }
            }
        }
    }
}

extension SchemaFragment.Attribute {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.name(name)
        writer.object { writer in
            type.writeMembers(to: &writer)
            if !isRequired {
                writer.name("required")
                writer.bool(false)
            }
            SchemaFragment.write(annotations, to: &writer)
        }
    }
}
