extension Contract {
    /// More than half of the members put policies in force. The newest set is in force from its leaf on; the one in force is not published
    /// again.
    func apply(_ publication: PolicyPublication, _ state: some StateReader, _ ledger: LedgerState) throws -> [StateChange] {
        let inForce = try state.policies()
        guard publication.since == Self.agreementsBegin(ledger, inForce) else { throw Refusal.policiesOther }
        guard publication.root != inForce?.root else { throw Refusal.unchanged }
        try requireMembers(Self.half(of: ledger.members.count), of: ledger.members)
        return [StateChange(.policies, PolicyState(root: publication.root, publishedAt: index))]
    }

    /// The leaf from which on members can agree on policies: that of the last change of members or of policies.
    package static func agreementsBegin(_ ledger: LedgerState, _ inForce: PolicyState?) -> UInt64 {
        max(ledger.membersChangedAt, inForce?.publishedAt ?? 0)
    }

    /// More than half.
    static func half(of count: Int) -> Int { count / 2 + 1 }
}
