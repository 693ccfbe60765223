package import CryptoPrimitives

/// Everything a decision depends on, so that it can be made again years later from the same bytes.
package struct DecisionInputs: Hashable, Sendable {
    /// The minute of the decision's leaf.
    package let now: Minute
    package let requestHash: Hash
    package let request: Request
    /// The grant that the request names, if there is one.
    package let grant: GrantFacts?
    /// Records of the grant's compartment that its recipient could open, by position. A gateway takes in those that the grant covers, as
    /// many as an answer holds.
    package let records: [CandidateFacts]

    package init(now: Minute, requestHash: Hash, request: Request, grant: GrantFacts?, records: [CandidateFacts]) {
        self.now = now
        self.requestHash = requestHash
        self.request = request
        self.grant = grant
        self.records = records
    }
}

package struct GrantFacts: CanonicalCodable, Hashable, Sendable {
    package static let maximumConsentSize = 33_000
    package static let maximumSize = 3 * 32 + 2 + maximumConsentSize + 4 + 4 + 2

    package let control: Ed25519.PublicKey
    package let compartment: Ed25519.PublicKey
    package let grantee: Ed25519.PublicKey
    /// As the patient signed it. Read by the engine, which permits nothing that it cannot read.
    package let consent: [UInt8]
    package let from: Day
    package let until: Day
    package let isRevoked: Bool
    /// Whether the grant's release key signed this request.
    package let isReleaseSigned: Bool

    package init(
        control: Ed25519.PublicKey, compartment: Ed25519.PublicKey, grantee: Ed25519.PublicKey, consent: [UInt8], from: Day,
        until: Day,
        isRevoked: Bool, isReleaseSigned: Bool
    ) {
        self.control = control
        self.compartment = compartment
        self.grantee = grantee
        self.consent = consent
        self.from = from
        self.until = until
        self.isRevoked = isRevoked
        self.isReleaseSigned = isReleaseSigned
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        control = try reader.value()
        compartment = try reader.value()
        grantee = try reader.value()
        consent = try reader.string(length: UInt16.self, atMost: Self.maximumConsentSize)
        from = try reader.day()
        until = try reader.day()
        isRevoked = try reader.flag()
        isReleaseSigned = try reader.flag()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(control)
        writer.value(compartment)
        writer.value(grantee)
        writer.string(consent, length: UInt16.self)
        writer.day(from)
        writer.day(until)
        writer.flag(isRevoked)
        writer.flag(isReleaseSigned)
    }
}

/// What the decision sees of a record: where it is and what it is said to be, and nothing of what is in it.
package struct CandidateFacts: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 8 + 32 + 2 + 1

    package let commitment: Hash
    package let position: UInt64
    package let record: Bytes32
    package let category: UInt16
    /// Entered in error, by a later word of its depositor.
    package let isRetracted: Bool

    package init(commitment: Hash, position: UInt64, record: Bytes32, category: UInt16, isRetracted: Bool) {
        self.commitment = commitment
        self.position = position
        self.record = record
        self.category = category
        self.isRetracted = isRetracted
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        commitment = try reader.value()
        position = try reader.integer(UInt64.self)
        record = try reader.bytes32()
        category = try reader.integer(UInt16.self)
        isRetracted = try reader.flag()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(commitment)
        writer.integer(position)
        writer.bytes32(record)
        writer.integer(category)
        writer.flag(isRetracted)
    }
}
