package import CryptoPrimitives
package import MedicalRecords
package import SharingContract

/// What a clinic claims of one record, with what opens each commitment: sealed to the record's compartment and to nobody else.
/// docs/proofs.md, section 3.
package struct ClaimsFile: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 1 << 20
    package static let maximumSets = 2_048
    /// What it takes beside the sets; and what age adds to it, with room to spare.
    static let overhead = 32 + 4 + 2 + 4_096

    package let record: Descriptor.RecordID
    package let version: UInt32
    package let sets: [ClaimSet]

    package init(record: Descriptor.RecordID, version: UInt32, sets: [ClaimSet]) {
        (self.record, self.version, self.sets) = (record, version, sets)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        record = try reader.value()
        version = try reader.integer(UInt32.self)
        sets = try reader.list(length: UInt16.self, atMost: Self.maximumSets) { reader throws(FormatError) in try reader.value() }
        guard !sets.isEmpty else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(record)
        writer.integer(version)
        writer.list(sets, length: UInt16.self) { $0.value($1) }
    }
}

/// The claims of one resource, in several copies of which each is shown once.
package struct ClaimSet: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 1 << 16
    package static let maximumCopies = 16

    /// What makes one commitment of the set its own.
    package struct Copy: Hashable, Sendable {
        /// The issuer's part of the blinding, as a scalar's bytes.
        package let blinding: Bytes32
        package let signature: Ed25519.Signature

        package init(blinding: Bytes32, signature: Ed25519.Signature) {
            (self.blinding, self.signature) = (blinding, signature)
        }
    }

    package let schema: ClaimsSchema
    /// As the file that was deposited names the resource: `Observation/123`.
    package let reference: TextLine
    package let values: [ClaimValue]
    package let validity: Validity
    package let copies: [Copy]

    package init(schema: ClaimsSchema, reference: TextLine, values: [ClaimValue], validity: Validity, copies: [Copy]) {
        self.schema = schema
        self.reference = reference
        self.values = values
        self.validity = validity
        self.copies = copies
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        let schema = try reader.claimsSchema()
        self.schema = schema
        reference = try reader.text()
        let values = try reader.list(length: UInt8.self, atMost: schema.fields.count) { reader throws(FormatError) in
            try reader.claimValue()
        }
        guard values.count == schema.fields.count, zip(values, schema.fields).allSatisfy({ $0.fits($1) }) else {
            throw .notCanonical
        }
        self.values = values
        validity = try Validity(from: &reader)
        copies = try reader.claimCopies()
    }

    package func encode(to writer: inout CanonicalWriter) {
        encodeClaims(to: &writer)
        writer.claimCopies(copies)
    }

    private func encodeClaims(to writer: inout CanonicalWriter) {
        writer.claimsSchema(schema)
        writer.text(reference)
        writer.list(values, length: UInt8.self) { $0.claimValue($1) }
        validity.encode(to: &writer)
    }

    /// What stands for the set, whatever copies of it there are.
    package var claimsHash: Hash {
        var writer = CanonicalWriter()
        encodeClaims(to: &writer)
        return .labelled(.claimSet, writer.bytes)
    }

    /// The same claims in other copies.
    package func with(_ copies: [Copy]) -> ClaimSet {
        ClaimSet(schema: schema, reference: reference, values: values, validity: validity, copies: copies)
    }
}

extension CanonicalReader {
    mutating func claimCopies() throws(FormatError) -> [ClaimSet.Copy] {
        let copies = try list(length: UInt8.self, atMost: ClaimSet.maximumCopies) { reader throws(FormatError) in
            ClaimSet.Copy(blinding: try reader.bytes32(), signature: try reader.signature())
        }
        guard !copies.isEmpty else { throw .notCanonical }
        return copies
    }
}

extension CanonicalWriter {
    mutating func claimCopies(_ copies: [ClaimSet.Copy]) {
        list(copies, length: UInt8.self) { writer, copy in
            writer.bytes32(copy.blinding)
            writer.signature(copy.signature)
        }
    }
}

/// The days on which claims hold, both of them included.
package struct Validity: Hashable, Sendable {
    package let from: Day
    package let last: Day

    package init(from: Day, last: Day) {
        (self.from, self.last) = (from, last)
    }

    package func holds(on day: Day) -> Bool { from <= day && day <= last }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        from = try reader.day()
        last = try reader.day()
        guard from <= last else { throw .notCanonical }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.day(from)
        writer.day(last)
    }
}
