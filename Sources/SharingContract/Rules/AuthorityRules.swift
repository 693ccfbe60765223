package import CryptoPrimitives

// Who a grant may be for, and what may be granted in a patient's place.
extension EvidenceRules {
    /// A grant is for a live actor. What only forbids is for nobody and names the compartment, a delegation names its own release key: no
    /// caller ever has either key as an actor's.
    func requireGrantee(of grant: Grant, _ body: GrantBody, _ state: some StateReader) throws {
        guard body.power == .none else {
            guard body.grantee == grant.release else { throw Refusal.bodyContradicts }
            guard try state.use(of: grant.release) == nil else { throw Refusal.keyInUse }
            return
        }
        if body.grantee != body.compartment { try requireLiveActor(body.grantee, state) }
    }

    /// The delegation that is named lives, is of this compartment, and gave this much: reading, inside its own window, or what it may pass
    /// on. Hiding is the patient's alone.
    func requireAuthority(_ authority: GrantBody.Authority, for grant: Grant, _ body: GrantBody, _ state: some StateReader) throws {
        guard let delegation = try state.knownGrant(authority.grant), delegation.terms.power != .none else { throw Refusal.notLive }
        guard delegation.terms.compartment == body.compartment, delegation.state.grant.release == authority.release
        else { throw Refusal.bodyContradicts }
        guard try ([delegation] + state.authorities(of: delegation.terms)).allSatisfy({ $0.state.isLive(at: leaf.time) })
        else { throw Refusal.notLive }
        guard delegation.state.grant.from <= grant.from, grant.until <= delegation.state.grant.until else {
            throw Refusal.badWindow
        }
        guard body.grantee != body.compartment, delegation.terms.power.covers(body.power) else { throw Refusal.beyondAuthority }
        try requireNewest(body.recipientList, of: body.compartment, state)
    }

    /// Who cannot sign for the compartment leaves its list as it is.
    func requireNewest(_ list: Hash, of compartment: Ed25519.PublicKey, _ state: some StateReader) throws {
        guard try state.newestList(of: compartment)?.hash == list else { throw Refusal.listNotNewest }
    }
}

extension GrantBody.Power {
    /// Whether a grant with this power may be made under one that has `self`.
    fileprivate func covers(_ power: Self) -> Bool {
        power == .none || self == .passingOn && power == .deciding
    }
}

/// A grant with what its body said.
package struct KnownGrant: Sendable {
    package let state: GrantState
    package let terms: GrantTerms
}

extension StateReader {
    package func knownGrant(_ control: Ed25519.PublicKey) throws -> KnownGrant? {
        guard let state = try grant(control), let terms = try terms(of: control) else { return nil }
        return KnownGrant(state: state, terms: terms)
    }

    /// The delegations that a grant hangs on, the nearest first. None of an ordinary grant.
    package func authorities(of terms: GrantTerms) throws -> [KnownGrant] {
        var chain: [KnownGrant] = []
        var next = terms.authority
        while let control = next, chain.count < GrantBody.maximumAuthorities, let known = try knownGrant(control) {
            chain.append(known)
            next = known.terms.authority
        }
        return chain
    }

    /// Grants of a compartment that were not revoked and hang on this delegation.
    package func grants(under delegation: Ed25519.PublicKey, of compartment: Ed25519.PublicKey) throws -> [KnownGrant] {
        try openGrants(of: compartment).controls.compactMap { try knownGrant($0) }.filter { known in
            try authorities(of: known.terms).contains { $0.state.grant.control == delegation }
        }
    }
}
