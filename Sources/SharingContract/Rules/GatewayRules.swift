import CryptoPrimitives

extension Contract {
    /// A release needs a live grant, the release key's signature, a request that was not answered before, and if it names an emergency
    /// access, one of the same grant that no release has named. A refusal needs nothing: refusing is always allowed, and says nothing.
    func apply(_ decision: Decision, _ state: some StateReader, _ ledger: LedgerState) throws -> [StateChange] {
        guard case .released(let release) = decision.outcome else { return try applyByMember(ledger, []) }
        guard let grant = try state.grant(release.grant), grant.isLive(at: leaf.time) else { throw Refusal.notLive }
        guard try state.answer(to: release.request) == nil else { throw Refusal.requestAnswered }
        if trust == .nothing {
            do {
                let bytes = release.request.releaseBytes(grant: release.grant)
                try grant.grant.release.verify(release.signature, .release, origin: ledger.origin, bytes)
            } catch {
                throw Refusal.signatureNotAuthentic
            }
        }
        let used = try release.emergency.map { try use($0, for: release, state) }
        return try applyByMember(ledger, [StateChange(.request(release.request), LeafIndex(index))] + [used].compactMap(\.self))
    }

    /// What the anchors are, no rule can judge: who depends on one finds it under the root.
    func applyAnchors(_ ledger: LedgerState) throws(Refusal) -> [StateChange] {
        try requireNoBody()
        return try applyByMember(ledger, [])
    }

    func apply(_ erasure: Erasure, _ state: some StateReader, _ ledger: LedgerState) throws -> [StateChange] {
        for commitment in erasure.commitments where try state.erasure(of: commitment) != nil { throw Refusal.unchanged }
        return try applyByMember(ledger, erasure.commitments.map { StateChange(.erased($0), LeafIndex(index)) })
    }
}
