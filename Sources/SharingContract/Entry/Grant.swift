package import CryptoPrimitives

/// The patient's leave to read, under keys made for this grant alone. Who it is for and what it covers stands in the body.
package struct Grant: Hashable, Sendable {
    /// Known to the patient alone. It signs the grant and its revocation, and it is the grant's name.
    package let control: Ed25519.PublicKey
    /// Known to the grantee. Without its signature nothing is released.
    package let release: Ed25519.PublicKey
    package let from: Day
    /// The first day on which the grant does not hold any more.
    package let until: Day
    /// What a proof of consent opens in part. That it lies in the group is for the contract to say.
    package let commitment: SG3072.Element?

    package init(
        control: Ed25519.PublicKey, release: Ed25519.PublicKey, from: Day, until: Day, commitment: SG3072.Element? = nil
    ) {
        self.control = control
        self.release = release
        self.from = from
        self.until = until
        self.commitment = commitment
    }

    /// The same as it is remembered: only who proves something needs the commitment, and finds it in the leaf.
    var withoutCommitment: Grant { Grant(control: control, release: release, from: from, until: until) }

    /// Windows are half-open.
    package func covers(_ day: Day) -> Bool { from <= day && day < until }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        control = try reader.value()
        release = try reader.value()
        from = try reader.day()
        until = try reader.day()
        commitment = try reader.optional { reader throws(FormatError) in
            try SG3072.Element(decoding: try reader.fixed(SG3072.Element.size))
        }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(control)
        writer.value(release)
        writer.day(from)
        writer.day(until)
        writer.optional(commitment) { $0.fixed($1.encoded) }
    }
}

