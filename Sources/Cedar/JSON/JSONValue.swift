/// A JSON value as Cedar's formats know it: no fractions, integers exact in 64 bits, strings by their bytes, names unique within an
/// object.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case long(Int64)
    case string(CedarString)
    case array([JSONValue])
    case object(JSONObject)

    /// What stands in a message beside "expected …".
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .long: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// The members of an object, sorted by name.
package struct JSONObject: Sendable {
    package struct Member: Sendable {
        let name: CedarString
        let value: JSONValue
    }

    let members: [Member]

    /// `nil` if two members have one name.
    init?(_ members: [Member]) {
        let sorted = members.sorted { $0.name < $1.name }
        for index in sorted.indices.dropFirst() where sorted[index - 1].name == sorted[index].name { return nil }
        self.members = sorted
    }

    subscript(name: CedarString) -> JSONValue? {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].name < name { low = middle + 1 } else { high = middle }
        }
        guard low < members.count, members[low].name == name else { return nil }
        return members[low].value
    }
}
