// Writing a schema in Cedar syntax.
extension SchemaFragment {
    /// Declarations as they stand in the fragment, two spaces a level.
    ///
    /// - Throws: `.notExpressible` where JSON says what Cedar syntax cannot: a shape that is the name of a type, an action with
    ///   principals and no resources, or a name that would be looked up as something else.
    package func cedarText() throws(SchemaError) -> String {
        try refuseInexpressible()
        var text = ""
        for namespace in namespaces {
            if !text.isEmpty { text += "\n" }
            guard !namespace.name.isEmpty else {
                text += namespace.declarations(indent: "")
                continue
            }
            text += SchemaFragment.text(namespace.annotations, indent: "")
            text += "namespace \(namespace.name) {\n\(namespace.declarations(indent: "  "))}\n"
        }
        return text
    }

    fileprivate static func text(_ annotations: Annotations, indent: String) -> String {
        annotations.sorted { $0.key < $1.key }.map { "\(indent)@\($0.key)(\(StringEscapes.quoted($0.value)))\n" }.joined()
    }

    fileprivate static func text(_ paths: [CedarString]) -> String {
        "[\(paths.map(\.text).joined(separator: ", "))]"
    }
}

// What cannot be written.
extension SchemaFragment {
    private func refuseInexpressible() throws(SchemaError) {
        let names = try SchemaNames(self)
        for namespace in namespaces {
            for type in namespace.commonTypes { try type.type.refuseOtherMeaning(names, in: namespace.name) }
            for type in namespace.entityTypes {
                guard case .standard(_, let shape, let tags) = type.kind else { continue }
                guard case .record = shape else {
                    throw .notExpressible("the shape of `\(type.name)`, which is the name of a type,")
                }
                try shape.refuseOtherMeaning(names, in: namespace.name)
                try tags?.refuseOtherMeaning(names, in: namespace.name)
            }
            for action in namespace.actions {
                guard let appliesTo = action.appliesTo else { continue }
                guard appliesTo.principals.isEmpty == appliesTo.resources.isEmpty,
                    !appliesTo.principals.isEmpty || appliesTo.context == .emptyRecord
                else { throw .notExpressible("that `\(action.name)` applies to one side only") }
                switch appliesTo.context {
                case .record, .named, .common: try appliesTo.context.refuseOtherMeaning(names, in: namespace.name)
                default: throw .notARecord("the context of `\(action.name)`")
                }
            }
        }
    }
}

extension SchemaFragment.TypeExpression {
    /// In Cedar syntax each name is looked up among common types and entity types.
    fileprivate func refuseOtherMeaning(_ names: SchemaNames, in namespace: CedarString) throws(SchemaError) {
        switch self {
        case .entity(let name):
            guard case .entity(let id)? = names.type(name, in: namespace), id == names.entityType(name, in: namespace) else {
                throw .notExpressible("that `\(name)` is an entity type and not the common type")
            }
        case .common(let name):
            switch names.type(name, in: namespace) {
            case .entity: throw .notExpressible("that `\(name)` is a common type and not the entity type")
            default: break
            }
        case .set(let element): try element.refuseOtherMeaning(names, in: namespace)
        case .record(let attributes):
            for attribute in attributes { try attribute.type.refuseOtherMeaning(names, in: namespace) }
        case .bool, .long, .string, .extension, .named: break
        }
    }

    fileprivate func text(indent: String) -> String {
        switch self {
        case .bool: return "__cedar::Bool"
        case .long: return "__cedar::Long"
        case .string: return "__cedar::String"
        case .extension(let name): return "__cedar::\(name)"
        case .entity(let name), .common(let name), .named(let name): return name.text
        case .set(let element): return "Set<\(element.text(indent: indent))>"
        case .record(let attributes):
            guard !attributes.isEmpty else { return "{}" }
            let lines = attributes.map { $0.text(indent: indent + "  ") }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        }
    }
}

extension SchemaFragment.Attribute {
    fileprivate func text(indent: String) -> String {
        let name = SchemaName.isIdentifier(name) ? name.text : StringEscapes.quoted(name)
        return SchemaFragment.text(annotations, indent: indent)
            + "\(indent)\(name)\(isRequired ? "" : "?"): \(type.text(indent: indent))"
    }
}

extension SchemaFragment.Namespace {
    fileprivate func declarations(indent: String) -> String {
        let commonTypes = commonTypes.map {
            "\(SchemaFragment.text($0.annotations, indent: indent))\(indent)type \($0.name) = \($0.type.text(indent: indent));\n"
        }
        return (commonTypes + entityTypes.map { $0.text(indent: indent) } + actions.map { $0.text(indent: indent) }).joined()
    }
}

extension SchemaFragment.EntityType {
    fileprivate func text(indent: String) -> String {
        var text = "\(SchemaFragment.text(annotations, indent: indent))\(indent)entity \(name)"
        switch kind {
        case .enumerated(let ids): text += " enum [\(ids.map(StringEscapes.quoted).joined(separator: ", "))]"
        case .standard(let parents, let shape, let tags):
            if !parents.isEmpty { text += " in \(SchemaFragment.text(parents))" }
            if shape != .emptyRecord { text += " = \(shape.text(indent: indent))" }
            if let tags { text += " tags \(tags.text(indent: indent))" }
        }
        return text + ";\n"
    }
}

extension SchemaFragment.Action {
    fileprivate func text(indent: String) -> String {
        var text = "\(SchemaFragment.text(annotations, indent: indent))\(indent)action \(StringEscapes.quoted(name))"
        if !parents.isEmpty {
            let parents = parents.map { parent in
                (parent.type.map { "\($0)::" } ?? "") + StringEscapes.quoted(parent.id)
            }
            text += " in [\(parents.joined(separator: ", "))]"
        }
        if let appliesTo, !appliesTo.principals.isEmpty {
            text += " appliesTo {\n\(indent)  principal: \(SchemaFragment.text(appliesTo.principals)),\n"
            text += "\(indent)  resource: \(SchemaFragment.text(appliesTo.resources)),\n"
            text += "\(indent)  context: \(appliesTo.context.text(indent: indent + "  "))\n\(indent)}"
        }
        return text + ";\n"
    }
}
