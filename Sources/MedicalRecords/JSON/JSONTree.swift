/// A small JSON value taken out of its bytes, for rules and for the few resources of which more than ranges is wanted.
package enum JSONTree: Sendable {
    case text(String)
    case list([JSONTree])
    case object([(name: String, value: JSONTree)])
    /// As it is written: a number is not the nearest that a processor can hold.
    case number(String)
    case flag(Bool)
    case null

    package init(_ json: inout JSONCursor) throws(JSONError) {
        switch try json.kind() {
        case .string: self = .text(try json.text())
        case .number: self = .number(String(decoding: json.bytes[try json.skip()], as: UTF8.self))
        case .literal:
            switch json.bytes[try json.skip().lowerBound] {
            case UInt8(ascii: "t"): self = .flag(true)
            case UInt8(ascii: "f"): self = .flag(false)
            default: self = .null
            }
        case .array:
            var elements: [JSONTree] = []
            try json.beginArray()
            while try json.nextElement() { elements.append(try JSONTree(&json)) }
            self = .list(elements)
        case .object:
            var members: [(name: String, value: JSONTree)] = []
            try json.beginObject()
            while let key = try json.nextKey() { members.append((json.text(of: key), try JSONTree(&json))) }
            self = .object(members)
        }
    }

    /// The member of this name; `nil` also if this is no object.
    package subscript(name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    package var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    /// The elements of a list, of which anything else has none.
    package var elements: [JSONTree] {
        guard case .list(let elements) = self else { return [] }
        return elements
    }
}
