/// Reads canonical encodings. Every length is checked against what is there before anything is allocated.
package struct CanonicalReader {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var remaining: Int { bytes.count - position }

    /// Where the next value starts. With `bytes(since:)`, a parser keeps the exact bytes it parsed.
    package var offset: Int { position }

    package func bytes(since offset: Int) -> [UInt8] {
        Array(bytes[offset..<position])
    }

    package func expectEnd() throws(FormatError) {
        guard remaining == 0 else { throw .trailingBytes }
    }

    package mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(_: Integer.Type) throws(FormatError) -> Integer {
        let width = Integer.bitWidth / 8
        guard remaining >= width else { throw .truncated }
        var value: Integer = 0
        for byte in bytes[position..<position + width] {
            value = Integer(truncatingIfNeeded: UInt64(truncatingIfNeeded: value) << 8 | UInt64(byte))
        }
        position += width
        return value
    }

    package mutating func flag() throws(FormatError) -> Bool {
        switch try integer(UInt8.self) {
        case 0: return false
        case 1: return true
        default: throw .notCanonical
        }
    }

    package mutating func minute() throws(FormatError) -> Minute {
        Minute(try integer(UInt32.self))
    }

    package mutating func day() throws(FormatError) -> Day {
        Day(try integer(UInt32.self))
    }

    package mutating func fixed(_ count: Int) throws(FormatError) -> [UInt8] {
        guard remaining >= count else { throw .truncated }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    package mutating func bytes32() throws(FormatError) -> Bytes32 {
        guard remaining >= Bytes32.count, let value = Bytes32(bytes.span.extracting(position..<position + Bytes32.count)) else {
            throw .truncated
        }
        position += Bytes32.count
        return value
    }

    package mutating func value<Value: Value32>(_: Value.Type = Value.self) throws(FormatError) -> Value {
        Value(try bytes32())
    }

    package mutating func signature() throws(FormatError) -> Ed25519.Signature {
        guard let signature = Ed25519.Signature(try fixed(Ed25519.Signature.count)) else { throw .truncated }
        return signature
    }

    package mutating func value<Value: CanonicalCodable>(_: Value.Type = Value.self) throws(FormatError) -> Value {
        try Value(from: &self)
    }

    package mutating func string<Length: FixedWidthInteger & UnsignedInteger>(
        length: Length.Type, atMost maximum: Int
    ) throws(FormatError) -> [UInt8] {
        try fixed(try count(length, atMost: maximum))
    }

    package mutating func text() throws(FormatError) -> TextLine {
        guard let line = TextLine(utf8: try string(length: UInt8.self, atMost: TextLine.maximumSize)) else { throw .notCanonical }
        return line
    }

    package mutating func list<Length: FixedWidthInteger & UnsignedInteger, Element>(
        length: Length.Type, atMost maximum: Int, _ decode: (inout CanonicalReader) throws(FormatError) -> Element
    ) throws(FormatError) -> [Element] {
        let count = try count(length, atMost: maximum)
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try decode(&self)) }
        return elements
    }

    package mutating func optional<Value>(
        _ decode: (inout CanonicalReader) throws(FormatError) -> Value
    ) throws(FormatError) -> Value? {
        try flag() ? try decode(&self) : nil
    }

    private mutating func count<Length: FixedWidthInteger & UnsignedInteger>(
        _ length: Length.Type, atMost maximum: Int
    ) throws(FormatError) -> Int {
        guard let count = Int(exactly: try integer(length)), count <= maximum else { throw .tooLarge }
        return count
    }
}
