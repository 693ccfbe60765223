/// Reads values from JSON.
///
///     {"name": "Ann", "age": 42, "doctor": {"__entity": {"type": "User", "id": "bob"}},
///      "since": {"__extn": {"fn": "datetime", "arg": "2026-11-21"}},
///      "until": {"__extn": {"fn": "offset", "args": [{"__extn": {…}}, {"__extn": {…}}]}}}
///
/// Where a schema says that an entity or an extension value stands, its escape may be left out: `{"type": "User", "id": "bob"}`,
/// `{"fn": "datetime", "arg": "2026-11-21"}`, `"2026-11-21"`.
package struct ValueReader {
    /// Types are looked up here.
    let schema: Schema?

    /// - Parameter expected: what the schema says of the value; it decides what may be left out and is not checked here.
    func value(_ node: JSONNode, expecting expected: TypeID? = nil) throws(JSONFormatError) -> Value {
        switch expected.flatMap({ schema?.types[$0] }) {
        case .entity: return .entity(try Self.uid(node))
        case .extension(let type): return try extensionValue(node, type)
        case .set(let element): return .set(try set(node, expecting: element))
        case .record(let type): return .record(try record(node, expecting: type))
        default: return try value(node, escaped: true)
        }
    }

    private func value(_ node: JSONNode, escaped: Bool) throws(JSONFormatError) -> Value {
        switch node.value {
        case .bool(let value): return .bool(value)
        case .long(let value): return .long(value)
        case .string(let text): return .string(text)
        case .array: return .set(try set(node, expecting: nil))
        case .object(let object):
            if object[Self.entityEscape] != nil { return .entity(try Self.uid(node)) }
            if let call = try escape(node, Self.extensionEscape) { return try self.call(call) }
            return .record(try record(node, expecting: nil))
        case .null: throw node.mismatch("a value")
        }
    }

    static let entityEscape: CedarString = "__entity"
    static let extensionEscape: CedarString = "__extn"
    /// Names that no attribute can have in JSON. `__expr` was an escape once.
    static let escapes: Set<CedarString> = [entityEscape, extensionEscape, "__expr"]

    /// What an escape holds, which must stand alone in its object.
    private func escape(_ node: JSONNode, _ name: CedarString) throws(JSONFormatError) -> JSONNode? {
        guard case .object(let object) = node.value, object[name] != nil else { return nil }
        return try node.object([name]).required(name)
    }

    private func set(_ node: JSONNode, expecting element: TypeID?) throws(JSONFormatError) -> ValueSet {
        var elements: [Value] = []
        for node in try node.elements() { elements.append(try value(node, expecting: element)) }
        return ValueSet(elements)
    }

    private func record(_ node: JSONNode, expecting type: RecordType?) throws(JSONFormatError) -> Record {
        try record(node) { type?[$0]?.type }
    }

    func record(_ node: JSONNode, type: (CedarString) -> TypeID?) throws(JSONFormatError) -> Record {
        var fields: [Record.Field] = []
        for (name, node) in try node.object().members {
            guard !Self.escapes.contains(name) else {
                throw JSONFormatError(node.path, expected: "no attribute of this name: it is an escape")
            }
            fields.append(Record.Field(name: name, value: try value(node, expecting: type(name))))
        }
        // Names are unique in every object that was read.
        return Record(fields) ?? .empty
    }
}

// Entities.
extension ValueReader {
    /// With or without its escape.
    package static func uid(_ node: JSONNode) throws(JSONFormatError) -> EntityUID {
        var body = node
        if case .object(let object) = node.value, object[entityEscape] != nil {
            body = try node.object([entityEscape]).required(entityEscape)
        }
        let object = try body.object(["type", "id"])
        let type = try object.required("type").string()
        guard Identifier.isName(type) else { throw JSONFormatError(body.path["type"], expected: "the name of an entity type") }
        return EntityUID(type: EntityType(type), id: try object.required("id").string())
    }
}

// Extension values.
extension ValueReader {
    private func extensionValue(_ node: JSONNode, _ type: ExtensionType) throws(JSONFormatError) -> Value {
        switch node.value {
        case .string(let text):
            guard let value = type.constructor.construct(from: text) else { throw node.mismatch("the text of a \(type.rawValue)") }
            return value
        case .object: return try call(try escape(node, Self.extensionEscape) ?? node)
        default: throw node.mismatch("a \(type.rawValue)")
        }
    }

    /// `{"fn": NAME, "arg": VALUE}` or `{"fn": NAME, "args": [VALUE, …]}`.
    private func call(_ node: JSONNode) throws(JSONFormatError) -> Value {
        let hasOne = try node.object()["arg"] != nil
        let object = try node.object(["fn", hasOne ? "arg" : "args"])
        let name = try object.required("fn").string()
        guard let function = ExtensionFunction(rawValue: name.text) else {
            throw JSONFormatError(node.path["fn"], expected: "the name of a function")
        }
        var arguments: [Value] = []
        if hasOne {
            arguments = [try value(object.required("arg"))]
        } else {
            for node in try object.required("args").elements() { arguments.append(try value(node)) }
        }
        guard let value = function.apply(arguments) else {
            throw JSONFormatError(node.path, expected: "arguments that the function `\(name)` takes")
        }
        return value
    }
}

extension ExtensionType {
    var constructor: ExtensionFunction {
        switch self {
        case .decimal: .decimal
        case .ipaddr: .ip
        case .datetime: .datetime
        case .duration: .duration
        }
    }
}

extension ExtensionFunction {
    /// The value of a call that makes an extension value; nil for other functions and for arguments that it does not take.
    fileprivate func apply(_ arguments: [Value]) -> Value? {
        switch (self, arguments.first, arguments.dropFirst().first, arguments.count) {
        case (_, .string(let text), nil, 1) where isConstructor: construct(from: text)
        case (.offset, .datetime(let start), .duration(let duration), 2): start.offset(by: duration).map(Value.datetime)
        case (.durationSince, .datetime(let end), .datetime(let start), 2): end.duration(since: start).map(Value.duration)
        case (.toDate, .datetime(let instant), nil, 1): instant.date.map(Value.datetime)
        case (.toTime, .datetime(let instant), nil, 1): .duration(instant.time)
        default: nil
        }
    }
}
