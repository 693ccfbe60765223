// Policies in JSON.
//
//     {"effect": "permit", "principal": {"op": "==", "entity": {"type": "User", "id": "ann"}}, "action": {"op": "All"},
//      "resource": {"op": "is", "entity_type": "Record", "in": {"slot": "?resource"}},
//      "conditions": [{"kind": "when", "body": {"Value": true}}], "annotations": {"id": "1"}}
extension PolicyBody {
    init(json node: JSONNode) throws(JSONFormatError) {
        let object = try node.object(["effect", "principal", "action", "resource", "conditions", "annotations"])
        guard let effect = Effect(rawValue: try object.required("effect").string().text) else {
            throw JSONFormatError(object.path["effect"], expected: "permit or forbid")
        }
        var conditions: [Condition] = []
        for condition in try object.required("conditions").elements() { conditions.append(try Condition(json: condition)) }
        self.init(
            effect: effect, principal: try ScopeConstraint(json: object.required("principal"), slot: .principal),
            action: try ActionConstraint(json: object.required("action")),
            resource: try ScopeConstraint(json: object.required("resource"), slot: .resource), conditions: conditions,
            annotations: try Self.annotations(object["annotations"]))
    }

    /// One without a value is null.
    private static func annotations(_ node: JSONNode?) throws(JSONFormatError) -> [CedarString: CedarString] {
        guard let node else { return [:] }
        var annotations: [CedarString: CedarString] = [:]
        for (name, value) in try node.object().members {
            guard Identifier.isWellFormed(name) else { throw JSONFormatError(value.path, expected: "an identifier as the name") }
            if case .null = value.value { annotations[name] = "" } else { annotations[name] = try value.string() }
        }
        return annotations
    }
}

extension PolicyBody.Condition {
    fileprivate init(json node: JSONNode) throws(JSONFormatError) {
        let object = try node.object(["kind", "body"])
        guard let kind = Kind(rawValue: try object.required("kind").string().text) else {
            throw JSONFormatError(object.path["kind"], expected: "when or unless")
        }
        self.init(kind, try ExpressionReader().expression(object.required("body")))
    }
}

extension ScopeConstraint {
    fileprivate init(json node: JSONNode, slot: Slot) throws(JSONFormatError) {
        switch try node.object().required("op").string() {
        case "All", "all":
            _ = try node.object(["op"])
            self = .any
        case "==": self = .equal(try EntityReference(json: node, ["op"], slot))
        case "in": self = .in(try EntityReference(json: node, ["op"], slot))
        case "is":
            let object = try node.object(["op", "entity_type", "in"])
            let type = try EntityType(json: object.required("entity_type"))
            let reference = try object["in"].map { node throws(JSONFormatError) in try EntityReference(json: node, [], slot) }
            self = reference.map { .isIn(type, $0) } ?? .is(type)
        default: throw JSONFormatError(node.path["op"], expected: "All, ==, in or is")
        }
    }
}

extension EntityReference {
    /// - Parameter others: members that may stand beside `entity` or `slot`.
    fileprivate init(json node: JSONNode, _ others: [CedarString], _ slot: Slot) throws(JSONFormatError) {
        let object = try node.object(others + ["entity", "slot"])
        guard let name = object["slot"] else {
            self = .uid(try ValueReader.uid(object.required("entity")))
            return
        }
        guard object["entity"] == nil, try name.string() == CedarString(slot.rawValue) else {
            throw JSONFormatError(name.path, expected: "\(slot.rawValue) alone")
        }
        self = .slot
    }
}

extension ActionConstraint {
    fileprivate init(json node: JSONNode) throws(JSONFormatError) {
        let object = try node.object(["op", "entity", "entities"])
        switch (try object.required("op").string(), object["entity"], object["entities"]) {
        case ("All", nil, nil), ("all", nil, nil): self = .any
        case ("==", let entity?, nil): self = .equal(try Self.action(entity))
        case ("in", let entity?, nil): self = .in(try Self.action(entity))
        case ("in", nil, let entities?):
            var actions: [EntityUID] = []
            for entity in try entities.elements() { actions.append(try Self.action(entity)) }
            self = .inAny(actions)
        default: throw JSONFormatError(node.path, expected: "All; == or in with an entity; or in with entities")
        }
    }

    private static func action(_ node: JSONNode) throws(JSONFormatError) -> EntityUID {
        let uid = try ValueReader.uid(node)
        guard uid.type.isActionType else { throw JSONFormatError(node.path, expected: "an entity of type Action") }
        return uid
    }
}

extension JSONWriter {
    mutating func policy(_ body: PolicyBody) {
        object { writer in
            writer.name("effect")
            writer.string(CedarString(body.effect.rawValue))
            writer.name("principal")
            writer.scope(body.principal, .principal)
            writer.name("action")
            writer.scope(body.action)
            writer.name("resource")
            writer.scope(body.resource, .resource)
            writer.name("conditions")
            writer.array { writer in
                for condition in body.conditions { writer.condition(condition) }
            }
            guard !body.annotations.isEmpty else { return }
            writer.name("annotations")
            writer.object { writer in
                for (name, value) in body.annotations.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
            }
        }
    }

    private mutating func member(_ name: CedarString, _ text: CedarString) {
        self.name(name)
        string(text)
    }

    private mutating func condition(_ condition: PolicyBody.Condition) {
        object { writer in
            writer.member("kind", CedarString(condition.kind.rawValue))
            writer.name("body")
            writer.expression(condition.expression)
        }
    }

    private mutating func scope(_ constraint: ScopeConstraint, _ slot: Slot) {
        object { writer in
            switch constraint {
            case .any: writer.member("op", "All")
            case .equal(let reference):
                writer.member("op", "==")
                writer.reference(reference, slot)
            case .in(let reference):
                writer.member("op", "in")
                writer.reference(reference, slot)
            case .is(let type):
                writer.member("op", "is")
                writer.member("entity_type", type.name)
            case .isIn(let type, let reference):
                writer.member("op", "is")
                writer.member("entity_type", type.name)
                writer.name("in")
                writer.object { $0.reference(reference, slot) }
            }
        }
    }

    private mutating func reference(_ reference: EntityReference, _ slot: Slot) {
        switch reference {
        case .slot: member("slot", CedarString(slot.rawValue))
        case .uid(let uid):
            name("entity")
            self.uid(uid)
        }
    }

    private mutating func scope(_ constraint: ActionConstraint) {
        object { writer in
            switch constraint {
            case .any: writer.member("op", "All")
            case .equal(let uid):
                writer.member("op", "==")
                writer.reference(.uid(uid), .principal)
            case .in(let uid):
                writer.member("op", "in")
                writer.reference(.uid(uid), .principal)
            case .inAny(let uids):
                writer.member("op", "in")
                if uids.count == 1 { return writer.reference(.uid(uids[0]), .principal) }
                writer.name("entities")
                writer.array { writer in
                    for uid in uids { writer.uid(uid) }
                }
            }
        }
    }
}
