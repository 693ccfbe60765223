import CryptoPrimitives

extension Contract {
    /// An actor is admitted for two years at the most.
    package static let longestAdmission: UInt32 = 731

    /// Two members admit; a ledger of one member cannot do better.
    func apply(_ actor: Actor, _ state: some StateReader, _ ledger: LedgerState) throws -> [StateChange] {
        guard leaf.time.day < actor.end, actor.end <= leaf.time.day.adding(days: Self.longestAdmission) else {
            throw Refusal.badWindow
        }
        let known = try state.actor(actor.key)
        if let known {
            try requireRenewal(of: known, by: actor)
        } else {
            try requireUnused(actor.key, in: state)
        }
        if let holder = try state.actor(named: actor.name), holder != actor.key, try isLive(holder, state) {
            throw Refusal.nameTaken
        }
        try requireMembers(min(2, ledger.members.count), of: ledger.members)
        return [
            StateChange(.actor(actor.key), ActorState(actor: actor, admittedAt: known?.admittedAt ?? index, isRevoked: false)),
            StateChange(.actorName(ActorState.nameKey(actor.name)), Name(actor.key)),
            StateChange(.key(actor.key), KeyUse.actor),
        ]
    }

    /// The same actor for longer. Anything else about it would be another actor, and needs another key.
    private func requireRenewal(of known: ActorState, by actor: Actor) throws(Refusal) {
        guard !known.isRevoked else { throw .deadKey }
        let isSame = known.actor.name == actor.name && known.actor.role == actor.role && known.actor.recipient == actor.recipient
        guard isSame else { throw .keyInUse }
        guard known.actor.end < actor.end else { throw .unchanged }
    }

    private func isLive(_ key: Ed25519.PublicKey, _ state: some StateReader) throws -> Bool {
        try state.actor(key)?.isLive(on: leaf.time.day) ?? false
    }

    /// By the key itself, or by members as they admit.
    func apply(_ revocation: KeyRevocation, _ state: some StateReader, _ ledger: LedgerState) throws -> [StateChange] {
        guard var actor = try state.actor(revocation.key), !actor.isRevoked else { throw Refusal.notLive }
        if signers != [revocation.key] {
            try requireMembers(min(2, ledger.members.count), of: ledger.members)
        }
        actor.isRevoked = true
        return [StateChange(.actor(revocation.key), actor), StateChange(.key(revocation.key), KeyUse.dead)]
    }
}
