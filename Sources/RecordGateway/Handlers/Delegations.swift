import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

// Persons who may decide for a patient. They are no actors: a gateway knows each by the release key of a delegation, while that lives.

extension StoreView {
    /// The live delegation that this key is the release key of.
    func delegation(of key: Ed25519.PublicKey, at time: Minute) throws -> KnownGrant? {
        guard let index = try state.grant(releasing: key)?.index, case .grant(let grant)? = try leaf(index)?.entry.event,
            let known = try state.knownGrant(grant.control), known.terms.power != .none
        else { return nil }
        let chain = try [known] + state.authorities(of: known.terms)
        return chain.allSatisfy { $0.state.isLive(at: time) } ? known : nil
    }

    /// Whose history this key reads: its own compartment's, or that of a live guardianship.
    func requireHistory(_ key: Ed25519.PublicKey, at time: Minute) throws -> (compartment: Ed25519.PublicKey, isGuardian: Bool) {
        if try state.compartment(key) != nil { return (key, false) }
        guard let known = try delegation(of: key, at: time), known.terms.power == .guardianship else {
            throw APIError(.forbidden, "this key opens no compartment here")
        }
        return (known.terms.compartment, true)
    }

    /// Whether a leaf of a history says nothing of care that a minor consented to alone. What cannot be told is not shown.
    func isShownToGuardians(_ leaf: UInt64) throws -> Bool {
        guard let entry = try self.leaf(leaf)?.entry, let evidence = try evidence(of: leaf) else {
            throw StoreError.differs(.evidenceMissing(leaf))
        }
        switch entry.event {
        case .grant:
            guard let body = try? GrantBody(canonical: evidence.body) else { return false }
            return body.grantee != body.compartment
        case .revocation(let revocation):
            guard let terms = try state.terms(of: revocation.grant) else { return false }
            return terms.grantee != terms.compartment
        case .decision:
            guard let body = try? DecisionBody(canonical: evidence.body), let record = try? DecisionRecord(canonical: body.record)
            else { return false }
            // Those that were only counted may be any.
            return try record.moreHeldBack == 0 && record.records.allSatisfy { try isShownToGuardians($0.commitment) }
        default: return false
        }
    }

    /// By every version of the record: a label that came later covers what was said before.
    private func isShownToGuardians(_ commitment: Hash) throws -> Bool {
        guard let id = try state.descriptor(commitment)?.record, let record = try state.record(id) else { return false }
        return try record.versions.allSatisfy { version in
            let facts = try StoredFacts(canonical: self.version(version).descriptor.facts)
            return !facts.isMinorsOwn
        }
    }
}

extension StoreTransaction {
    /// Whoever may ask for records: an actor, or the holder of a delegation.
    func requireReader(_ key: Ed25519.PublicKey) throws {
        if try view.delegation(of: key, at: now) == nil { try requireLiveActor(key) }
    }

    /// Who gives a grant's reader headers: the compartment, or the holder of the delegation that the grant was made under.
    ///
    /// - Returns: the holder's own recipient; `nil` for the compartment.
    func requireHeaderAuthor(_ key: Ed25519.PublicKey, for terms: GrantTerms) throws -> RecipientKey? {
        guard key != terms.compartment else {
            _ = try view.requireCompartment(key)
            return nil
        }
        guard let delegation = try view.delegation(of: key, at: now), terms.authority == delegation.state.grant.control else {
            throw APIError(.forbidden, "no live grant of this compartment")
        }
        return delegation.terms.recipient
    }
}

extension Gateway {
    /// A grant in the patient's place comes without a list, which only the compartment signs. Its rules are the contract's; what is
    /// judged here is that it takes nobody's headers and hides nothing.
    static func grant(
        _ checked: CheckedGrant, under authority: GrantBody.Authority, _ call: PostEntry, _ caller: Caller,
        _ transaction: StoreTransaction
    ) throws {
        guard caller.key == authority.release else {
            throw APIError(.forbidden, "a grant under a delegation is brought by its holder")
        }
        guard call.list == nil else { throw APIError(.malformed, "who decides for a patient leaves the recipient list as it is") }
        let compiled = try checked.requireGood()
        guard compiled.permit != nil, !compiled.isLasting else {
            throw APIError(.forbidden, "who decides for a patient lets others read, and hides nothing")
        }
        let body = checked.body
        guard let list = try transaction.view.list(of: body.compartment), list.own != body.recipient,
            !list.recipients.contains(body.recipient),
            try !transaction.state.openGrants(of: body.compartment).controls.contains(where: { control in
                try transaction.state.terms(of: control)?.recipient == body.recipient
            })
        else { throw APIError(.malformed, "the recipient is another grant's") }
    }

    /// Its holder ends it. The patient ends the delegation.
    static func revoke(
        _ revocation: Revocation, _ terms: GrantTerms, under authority: Ed25519.PublicKey, _ call: PostEntry, _ caller: Caller,
        _ transaction: StoreTransaction
    ) throws {
        guard try caller.key == revocation.grant || caller.key == transaction.state.grant(authority)?.grant.release else {
            throw APIError(.forbidden, "a revocation is brought by who made the grant")
        }
        guard call.list == nil else { throw APIError(.malformed, "who decides for a patient leaves the recipient list as it is") }
        try transaction.deleteHeaders(for: terms.recipient, in: terms.compartment)
        try deleteHeaders(under: revocation.grant, terms, transaction)
    }

    /// With a delegation go the headers of all that was granted under it.
    static func deleteHeaders(
        under delegation: Ed25519.PublicKey, _ terms: GrantTerms, _ transaction: StoreTransaction
    ) throws {
        guard terms.power != .none else { return }
        for known in try transaction.state.grants(under: delegation, of: terms.compartment) {
            try transaction.deleteHeaders(for: known.terms.recipient, in: terms.compartment)
        }
    }
}

extension GrantBody.Power {
    var holder: ConsentScope.Holder {
        switch self {
        case .none: .reader
        case .deciding, .passingOn: .delegate
        case .guardianship: .guardian
        }
    }
}
