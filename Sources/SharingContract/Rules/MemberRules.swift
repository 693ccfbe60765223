import CryptoPrimitives

extension Contract {
    /// Leaf 0 begins the ledger: one member, signed by itself, who names the rules and the key of the ledger.
    func applyGenesis() throws(Refusal) -> [StateChange] {
        guard index == 0, case .member(.add(let member, let genesis?), _) = leaf.entry.event else { throw .notGenesis }
        guard genesis.rulesVersion == Self.rulesVersion else { throw .notGenesis }
        guard !leaf.entry.origin.isEmpty, genesis.predecessor?.origin != leaf.entry.origin else { throw .wrongOrigin }
        guard genesis.ledgerKey != member.key else { throw .keyInUse }
        try requireNoBody()
        try requireSigner(member.key)
        return [
            StateChange(.ledger, LedgerState(origin: leaf.entry.origin, genesis: genesis, members: [member])),
            StateChange(.key(member.key), KeyUse.member),
            StateChange(.key(genesis.ledgerKey), KeyUse.ledger),
        ]
    }

    func apply(
        _ change: MemberChange, since: UInt64, _ state: some StateReader, _ ledger: LedgerState
    ) throws -> [StateChange] {
        try requireNoBody()
        // Approvals are gathered over days. One that was given to some members must not be found again and used among others.
        guard since == ledger.membersChangedAt else { throw Refusal.membersOther }
        var ledger = ledger
        ledger.membersChangedAt = index
        switch change {
        case .add(let member, let genesis): return try add(member, genesis, state, ledger)
        case .remove(let key): return try remove(key, ledger)
        case .rekey(let old, let new): return try rekey(old, new, state, ledger)
        }
    }

    private func add(
        _ member: MemberChange.Member, _ genesis: MemberChange.Genesis?, _ state: some StateReader, _ ledger: LedgerState
    ) throws -> [StateChange] {
        guard genesis == nil else { throw Refusal.notGenesis }
        guard ledger.members.count < LedgerState.maximumMembers else { throw Refusal.membersNotChanged }
        guard !ledger.members.contains(where: { $0.name == member.name }) else { throw Refusal.nameTaken }
        try requireUnused(member.key, in: state)
        try requireMembers(Self.majority(of: ledger.members.count), of: ledger.members)
        var ledger = ledger
        ledger.members.append(member)
        return [StateChange(.ledger, ledger), StateChange(.key(member.key), KeyUse.member)]
    }

    /// With two members neither may remove the other: each would be the whole majority.
    private func remove(_ key: Ed25519.PublicKey, _ ledger: LedgerState) throws(Refusal) -> [StateChange] {
        guard ledger.isMember(key) else { throw .notLive }
        guard ledger.members.count > 2 else { throw .membersNotChanged }
        let others = ledger.members.filter { $0.key != key }
        try requireMembers(Self.majority(of: others.count), of: others)
        var ledger = ledger
        ledger.members = others
        return [StateChange(.ledger, ledger), StateChange(.key(key), KeyUse.dead)]
    }

    /// A majority of the others, and either the old key or every other one. Where there is one other, the old key is needed: a member whose
    /// key the other may replace is a member whom the other may remove.
    private func rekey(
        _ old: Ed25519.PublicKey, _ new: Ed25519.PublicKey, _ state: some StateReader, _ ledger: LedgerState
    ) throws -> [StateChange] {
        guard let position = ledger.members.firstIndex(where: { $0.key == old }) else { throw Refusal.notLive }
        try requireUnused(new, in: state)
        try requireMembers(1, of: ledger.members)
        let others = ledger.members.filter { $0.key != old }
        let otherSigners = signers.filter { $0 != old }
        let isAgreed = others.isEmpty || otherSigners.count >= Self.majority(of: others.count)
        guard isAgreed, signers.contains(old) || (others.count > 1 && otherSigners.count == others.count) else {
            throw Refusal.signatureMissing
        }
        var ledger = ledger
        let member = ledger.members[position]
        ledger.members[position] = MemberChange.Member(key: new, name: member.name, address: member.address)
        return [StateChange(.ledger, ledger), StateChange(.key(old), KeyUse.dead), StateChange(.key(new), KeyUse.member)]
    }

    /// How many members have to sign, of those who may. For a re-key, of the others: the old key's signature, or those of all others, is
    /// needed beside.
    package static func signaturesNeeded(for event: Event, of ledger: LedgerState) -> Int {
        let count = ledger.members.count
        return switch event {
        case .member(.add, _): majority(of: count)
        case .member(.remove, _): majority(of: count - 1)
        case .member(.rekey, _): count == 1 ? 1 : majority(of: count - 1)
        case .actor, .keyRevocation: min(2, count)
        case .policySet: half(of: count)
        case .compartment, .deposit, .grant, .revocation, .decision, .emergencyAccess, .review, .erasure, .claimsAnchors: 1
        }
    }

    /// More than two thirds: what n members can agree on while a third of them is false.
    static func majority(of count: Int) -> Int { 2 * count / 3 + 1 }
}
