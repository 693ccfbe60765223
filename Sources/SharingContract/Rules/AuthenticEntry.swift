import CryptoPrimitives

/// An entry with its evidence, whose signatures are good: all that can be verified without knowing the ledger.
///
/// Verifying takes longer than everything else about a leaf and needs nobody's leave, so it is done before a writer waits for its turn.
/// Whether the signers have a say, and live, is for the rules to judge when the turn has come.
package struct AuthenticEntry: Sendable {
    package let entry: Entry
    package let evidence: Evidence

    /// Throws `signatureNotAuthentic`, or what the rules say of a body that cannot be read. A release is never authentic by itself: the
    /// key that must have signed it stands on the ledger.
    package init(verifying entry: Entry, evidence: Evidence) throws(Refusal) {
        do { try entry.verifySignatures() } catch { throw .signatureNotAuthentic }
        try self.init(made: entry, verifying: evidence)
    }

    /// The same for an entry that the caller has signed itself, a moment ago.
    package init(made entry: Entry, verifying evidence: Evidence) throws(Refusal) {
        try entry.requireCommitmentInGroup()
        if case .decision(let decision) = entry.event, case .released = decision.outcome { throw .signatureNotAuthentic }
        try evidence.verifySignatures(of: entry)
        self.entry = entry
        self.evidence = evidence
    }
}

extension Entry {
    /// Throws unless a grant's commitment is one that proofs can be about: most numbers of its size are in no group of prime order.
    func requireCommitmentInGroup() throws(Refusal) {
        guard case .grant(let grant) = event, let commitment = grant.commitment else { return }
        guard commitment.isMember else { throw .commitmentNotInGroup }
    }
}

extension Evidence {
    /// Throws unless everything in the body and in the tree that somebody signed is what he signed.
    func verifySignatures(of entry: Entry) throws(Refusal) {
        let origin = entry.origin
        switch entry.event {
        case .member, .actor, .keyRevocation, .compartment, .revocation, .decision, .review, .policySet, .claimsAnchors: break
        case .deposit:
            let body = try parsed(DepositBody.self)
            try authentic { () throws(Ed25519.SignatureError) in try body.permission.verifySignature(origin: origin) }
            for case .descriptor(let descriptor, _) in (tree?.slots ?? [:]).values {
                try authentic { () throws(Ed25519.SignatureError) in
                    try descriptor.verifySignature(origin: origin, compartment: body.compartment)
                }
            }
        case .grant(let grant):
            let body = try parsed(GrantBody.self)
            try authentic { () throws(Ed25519.SignatureError) in try body.verifySignature(of: grant, origin: origin) }
        case .emergencyAccess:
            let body = try parsed(EmergencyBody.self)
            try authentic { () throws(Ed25519.SignatureError) in try body.verifySignature(origin: origin) }
        case .erasure(let erasure):
            let body = try parsed(ErasureBody.self)
            try authentic { () throws(Ed25519.SignatureError) in try body.verifySignature(of: erasure, origin: origin) }
        }
    }

    private func authentic(_ verify: () throws(Ed25519.SignatureError) -> Void) throws(Refusal) {
        do { try verify() } catch { throw .signatureNotAuthentic }
    }

    func parsed<Content: Body>(_: Content.Type) throws(Refusal) -> Content {
        do { return try Content(canonical: body) } catch { throw .bodyMalformed }
    }
}
