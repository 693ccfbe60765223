package import CryptoPrimitives
package import MedicalRecords

/// What a verifier wants to be shown and proven, for what, and until when. docs/proofs.md, section 7.
package struct ProofRequest: Paper, Hashable, Sendable {
    package static let kind = "PROOF REQUEST"
    package static let maximumSize = 1 << 18
    package static let maximumRecords = 8
    package static let maximumConditions = 16

    /// One claims set, and which of its fields are to be shown.
    package struct Asked: Hashable, Sendable {
        package let schema: ClaimsSchema
        package let shown: [UInt8]

        package init(schema: ClaimsSchema, shown: Set<UInt8>) {
            self.schema = schema
            self.shown = shown.sorted()
        }

        /// With what the schema never leaves out.
        package var allShown: [UInt8] {
            schema.fields.indices.map { UInt8($0) }.filter { shown.contains($0) || schema.fields[Int($0)].isAlwaysShown }
        }
    }

    package let pin: Pin
    package let name: TextLine
    package let verifier: Ed25519.PublicKey
    /// Drawn anew for each request: a presentation for another one proves nothing here.
    package let nonce: Bytes32
    package let purpose: TextLine
    package let made: Minute
    /// From this minute on no presentation is taken.
    package let until: Minute
    package let asked: [Asked]
    package let conditions: [ProofCondition]
    private let signature: Ed25519.Signature

    package init(
        pin: Pin, name: TextLine, purpose: TextLine, made: Minute, until: Minute, asked: [Asked], conditions: [ProofCondition],
        signingWith key: borrowing Ed25519.PrivateKey
    ) {
        self.pin = pin
        self.name = name
        verifier = key.publicKey
        nonce = Bytes32.random()
        self.purpose = purpose
        self.made = made
        self.until = until
        self.asked = asked
        self.conditions = conditions
        var writer = CanonicalWriter()
        Self.encode(to: &writer, pin, name, key.publicKey, nonce, purpose, made, until, asked, conditions)
        signature = key.sign(.proofRequest, origin: pin.origin, writer.bytes)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        pin = try reader.value()
        name = try reader.text()
        verifier = try reader.value()
        nonce = try reader.bytes32()
        purpose = try reader.text()
        made = try reader.minute()
        until = try reader.minute()
        asked = try reader.list(length: UInt8.self, atMost: Self.maximumRecords) { reader throws(FormatError) in
            let schema = try reader.claimsSchema()
            let shown = try reader.list(length: UInt8.self, atMost: schema.fields.count) { reader throws(FormatError) in
                try reader.integer(UInt8.self)
            }
            guard shown.isAscending(by: \.self), shown.allSatisfy({ $0 < schema.fields.count }) else { throw .notCanonical }
            return Asked(schema: schema, shown: Set(shown))
        }
        conditions = try reader.list(length: UInt8.self, atMost: Self.maximumConditions) { reader throws(FormatError) in
            try ProofCondition(from: &reader)
        }
        signature = try reader.signature()
        guard !asked.isEmpty, made < until, conditions.allSatisfy({ $0.isMeaningful(for: asked) }), consents.count <= 1 else {
            throw .notCanonical
        }
    }

    package func encode(to writer: inout CanonicalWriter) {
        Self.encode(to: &writer, pin, name, verifier, nonce, purpose, made, until, asked, conditions)
        writer.signature(signature)
    }

    /// Throws unless the key that is named signed it. Whose key that is, the ledger says or nobody.
    package func verify() throws(ClientError) {
        var writer = CanonicalWriter()
        Self.encode(to: &writer, pin, name, verifier, nonce, purpose, made, until, asked, conditions)
        do {
            try verifier.verify(signature, .proofRequest, origin: pin.origin, writer.bytes)
        } catch {
            throw .notVerified(.paperNotAuthentic)
        }
    }

    package var hash: Hash { .labelled(.proofRequestHash, canonicalBytes) }

    /// What a grant has to cover, if that is asked.
    package var consent: AskedConsent? { consents.first }

    private var consents: [AskedConsent] {
        conditions.compactMap { if case .covered(let consent) = $0 { consent } else { nil } }
    }

    private static func encode(
        to writer: inout CanonicalWriter, _ pin: Pin, _ name: TextLine, _ verifier: Ed25519.PublicKey, _ nonce: Bytes32,
        _ purpose: TextLine, _ made: Minute, _ until: Minute, _ asked: [Asked], _ conditions: [ProofCondition]
    ) {
        writer.value(pin)
        writer.text(name)
        writer.value(verifier)
        writer.bytes32(nonce)
        writer.text(purpose)
        writer.minute(made)
        writer.minute(until)
        writer.list(asked, length: UInt8.self) { writer, asked in
            writer.claimsSchema(asked.schema)
            writer.list(asked.shown, length: UInt8.self) { $0.integer($1) }
        }
        writer.list(conditions, length: UInt8.self) { writer, condition in condition.encode(to: &writer) }
    }
}
