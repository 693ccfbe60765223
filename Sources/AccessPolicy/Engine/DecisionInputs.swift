package import CryptoPrimitives

/// Everything a decision depends on but the records, so that it can be made again years later from the same bytes.
package struct DecisionInputs: Sendable {
    /// The minute of the decision's leaf.
    package let now: Minute
    package let requestHash: Hash
    package let request: Request
    /// The grant that the request names, if there is one.
    package let grant: GrantFacts?
    /// What `grant.consent` is the hash of, as the patient signed it.
    package let consent: [UInt8]
    /// What the requester was admitted with, such as `NPI 1234567893`.
    package let identifiers: TextLine
    /// Whether it was admitted as an emergency desk, and that was not over.
    package let isEmergencyDesk: Bool
    /// What the request's emergency is, if there is such a one.
    package let emergency: EmergencyFacts?
    /// Of the same compartment, the other consents that forbid something today. None are looked for under a grant that does not cover the
    /// request.
    package let others: [OtherConsent]
    /// `nil` on a ledger that has published none: grants alone decide.
    package let policies: PoliciesInForce?

    package init(
        now: Minute, requestHash: Hash, request: Request, grant: GrantFacts?, consent: [UInt8], identifiers: TextLine = .none,
        isEmergencyDesk: Bool = false, emergency: EmergencyFacts? = nil, others: [OtherConsent] = [],
        policies: PoliciesInForce? = nil
    ) {
        self.now = now
        self.requestHash = requestHash
        self.request = request
        self.grant = grant
        self.consent = consent
        self.identifiers = identifiers
        self.isEmergencyDesk = isEmergencyDesk
        self.emergency = request.emergency == nil ? nil : emergency
        self.others = others.sorted { $0.scope.control < $1.scope.control }
        self.policies = policies
    }
}

/// The published policies that a decision is made under.
package struct PoliciesInForce: Sendable {
    /// Of the published set: its name in decisions.
    package let root: Hash
    package let library: PolicyLibrary

    package init(root: Hash, library: PolicyLibrary) {
        self.root = root
        self.library = library
    }
}

/// A grant as the ledger and its body have it. The consent stands here by its hash: the bytes are in the grant's body.
package struct GrantFacts: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 5 * 32 + 4 + 4 + 2

    package let control: Ed25519.PublicKey
    package let compartment: Ed25519.PublicKey
    package let grantee: Ed25519.PublicKey
    /// SHA-256 of the consent's bytes.
    package let consent: Hash
    /// The hash of its compilation, as the patient signed it.
    package let compilation: Hash
    package let from: Day
    package let until: Day
    package let isRevoked: Bool
    /// Whether the grant's release key signed this request.
    package let isReleaseSigned: Bool

    package init(
        _ scope: ConsentScope, consent: [UInt8], compilation: Hash, isRevoked: Bool, isReleaseSigned: Bool
    ) {
        control = scope.control
        compartment = scope.compartment
        grantee = scope.grantee
        self.consent = SHA256.hash(consent)
        self.compilation = compilation
        from = scope.from
        until = scope.until
        self.isRevoked = isRevoked
        self.isReleaseSigned = isReleaseSigned
    }

    package var scope: ConsentScope {
        ConsentScope(control: control, compartment: compartment, grantee: grantee, from: from, until: until)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        control = try reader.value()
        compartment = try reader.value()
        grantee = try reader.value()
        consent = try reader.value()
        compilation = try reader.value()
        from = try reader.day()
        until = try reader.day()
        isRevoked = try reader.flag()
        isReleaseSigned = try reader.flag()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(control)
        writer.value(compartment)
        writer.value(grantee)
        writer.value(consent)
        writer.value(compilation)
        writer.day(from)
        writer.day(until)
        writer.flag(isRevoked)
        writer.flag(isReleaseSigned)
    }
}

/// Another consent of the compartment, with the grant it lies in.
package struct OtherConsent: Hashable, Sendable {
    package let scope: ConsentScope
    package let consent: [UInt8]
    /// The hash of its compilation, as the patient signed it.
    package let compilation: Hash

    package init(_ scope: ConsentScope, consent: [UInt8], compilation: Hash) {
        self.scope = scope
        self.consent = consent
        self.compilation = compilation
    }

    /// As a decision record names it.
    package var name: ConsentName { ConsentName(control: scope.control, consent: SHA256.hash(consent), compilation: compilation) }
}

/// What a decision sees of a record: where it is and what its depositor says of it, and nothing of what is in it.
package struct Candidate: Hashable, Sendable {
    package let commitment: Hash
    package let position: UInt64
    package let record: Bytes32
    package let depositor: Ed25519.PublicKey
    /// Bytes of `StoredFacts`.
    package let facts: [UInt8]
    /// Entered in error, by a later word of its depositor.
    package let isRetracted: Bool

    package init(
        commitment: Hash, position: UInt64, record: Bytes32, depositor: Ed25519.PublicKey, facts: [UInt8], isRetracted: Bool
    ) {
        self.commitment = commitment
        self.position = position
        self.record = record
        self.depositor = depositor
        self.facts = facts
        self.isRetracted = isRetracted
    }
}
