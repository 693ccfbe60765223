// A schema in JSON syntax.
//
//     {"Clinic": {
//       "entityTypes": {"User": {"memberOfTypes": ["Role"], "shape": {"type": "Record", "attributes": {
//                          "name": {"type": "String"}, "until": {"type": "Extension", "name": "datetime", "required": false}}}},
//                       "Role": {}, "Purpose": {"enum": ["treatment", "research"]}},
//       "actions": {"read": {"memberOf": [{"id": "any"}], "appliesTo": {"principalTypes": ["User"], "resourceTypes": ["Record"]}}},
//       "commonTypes": {}, "annotations": {}}}
//
// A name that stands where it means nothing is refused.
extension SchemaFragment {
    init(json value: JSONValue) throws(SchemaError) {
        let root = JSONNode(value, .root("schema"))
        do throws(JSONFormatError) {
            var namespaces: [Namespace] = []
            for (name, node) in try root.object().members { namespaces.append(try Namespace(name, json: node)) }
            self.init(namespaces)
        } catch {
            throw .format(error)
        }
    }
}

extension SchemaFragment.Namespace {
    fileprivate init(_ name: CedarString, json node: JSONNode) throws(JSONFormatError) {
        let object = try node.object(["entityTypes", "actions", "commonTypes", "annotations"])
        guard name.isEmpty || Identifier.isName(name) else { throw JSONFormatError(node.path, expected: "the name of a namespace") }
        self.name = name
        annotations = try SchemaFragment.annotations(object)
        guard !name.isEmpty || annotations.isEmpty else {
            throw JSONFormatError(node.path, expected: "no annotations on the empty namespace")
        }
        for (name, node) in try object.required("entityTypes").object().members {
            guard SchemaName.isIdentifier(name) else { throw JSONFormatError(node.path, expected: "the name of an entity type") }
            entityTypes.append(try SchemaFragment.EntityType(name, json: node))
        }
        for (name, node) in try object.required("actions").object().members {
            actions.append(try SchemaFragment.Action(name, json: node))
        }
        for (name, node) in try object["commonTypes"]?.object().members ?? [] {
            guard SchemaName.canBeCommonType(name) else {
                throw JSONFormatError(node.path, expected: "a name that is not reserved")
            }
            let type = try SchemaFragment.TypeExpression(json: node, allowing: ["annotations"])
            commonTypes.append(.init(name: name, annotations: try SchemaFragment.annotations(node.object()), type: type))
        }
    }
}

extension SchemaFragment.EntityType {
    fileprivate init(_ name: CedarString, json node: JSONNode) throws(JSONFormatError) {
        let isEnumerated = try node.object()["enum"] != nil
        let object = try node.object(isEnumerated ? ["enum", "annotations"] : ["memberOfTypes", "shape", "tags", "annotations"])
        self.name = name
        annotations = try SchemaFragment.annotations(object)
        if let ids = object["enum"] {
            var choices: [CedarString] = []
            for node in try ids.elements() { choices.append(try node.string()) }
            guard !choices.isEmpty else { throw ids.mismatch("at least one id") }
            kind = .enumerated(choices)
        } else {
            let shape = try object["shape"].map { node throws(JSONFormatError) in try SchemaFragment.TypeExpression(json: node) }
            let tags = try object["tags"].map { node throws(JSONFormatError) in try SchemaFragment.TypeExpression(json: node) }
            let parents = try object["memberOfTypes"].map(SchemaFragment.paths)
            kind = .standard(parents: parents ?? [], shape: shape ?? .emptyRecord, tags: tags)
        }
    }
}

extension SchemaFragment.Action {
    fileprivate init(_ name: CedarString, json node: JSONNode) throws(JSONFormatError) {
        let object = try node.object(["memberOf", "appliesTo", "attributes", "annotations"])
        if let attributes = object["attributes"] {
            throw attributes.mismatch("no attributes: actions have none in this version of Cedar")
        }
        self.name = name
        annotations = try SchemaFragment.annotations(object)
        for node in try object["memberOf"]?.elements() ?? [] {
            let parent = try node.object(["id", "type"])
            let type = try parent["type"].map(SchemaFragment.path)
            parents.append(.init(type: type, id: try parent.required("id").string()))
        }
        appliesTo = try object["appliesTo"].map { node throws(JSONFormatError) in
            let object = try node.object(["principalTypes", "resourceTypes", "context"])
            let context = try object["context"].map { node throws(JSONFormatError) in try SchemaFragment.TypeExpression(json: node)
            }
            return SchemaFragment.AppliesTo(
                principals: try SchemaFragment.paths(object.required("principalTypes")),
                resources: try SchemaFragment.paths(object.required("resourceTypes")), context: context ?? .emptyRecord)
        }
    }
}

extension SchemaFragment.TypeExpression {
    /// - Parameter allowing: names that belong to what the type stands in.
    fileprivate init(json node: JSONNode, allowing others: [CedarString] = []) throws(JSONFormatError) {
        let name = try node.object().required("type").string()
        func object(_ members: CedarString...) throws(JSONFormatError) -> JSONObjectNode {
            try node.object(["type"] + members + others)
        }
        switch name {
        case "String":
            _ = try object()
            self = .string
        case "Long":
            _ = try object()
            self = .long
        case "Boolean":
            _ = try object()
            self = .bool
        case "Set": self = .set(try Self(json: try object("element").required("element")))
        case "Record": self = .record(try Self.attributes(object("attributes", "additionalAttributes")))
        case "Entity": self = .entity(try SchemaFragment.path(object("name").required("name")))
        case "EntityOrCommon": self = .named(try SchemaFragment.path(object("name").required("name")))
        case "Extension": self = .extension(try object("name").required("name").string())
        default: self = .common(try SchemaFragment.path(object().required("type")))
        }
    }

    private static func attributes(_ record: JSONObjectNode) throws(JSONFormatError) -> [SchemaFragment.Attribute] {
        if let additional = record["additionalAttributes"], try additional.bool() {
            throw JSONFormatError(additional.path, expected: "false: records with further attributes are not supported")
        }
        var attributes: [SchemaFragment.Attribute] = []
        for (name, node) in try record.required("attributes").object().members {
            let type = try Self(json: node, allowing: ["required", "annotations"])
            let object = try node.object()
            attributes.append(
                .init(
                    name: name, annotations: try SchemaFragment.annotations(object), type: type,
                    isRequired: try object["required"]?.bool() ?? true))
        }
        return attributes
    }
}

extension SchemaFragment {
    fileprivate static func annotations(_ object: JSONObjectNode) throws(JSONFormatError) -> Annotations {
        var annotations: Annotations = [:]
        for (name, node) in try object["annotations"]?.object().members ?? [] {
            guard Identifier.isWellFormed(name) else { throw JSONFormatError(node.path, expected: "the name of an annotation") }
            if case .null = node.value { annotations[name] = "" } else { annotations[name] = try node.string() }
        }
        return annotations
    }

    fileprivate static func path(_ node: JSONNode) throws(JSONFormatError) -> CedarString {
        let path = try node.string()
        guard SchemaName.isReference(path) else { throw JSONFormatError(node.path, expected: "the name of a type") }
        return path
    }

    fileprivate static func paths(_ node: JSONNode) throws(JSONFormatError) -> [CedarString] {
        var paths: [CedarString] = []
        for element in try node.elements() { paths.append(try path(element)) }
        return paths
    }
}
