import CryptoPrimitives

extension Contract {
    /// A grant lasts five years at the most.
    package static let longestGrant: UInt32 = 1_827

    func apply(_ compartment: Compartment, _ state: some StateReader) throws -> [StateChange] {
        try requireNoBody()
        try requireSigner(compartment.key)
        if let known = try state.compartment(compartment.key), known.compartment == compartment { throw Refusal.unchanged }
        try requireUnused(compartment.key, in: state)
        let opened = CompartmentState(compartment: compartment, openedAt: index, isSuperseded: false)
        var changes = [StateChange(.compartment(compartment.key), opened), StateChange(.key(compartment.key), KeyUse.compartment)]
        if let predecessor = compartment.predecessor {
            guard var old = try state.compartment(predecessor), !old.isSuperseded else { throw Refusal.notLive }
            guard old.compartment.next == Compartment.nextCommitment(to: compartment.key) else { throw Refusal.notCommitted }
            old.isSuperseded = true
            changes += [StateChange(.compartment(predecessor), old), StateChange(.key(predecessor), KeyUse.dead)]
        }
        return changes
    }

    func apply(_ grant: Grant, _ state: some StateReader) throws -> [StateChange] {
        try requireSigner(grant.control)
        // Release keys are counted apart: nothing here proves who holds one, so naming another's key must not use that key up.
        try requireUnused(grant.control, in: state)
        guard grant.release != grant.control, try state.grant(releasing: grant.release) == nil else { throw Refusal.keyInUse }
        guard grant.from < grant.until, grant.until <= grant.from.adding(days: Self.longestGrant), leaf.time.day < grant.until
        else { throw Refusal.badWindow }
        if trust == .nothing { try leaf.entry.requireCommitmentInGroup() }
        return [
            StateChange(.grant(grant.control), GrantState(grant: grant, grantedAt: index, revokedAt: nil)),
            StateChange(.key(grant.control), KeyUse.control),
            StateChange(.release(grant.release), LeafIndex(index)),
        ]
    }

    func apply(_ revocation: Revocation, _ state: some StateReader) throws -> [StateChange] {
        try requireSigner(revocation.grant)
        guard var grant = try state.grant(revocation.grant), grant.revokedAt == nil else { throw Refusal.notLive }
        grant.revokedAt = index
        return [StateChange(.grant(revocation.grant), grant)]
    }
}
