/// Writes canonical encodings. Lengths were bounded when the values were made, so one that does not fit is a broken invariant.
package struct CanonicalWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func integer(_ value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    package mutating func flag(_ value: Bool) {
        bytes.append(value ? 1 : 0)
    }

    package mutating func minute(_ value: Minute) {
        integer(value.number)
    }

    package mutating func day(_ value: Day) {
        integer(value.number)
    }

    /// Bytes whose number the format fixes.
    package mutating func fixed(_ value: [UInt8]) {
        bytes += value
    }

    package mutating func bytes32(_ value: Bytes32) {
        bytes += value.bytes
    }

    package mutating func value(_ value: some Value32) {
        bytes32(value.value)
    }

    package mutating func signature(_ value: Ed25519.Signature) {
        bytes += value.bytes
    }

    package mutating func value(_ value: some CanonicalCodable) {
        value.encode(to: &self)
    }

    /// A byte string behind its length, as wide as `Length`.
    package mutating func string<Length: FixedWidthInteger & UnsignedInteger>(_ value: [UInt8], length: Length.Type) {
        guard let count = Length(exactly: value.count) else { preconditionFailure("a byte string outgrew its length field") }
        integer(count)
        bytes += value
    }

    package mutating func text(_ value: TextLine) {
        string(Array(value.text.utf8), length: UInt8.self)
    }

    package mutating func list<Length: FixedWidthInteger & UnsignedInteger, Element>(
        _ elements: some Collection<Element>, length: Length.Type, _ encode: (inout CanonicalWriter, Element) -> Void
    ) {
        guard let count = Length(exactly: elements.count) else { preconditionFailure("a list outgrew its length field") }
        integer(count)
        for element in elements { encode(&self, element) }
    }

    package mutating func optional<Value>(_ value: Value?, _ encode: (inout CanonicalWriter, Value) -> Void) {
        flag(value != nil)
        if let value { encode(&self, value) }
    }
}
