/// A strict reader of one JSON value (RFC 8259) that leaves the bytes where they are.
///
/// The caller asks for what comes next and skips the rest:
///
///     var json = try JSONCursor(bytes)
///     try json.beginObject()
///     while let key = try json.nextKey() {
///         if json.matches(key, name) { let range = try json.skip() } else { try json.skip() }
///     }
///     try json.expectEnd()
///
/// After `nextKey()` or `nextElement()` exactly one value is to be read or skipped; whoever forgets meets `unexpectedByte`. Stricter
/// than most readers, so that no two of them can see two documents in the same bytes: names are unique within an object, compared
/// after their escapes; the bytes are UTF-8 without a byte order mark; nothing follows the value. Depth and size are bounded.
package struct JSONCursor {
    /// Larger files are refused unread. Offsets within a file so fit in 32 bits.
    package static let maximumSize = 256 << 20
    /// Containers within containers. FHIR's own resources stay below 20.
    package static let maximumDepth = 64

    package enum Kind: Sendable {
        case object, array, string, number, literal
    }

    package let bytes: [UInt8]
    package private(set) var position: Int
    private let end: Int
    private let maximumDepth: Int
    /// Open containers, one bit each, the innermost in the lowest: set for an object.
    private var containers: UInt64 = 0
    private var depth = 0
    /// Whether the innermost container had no member yet.
    private var isFirst = false
    private var keys = JSONKeys()
    private var texts = JSONTexts()

    package init(_ bytes: [UInt8]) throws(JSONError) {
        try self.init(bytes, in: bytes.indices)
    }

    /// Reads what stands in `range` as a document of its own.
    ///
    /// - Parameter maximumDepth: less where the document is to stand within another.
    package init(_ bytes: [UInt8], in range: Range<Int>, maximumDepth: Int = JSONCursor.maximumDepth) throws(JSONError) {
        guard bytes.count <= Self.maximumSize else { throw JSONError(.tooLarge, at: Self.maximumSize) }
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        self.maximumDepth = maximumDepth
        if bytes[range].starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONError(.byteOrderMark, at: position) }
    }

    /// What the next value is, by its first byte.
    package mutating func kind() throws(JSONError) -> Kind {
        switch try byteAfterSpace() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .literal
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    package mutating func beginObject() throws(JSONError) {
        guard try byteAfterSpace() == UInt8(ascii: "{") else { throw try wrongKind() }
        try open(1)
        keys.open()
    }

    package mutating func beginArray() throws(JSONError) {
        guard try byteAfterSpace() == UInt8(ascii: "[") else { throw try wrongKind() }
        try open(0)
    }

    /// The name of the next member, with the cursor before its value; `nil` at the end of the object.
    package mutating func nextKey() throws(JSONError) -> JSONString? {
        try member()
    }

    /// Whether the array has another element, before which the cursor then stands.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try advance(to: UInt8(ascii: "]"))
    }

    package mutating func string() throws(JSONError) -> JSONString {
        guard try byteAfterSpace() == UInt8(ascii: "\"") else { throw try wrongKind() }
        return try scanString()
    }

    /// The next string, as a text.
    mutating func text() throws(JSONError) -> String {
        let string = try string()
        return text(of: string)
    }

    /// The next value if it is a string; else `nil`, with the cursor still before it.
    mutating func stringIfNext() throws(JSONError) -> JSONString? {
        try byteAfterSpace() == UInt8(ascii: "\"") ? scanString() : nil
    }

    /// Reads over one value, checking all of it, and says where it stood.
    @discardableResult package mutating func skip() throws(JSONError) -> Range<Int> {
        _ = try byteAfterSpace()
        let start = position
        let outerDepth = depth
        repeat {
            switch try kind() {
            case .object: try beginObject()
            case .array: try beginArray()
            case .string: _ = try scanString()
            case .number: position = try JSONToken.endOfNumber(from: position, in: bytes.span.extracting(..<end))
            case .literal: position = try JSONToken.endOfLiteral(from: position, in: bytes.span.extracting(..<end))
            }
            while depth > outerDepth, try !next() {}
        } while depth > outerDepth
        return start..<position
    }

    /// Throws unless only space follows.
    package mutating func expectEnd() throws(JSONError) {
        skipSpace()
        guard position == end else { throw JSONError(.trailingBytes, at: position) }
    }

    /// Throws unless the bytes are exactly one JSON value.
    package static func checkDocument(_ bytes: [UInt8]) throws(JSONError) {
        var json = try JSONCursor(bytes)
        try json.skip()
        try json.expectEnd()
    }

    package func matches(_ string: JSONString, _ name: [UInt8]) -> Bool {
        string.equals(name, in: bytes)
    }

    package func text(of string: JSONString) -> String {
        string.text(in: bytes)
    }

    /// The text of a string that the document is likely to have elsewhere too.
    mutating func sharedText(of string: JSONString) -> String {
        texts.text(of: string, in: bytes)
    }
}

extension JSONCursor {
    /// Past the space, at the byte that is returned.
    @inline(__always) private mutating func byteAfterSpace() throws(JSONError) -> UInt8 {
        if position < end {
            let byte = bytes[position]
            if byte > 0x20 { return byte }
        }
        skipSpace()
        guard position < end else { throw JSONError(.cut, at: position) }
        return bytes[position]
    }

    /// Why the next value is not the one asked for: it is of another kind, or it is none.
    private mutating func wrongKind() throws(JSONError) -> JSONError {
        _ = try kind()
        return JSONError(.wrongKind, at: position)
    }

    private mutating func skipSpace() {
        position = JSONToken.endOfSpace(from: position, in: bytes.span.extracting(..<end))
    }

    private mutating func scanString() throws(JSONError) -> JSONString {
        let string = try JSONToken.string(from: position, in: bytes.span.extracting(..<end))
        position = string.range.upperBound + 1
        return string
    }

    private mutating func open(_ kind: UInt64) throws(JSONError) {
        guard depth < maximumDepth else { throw JSONError(.tooDeep, at: position) }
        containers = containers << 1 | kind
        depth += 1
        isFirst = true
        position += 1
    }

    /// `nextKey()` for its callers in other files and for `skip()`, whose loop it belongs to.
    @inline(__always) private mutating func member() throws(JSONError) -> JSONString? {
        guard try advance(to: UInt8(ascii: "}")) else {
            keys.close()
            return nil
        }
        guard try byteAfterSpace() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
        let key = try scanString()
        guard keys.insert(key, in: bytes) else { throw JSONError(.duplicateKey, at: key.range.lowerBound) }
        guard try byteAfterSpace() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
        // Most writers put one space here, over which it is cheaper to step than to look for its end.
        if position < end, bytes[position] == UInt8(ascii: " ") { position += 1 }
        return key
    }

    /// Moves to the next member of the innermost container, of either kind.
    @inline(__always) private mutating func next() throws(JSONError) -> Bool {
        containers & 1 == 1 ? try member() != nil : try nextElement()
    }

    /// Past the comma before the next member, or past the closing bracket with the answer `false`.
    @inline(__always) private mutating func advance(to close: UInt8) throws(JSONError) -> Bool {
        let isObject = close == UInt8(ascii: "}")
        precondition(depth > 0 && (containers & 1 == 1) == isObject, "a member is asked for outside its container")
        let byte = try byteAfterSpace()
        if byte == close {
            position += 1
            containers >>= 1
            depth -= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
        return true
    }
}
