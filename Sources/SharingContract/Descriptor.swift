package import CryptoPrimitives

/// What a depositor says of one version of one record, and signs. docs/formats.md, section 4.3.
package struct Descriptor: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 17_000
    package static let maximumFactsSize = 16_000

    package struct RecordID: Value32 {
        package let value: Bytes32

        package init(_ value: Bytes32) {
            self.value = value
        }
    }

    package enum State: UInt8, CaseIterable, Sendable {
        case current = 1
        case enteredInError = 2
    }

    package let record: RecordID
    package let version: UInt32
    package let state: State
    package let payload: PayloadID
    package let payloadSize: UInt64
    /// Keyed with the file key: who cannot open the record cannot confirm a guess of it.
    package let contentCommitment: Hash
    /// Bytes of `Facts`, which mean nothing to the contract.
    package let facts: [UInt8]
    /// `nil` if no claims were issued with it.
    package let claims: ClaimsAnchor?
    package let depositor: Ed25519.PublicKey
    package let signature: Ed25519.Signature

    /// What the depositor fills in before signing.
    package struct Fields: Sendable {
        package var record: RecordID
        package var version: UInt32
        package var state: State
        package var payload: PayloadID
        package var payloadSize: UInt64
        package var contentCommitment: Hash
        package var facts: [UInt8]
        package var claims: ClaimsAnchor?

        package init(
            record: RecordID, version: UInt32, state: State, payload: PayloadID, payloadSize: UInt64, contentCommitment: Hash,
            facts: [UInt8], claims: ClaimsAnchor? = nil
        ) {
            self.record = record
            self.version = version
            self.state = state
            self.payload = payload
            self.payloadSize = payloadSize
            self.contentCommitment = contentCommitment
            self.facts = facts
            self.claims = claims
        }
    }

    package init(
        _ fields: Fields, signingWith key: borrowing Ed25519.PrivateKey, origin: TextLine, compartment: Ed25519.PublicKey
    ) {
        let bytes = Self.unsignedBytes(fields, depositor: key.publicKey)
        self.init(
            fields, depositor: key.publicKey, signature: key.sign(.descriptor, origin: origin, compartment.bytes + bytes))
    }

    private init(_ fields: Fields, depositor: Ed25519.PublicKey, signature: Ed25519.Signature) {
        record = fields.record
        version = fields.version
        state = fields.state
        payload = fields.payload
        payloadSize = fields.payloadSize
        contentCommitment = fields.contentCommitment
        facts = fields.facts
        claims = fields.claims
        self.depositor = depositor
        self.signature = signature
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        record = try reader.value()
        version = try reader.integer(UInt32.self)
        guard let state = State(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.state = state
        payload = try reader.value()
        payloadSize = try reader.integer(UInt64.self)
        contentCommitment = try reader.value()
        facts = try reader.string(length: UInt16.self, atMost: Self.maximumFactsSize)
        claims = try reader.optional { reader throws(FormatError) in try ClaimsAnchor(from: &reader) }
        depositor = try reader.value()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(fields, depositor: depositor))
        writer.signature(signature)
    }

    /// Throws unless the depositor signed this for this compartment of this ledger.
    package func verifySignature(origin: TextLine, compartment: Ed25519.PublicKey) throws(Ed25519.SignatureError) {
        let bytes = Self.unsignedBytes(fields, depositor: depositor)
        try depositor.verify(signature, .descriptor, origin: origin, compartment.bytes + bytes)
    }

    package func commitment(salt: Bytes32) -> Hash {
        .labelled(.descriptorCommitment, salt.bytes, canonicalBytes)
    }

    private var fields: Fields {
        Fields(
            record: record, version: version, state: state, payload: payload, payloadSize: payloadSize,
            contentCommitment: contentCommitment, facts: facts, claims: claims)
    }

    private static func unsignedBytes(_ fields: Fields, depositor: Ed25519.PublicKey) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(fields.record)
        writer.integer(fields.version)
        writer.integer(fields.state.rawValue)
        writer.value(fields.payload)
        writer.integer(fields.payloadSize)
        writer.value(fields.contentCommitment)
        writer.string(fields.facts, length: UInt16.self)
        writer.optional(fields.claims) { $1.encode(to: &$0) }
        writer.value(depositor)
        return writer.bytes
    }
}
