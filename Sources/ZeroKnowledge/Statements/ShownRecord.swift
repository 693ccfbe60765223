package import CryptoPrimitives

/// A credential as a statement holds it: the commitment, who signed it, and the attributes that are shown.
package struct ShownRecord: Committed, Hashable, Sendable {
    /// An attribute whose scalar everybody sees.
    package struct Attribute: Hashable, Sendable {
        package let index: UInt8
        package let scalar: SG3072.Scalar

        package init(index: UInt8, scalar: SG3072.Scalar) {
            self.index = index
            self.scalar = scalar
        }
    }

    /// Attributes that every schema has: its own hash and the last day, always shown, and the holder's secret, never.
    package static let schemaAttribute: UInt8 = 0
    package static let holderAttribute: UInt8 = 1
    package static let lastDayAttribute: UInt8 = 2
    /// From here on a schema has its own.
    package static let firstFieldAttribute: UInt8 = 3
    package static let attributeCounts = 4...16

    package let issuer: Ed25519.PublicKey
    package let schema: Hash
    /// How many the schema has.
    package let attributeCount: UInt8
    package let from, last: Day
    package let credential: Ed25519.Signature
    package let commitment: SG3072.Element
    /// Ascending.
    package let shown: [Attribute]

    /// `fields` are the attributes shown besides those that always are.
    package init(
        issuer: Ed25519.PublicKey, schema: Hash, attributeCount: UInt8, from: Day, last: Day, credential: Ed25519.Signature,
        commitment: SG3072.Element, fields: [Attribute]
    ) {
        self.issuer = issuer
        self.schema = schema
        self.attributeCount = attributeCount
        (self.from, self.last) = (from, last)
        self.credential = credential
        self.commitment = commitment
        shown = Self.alwaysShown(schema: schema, last: last) + fields
    }

    /// What attributes 0 and 2 must be.
    private static func alwaysShown(schema: Hash, last: Day) -> [Attribute] {
        [
            Attribute(index: schemaAttribute, scalar: schemaScalar(schema)),
            Attribute(index: lastDayAttribute, scalar: lastDayScalar(last)),
        ]
    }

    /// The hash as a big-endian number modulo the group's order.
    package static func schemaScalar(_ schema: Hash) -> SG3072.Scalar {
        SG3072.Scalar(reducing: schema.bytes)
    }

    /// The day's number.
    package static func lastDayScalar(_ last: Day) -> SG3072.Scalar {
        SG3072.Scalar(UInt64(last.number))
    }

    func validate() throws(StatementError) {
        guard Self.attributeCounts.contains(Int(attributeCount)) else { throw .wrongAttribute }
        try validateShown()
        guard Self.alwaysShown(schema: schema, last: last).allSatisfy(shown.contains) else { throw .wrongScalar }
    }
}

extension ShownRecord {
    init(from reader: inout CanonicalReader) throws(FormatError) {
        issuer = try reader.value()
        schema = try reader.value()
        attributeCount = try reader.integer(UInt8.self)
        from = try reader.day()
        last = try reader.day()
        credential = try reader.signature()
        commitment = try reader.element()
        shown = try reader.shownAttributes()
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(issuer)
        writer.value(schema)
        writer.integer(attributeCount)
        writer.day(from)
        writer.day(last)
        writer.signature(credential)
        writer.fixed(commitment.encoded)
        writer.shownAttributes(shown)
    }
}

extension CanonicalReader {
    mutating func element() throws(FormatError) -> SG3072.Element {
        try SG3072.Element(decoding: fixed(SG3072.Element.size))
    }

    mutating func scalar() throws(FormatError) -> SG3072.Scalar {
        try SG3072.Scalar(decoding: fixed(SG3072.Scalar.size))
    }

    mutating func shownAttributes() throws(FormatError) -> [ShownRecord.Attribute] {
        try list(length: UInt8.self, atMost: ShownRecord.attributeCounts.upperBound) { reader throws(FormatError) in
            ShownRecord.Attribute(index: try reader.integer(UInt8.self), scalar: try reader.scalar())
        }
    }
}

extension CanonicalWriter {
    mutating func shownAttributes(_ attributes: [ShownRecord.Attribute]) {
        list(attributes, length: UInt8.self) { writer, attribute in
            writer.integer(attribute.index)
            writer.fixed(attribute.scalar.encoded)
        }
    }
}
