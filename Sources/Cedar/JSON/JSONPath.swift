/// Where in a JSON value something stands: `entities[3].attrs.name`. It is built only on the way to a message.
package indirect enum JSONPath {
    case root(String)
    case member(JSONPath, CedarString)
    case element(JSONPath, Int)

    subscript(name: CedarString) -> JSONPath { .member(self, name) }
    subscript(index: Int) -> JSONPath { .element(self, index) }

    var text: String {
        switch self {
        case .root(let name): name
        case .member(let path, let name): path.text + "." + name.description
        case .element(let path, let index): path.text + "[\(index)]"
        }
    }
}

/// Valid JSON that is not the value which belongs at its place.
package struct JSONFormatError: Error, Hashable, Sendable {
    /// Such as `schema.Clinic.actions.read`.
    package let path: String
    package let expected: String

    init(_ path: JSONPath, expected: String) {
        self.path = path.text
        self.expected = expected
    }
}

extension JSONFormatError: CustomStringConvertible {
    package var description: String { "\(path): expected \(expected)" }
}

/// A JSON value together with its place, read by what it should be.
package struct JSONNode {
    package let value: JSONValue
    let path: JSONPath

    package init(_ value: JSONValue, _ path: JSONPath) {
        self.value = value
        self.path = path
    }

    package func mismatch(_ expected: String) -> JSONFormatError {
        JSONFormatError(path, expected: "\(expected), not \(value.kind)")
    }

    package func string() throws(JSONFormatError) -> CedarString {
        guard case .string(let text) = value else { throw mismatch("a string") }
        return text
    }

    func bool() throws(JSONFormatError) -> Bool {
        guard case .bool(let value) = value else { throw mismatch("a boolean") }
        return value
    }

    package func elements() throws(JSONFormatError) -> [JSONNode] {
        guard case .array(let elements) = value else { throw mismatch("an array") }
        return elements.enumerated().map { JSONNode($0.element, path[$0.offset]) }
    }

    /// - Parameter allowed: all names that may stand here; others are refused. `nil` allows every name.
    package func object(_ allowed: [CedarString]? = nil) throws(JSONFormatError) -> JSONObjectNode {
        guard case .object(let object) = value else { throw mismatch("an object") }
        if let allowed, let other = object.members.first(where: { !allowed.contains($0.name) }) {
            let names = allowed.map { "`\($0)`" }.joined(separator: ", ")
            throw JSONFormatError(path[other.name], expected: "no such member; those that may stand here are \(names)")
        }
        return JSONObjectNode(object: object, path: path)
    }
}

package struct JSONObjectNode {
    let object: JSONObject
    let path: JSONPath

    /// In the order of their names.
    var members: [(name: CedarString, node: JSONNode)] {
        object.members.map { ($0.name, JSONNode($0.value, path[$0.name])) }
    }

    package subscript(name: CedarString) -> JSONNode? {
        object[name].map { JSONNode($0, path[name]) }
    }

    package func required(_ name: CedarString) throws(JSONFormatError) -> JSONNode {
        guard let node = self[name] else { throw JSONFormatError(path, expected: "a member `\(name)`") }
        return node
    }
}
