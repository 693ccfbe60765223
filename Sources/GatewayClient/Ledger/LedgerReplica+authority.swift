import SharingContract

extension LedgerReplica {
    /// Whether an authority is what the public leaves say of it. That it is a delegation of this patient, only the gateway knows.
    func knows(_ authority: GrantBody.Authority?, over grant: Grant) -> Bool {
        guard let authority else { return true }
        guard let known = (try? state.grant(authority.grant)) ?? nil else { return false }
        return known.grant.release == authority.release && known.grant.from <= grant.from && grant.until <= known.grant.until
    }
}
