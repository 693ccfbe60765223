/// A value with one encoding: the same value always gives the same bytes, and no other bytes give that value.
///
/// The rules, which `docs/formats.md` spells out: integers are big-endian and of fixed width, byte strings and lists carry their
/// length in front, unions carry a tag, an option is 0 or 1 and the value, and nothing may follow.
package protocol CanonicalCodable {
    /// The longest encoding in bytes. Longer input is refused before it is looked at.
    static var maximumSize: Int { get }

    init(from reader: inout CanonicalReader) throws(FormatError)
    func encode(to writer: inout CanonicalWriter)
}

extension CanonicalCodable {
    /// Parses exactly `bytes`.
    package init(canonical bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Self.maximumSize else { throw .tooLarge }
        var reader = CanonicalReader(bytes)
        self = try Self(from: &reader)
        try reader.expectEnd()
    }

    package var canonicalBytes: [UInt8] {
        var writer = CanonicalWriter()
        encode(to: &writer)
        return writer.bytes
    }
}