/// For the patient, the grantee and the auditor.
package struct GrantBody: Body, Hashable {
    package static let kind = Event.Kind.grant
    package static let maximumConsentSize = 33_000
    package static let maximumSealedSeedSize = 4_096
    package static let proofSize = 96
    package static let maximumSize = 40_000
    /// How many delegations a grant may hang on.
    package static let maximumAuthorities = 2

    /// What the grant lets its holder do beside reading.
    package enum Power: UInt8, CaseIterable, Sendable {
        case none = 0
        /// A delegation: let others read, within the consent and the window of this grant.
        case deciding = 1
        /// The same, and delegate further, once.
        case passingOn = 2
        /// A guardianship: let others read, and read the compartment's history.
        case guardianship = 3
    }

    /// The delegation that a grant is made under, where the compartment itself does not sign.
    package struct Authority: Hashable, Sendable {
        /// The delegation, by its control key.
        package let grant: Ed25519.PublicKey
        /// The delegation's release key, which signs.
        package let release: Ed25519.PublicKey

        package init(grant: Ed25519.PublicKey, release: Ed25519.PublicKey) {
            self.grant = grant
            self.release = release
        }
    }

    package let compartment: Ed25519.PublicKey
    /// A live actor; the compartment itself, of what only forbids; the grant's own release key, of a delegation: a person is no actor.
    package let grantee: Ed25519.PublicKey
    package let power: Power
    package let authority: Authority?
    /// Bytes of a consent, which mean nothing to the contract.
    package let consent: [UInt8]
    /// The hash of what the consent compiles to, as the patient signed it: whoever relies on the grant compiles again.
    package let compilation: Hash
    /// The grant seed as an age file for the grantee.
    package let sealedSeed: [UInt8]
    /// The grant's own recipient, derived from the seed: depositors seal to it.
    package let recipient: RecipientKey
    /// The recipient list that came with the grant.
    package let recipientList: Hash
    /// That the entry's commitment says what the grant says, `proofSize` bytes: there if a commitment is. It means nothing to the contract.
    package let proof: [UInt8]?
    package let signature: Ed25519.Signature

    /// What the patient fills in before the compartment signs.
    package struct Fields: Sendable {
        package var grantee: Ed25519.PublicKey
        package var power: Power
        package var authority: Authority?
        package var consent: [UInt8]
        package var compilation: Hash
        package var sealedSeed: [UInt8]
        package var recipient: RecipientKey
        package var recipientList: Hash
        package var proof: [UInt8]?

        package init(
            grantee: Ed25519.PublicKey, power: Power = .none, authority: Authority? = nil, consent: [UInt8], compilation: Hash,
            sealedSeed: [UInt8], recipient: RecipientKey, recipientList: Hash, proof: [UInt8]? = nil
        ) {
            precondition(proof.map { $0.count == GrantBody.proofSize } ?? true, "a proof of this size")
            self.grantee = grantee
            self.power = power
            self.authority = authority
            self.consent = consent
            self.compilation = compilation
            self.sealedSeed = sealedSeed
            self.recipient = recipient
            self.recipientList = recipientList
            self.proof = proof
        }
    }

    /// - Parameter compartment: `nil` if it signs itself; under an authority its release key does.
    package init(
        _ fields: Fields, of grant: Grant, in compartment: Ed25519.PublicKey? = nil,
        signingWith key: borrowing Ed25519.PrivateKey, origin: TextLine
    ) {
        let compartment = compartment ?? key.publicKey
        self.compartment = compartment
        grantee = fields.grantee
        power = fields.power
        authority = fields.authority
        consent = fields.consent
        compilation = fields.compilation
        sealedSeed = fields.sealedSeed
        recipient = fields.recipient
        recipientList = fields.recipientList
        proof = fields.proof
        signature = key.sign(.grant, origin: origin, Self.signedBytes(grant, Self.unsignedBytes(fields, compartment: compartment)))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        grantee = try reader.value()
        guard let power = Power(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.power = power
        authority = try reader.optional { reader throws(FormatError) in
            Authority(grant: try reader.value(), release: try reader.value())
        }
        consent = try reader.string(length: UInt16.self, atMost: Self.maximumConsentSize)
        compilation = try reader.value()
        sealedSeed = try reader.string(length: UInt16.self, atMost: Self.maximumSealedSeedSize)
        recipient = try reader.recipient()
        recipientList = try reader.value()
        proof = try reader.optional { reader throws(FormatError) in try reader.fixed(Self.proofSize) }
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(unsignedBytes)
        writer.signature(signature)
    }

    /// Throws unless the compartment, or the key of the authority that is named, granted exactly this.
    package func verifySignature(of grant: Grant, origin: TextLine) throws(Ed25519.SignatureError) {
        let signer = authority?.release ?? compartment
        try signer.verify(signature, .grant, origin: origin, Self.signedBytes(grant, unsignedBytes))
    }

    private var unsignedBytes: [UInt8] {
        let fields = Fields(
            grantee: grantee, power: power, authority: authority, consent: consent, compilation: compilation,
            sealedSeed: sealedSeed, recipient: recipient, recipientList: recipientList, proof: proof)
        return Self.unsignedBytes(fields, compartment: compartment)
    }

    private static func signedBytes(_ grant: Grant, _ body: [UInt8]) -> [UInt8] {
        var writer = CanonicalWriter()
        grant.encode(to: &writer)
        writer.fixed(body)
        return writer.bytes
    }

    private static func unsignedBytes(_ fields: Fields, compartment: Ed25519.PublicKey) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(compartment)
        writer.value(fields.grantee)
        writer.integer(fields.power.rawValue)
        writer.optional(fields.authority) { writer, authority in
            writer.value(authority.grant)
            writer.value(authority.release)
        }
        writer.string(fields.consent, length: UInt16.self)
        writer.value(fields.compilation)
        writer.string(fields.sealedSeed, length: UInt16.self)
        writer.recipient(fields.recipient)
        writer.value(fields.recipientList)
        writer.optional(fields.proof) { $0.fixed($1) }
        return writer.bytes
    }
}
