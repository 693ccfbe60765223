package import CryptoPrimitives

/// The rules that every gateway, client, auditor and cosigner runs over the public leaves: who may declare what, and when.
///
/// Pure: it reads the state it is given and answers with changes to it. What only the holders of bodies can judge stands in
/// `EvidenceRules`.
package struct Contract: Sendable {
    package static let rulesVersion: UInt16 = 1

    package enum Trust: Sendable {
        /// Every signature is verified, and that a commitment lies in its group.
        case nothing
        /// The caller has verified these, or made them itself a moment ago.
        case signatures
    }

    let leaf: Leaf
    let index: UInt64
    let trust: Trust

    private init(leaf: Leaf, index: UInt64, trust: Trust) {
        self.leaf = leaf
        self.index = index
        self.trust = trust
    }

    /// What the leaf changes. Throws a `Refusal`, or what `state` throws.
    ///
    /// - Parameter previousTime: the time of the leaf before, `nil` for leaf 0.
    package static func apply(
        _ leaf: Leaf, at index: UInt64, after previousTime: Minute?, to state: some StateReader, trusting trust: Trust = .nothing
    ) throws -> [StateChange] {
        if let previousTime, leaf.time < previousTime { throw Refusal.timeWentBack }
        let contract = Contract(leaf: leaf, index: index, trust: trust)
        try contract.checkSignersAreAlive(state)
        if trust == .nothing {
            do { try leaf.entry.verifySignatures() } catch { throw Refusal.signatureNotAuthentic }
        }
        guard let ledger = try state.ledger() else { return try contract.applyGenesis() }
        guard leaf.entry.origin == ledger.origin else { throw Refusal.wrongOrigin }
        return try contract.applyEvent(to: state, ledger)
    }

    private func applyEvent(to state: some StateReader, _ ledger: LedgerState) throws -> [StateChange] {
        switch leaf.entry.event {
        case .member(let change, let since): try apply(change, since: since, state, ledger)
        case .actor(let actor): try apply(actor, state, ledger)
        case .keyRevocation(let revocation): try apply(revocation, state, ledger)
        case .compartment(let compartment): try apply(compartment, state)
        case .deposit: try applyByMember(ledger, [])
        case .grant(let grant): try apply(grant, state)
        case .revocation(let revocation): try apply(revocation, state)
        case .decision(let decision): try apply(decision, state, ledger)
        case .emergencyAccess(let access): try apply(access, ledger)
        case .review(let review): try apply(review, state, ledger)
        case .policySet(let publication): try apply(publication, state, ledger)
        case .erasure(let erasure): try apply(erasure, state, ledger)
        case .claimsAnchors: try applyAnchors(ledger)
        }
    }

    private func checkSignersAreAlive(_ state: some StateReader) throws {
        for signature in leaf.entry.signatures where try state.use(of: signature.key) == .dead {
            throw Refusal.deadKey
        }
    }
}

extension Contract {
    var signers: [Ed25519.PublicKey] { leaf.entry.signatures.map(\.key) }

    /// Kinds without a body commit to the empty one and to nothing else.
    func requireNoBody() throws(Refusal) {
        guard leaf.entry.bodyCommitment == EmptyBody.commitment(for: leaf.entry.event.kind) else { throw .bodyNotCommitted }
    }

    /// Signed by this key and by nobody else.
    func requireSigner(_ key: Ed25519.PublicKey) throws(Refusal) {
        guard signers.contains(key) else { throw .signatureMissing }
        guard signers.count == 1 else { throw .signerNotAllowed }
    }

    /// Signed by one live member and by nobody else.
    func applyByMember(_ ledger: LedgerState, _ changes: [StateChange]) throws(Refusal) -> [StateChange] {
        guard let signer = signers.first else { throw .signatureMissing }
        guard signers.count == 1, ledger.isMember(signer) else { throw .signerNotAllowed }
        return changes
    }

    /// Signed by members alone, and by at least this many.
    func requireMembers(_ count: Int, of members: [MemberChange.Member]) throws(Refusal) {
        guard signers.allSatisfy({ signer in members.contains { $0.key == signer } }) else { throw .signerNotAllowed }
        guard signers.count >= count else { throw .signatureMissing }
    }

    func requireUnused(_ keys: Ed25519.PublicKey..., in state: some StateReader) throws {
        guard Set(keys).count == keys.count else { throw Refusal.keyInUse }
        for key in keys where try state.use(of: key) != nil { throw Refusal.keyInUse }
    }
}
