import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

extension Gateway {
    /// Puts an entry on the ledger that others signed. The contract judges the entry; here it is judged who may bring it, and that a
    /// recipient list comes along where one must.
    func answer(_ call: PostEntry, from caller: Caller) async throws -> PostEntry.Answer {
        if case .compartment(let compartment) = call.entry.event,
            let known = try await known(compartment, call.entry, from: caller)
        {
            return known
        }
        try requireRoom(for: call.entry.event)
        if case .policySet = call.entry.event { try await requireUsable(call.evidence.body, from: caller) }
        // What comes of it is said where the rules have had their say.
        let authentic = Result { () throws(Refusal) in try AuthenticEntry(verifying: call.entry, evidence: call.evidence) }
        // A document takes its time to compile, and a proof to verify: others' turn must not wait for it.
        let checked = (try? authentic.get()).flatMap { _ in CheckedGrant(call) }
        let committed = try await writing(for: caller) { [self] transaction in
            switch call.entry.event {
            case .actor, .keyRevocation, .policySet, .review: try Self.requireSigner(caller, of: call.entry)
            case .member(let change, _):
                try Self.requireSigner(caller, of: call.entry)
                try requireElsewhere(change)
            case .compartment(let compartment): try Self.open(compartment, call, caller, transaction)
            case .grant: try Self.grant(call, checked, caller, transaction)
            case .revocation(let revocation): try Self.revoke(revocation, call, caller, transaction)
            case .deposit, .decision, .emergencyAccess, .erasure, .claimsAnchors:
                throw APIError(.forbidden, "entries of this kind are not brought from outside")
            }
            try transaction.append(authentic.get())
        }
        return try posted(committed)
    }

    /// What ends a grant or a stolen key is small, happens once, and cannot wait for a larger disk.
    private func requireRoom(for event: Event) throws {
        switch event {
        case .revocation, .keyRevocation, .member(.remove, _), .member(.rekey, _): break
        default: try requireRoom()
        }
    }

    /// This gateway signs with its member's key: without it, it could append nothing more.
    private func requireElsewhere(_ change: MemberChange) throws {
        switch change {
        case .remove(let key), .rekey(old: let key, new: _):
            guard key != member.publicKey else {
                throw APIError(.refused, "this gateway signs with this member's key, and cannot go on without it")
            }
        case .add: break
        }
    }

    private static func requireSigner(_ caller: Caller, of entry: Entry) throws {
        guard entry.signatures.contains(where: { $0.key == caller.key }) else {
            throw APIError(.forbidden, "only who signed an entry brings it")
        }
    }

    /// Posting a compartment again is no error, and answers with the leaf it has.
    private func known(_ compartment: Compartment, _ entry: Entry, from caller: Caller) async throws -> PostedLeaf? {
        let state = try await store.read { try $0.state.compartment(compartment.key) }
        guard let state, state.compartment == compartment else { return nil }
        _ = try await reading(for: caller) { _ in }
        return try await store.committed(state.openedAt).map { try PostedLeaf($0) }
    }

    /// Brought by the patient, or by a clinic that has the entry from a card.
    private static func open(
        _ compartment: Compartment, _ call: PostEntry, _ caller: Caller, _ transaction: StoreTransaction
    ) throws {
        if caller.key != compartment.key { try transaction.requireLiveActor(caller.key) }
        guard let list = call.list, list.compartment == compartment.key, list.serial == 0, list.recipients.isEmpty else {
            throw APIError(.malformed, "a compartment begins with an empty recipient list")
        }
        try requireAuthentic(list, call.entry.origin)
        try transaction.storeList(list)
    }

    private static func grant(
        _ call: PostEntry, _ checked: CheckedGrant?, _ caller: Caller, _ transaction: StoreTransaction
    ) throws {
        guard let checked, checked.body.authority != nil || checked.body.compartment == caller.key else {
            throw APIError(.forbidden, "a grant is brought by its compartment")
        }
        let body = checked.body
        if let authority = body.authority { return try grant(checked, under: authority, call, caller, transaction) }
        let (newest, list) = try nextList(call, of: body.compartment, named: body.recipientList, transaction)
        // A recipient of another grant would lose its headers when this one ends.
        let added = Set(list.recipients).subtracting(newest.recipients)
        guard added.contains(body.recipient), try areDelegated(added.subtracting([body.recipient]), list, transaction) else {
            throw APIError(.malformed, "the recipient list adds another recipient than the grant's, or none")
        }
        _ = try checked.requireGood()
        try replace(newest, with: list, transaction)
    }

    private static func revoke(_ revocation: Revocation, _ call: PostEntry, _ caller: Caller, _ transaction: StoreTransaction)
        throws
    {
        if let terms = try transaction.state.terms(of: revocation.grant), let authority = terms.authority {
            return try revoke(revocation, terms, under: authority, call, caller, transaction)
        }
        guard let terms = try transaction.state.terms(of: revocation.grant),
            caller.key == terms.compartment || caller.key == revocation.grant,
            let body = try? RevocationBody(canonical: call.evidence.body)
        else { throw APIError(.forbidden, "a revocation is brought by the patient") }
        let (newest, list) = try nextList(call, of: terms.compartment, named: body.recipientList, transaction)
        let added = Set(list.recipients).subtracting(newest.recipients)
        guard !list.recipients.contains(terms.recipient), try areDelegated(added, list, transaction) else {
            throw APIError(.malformed, "the recipient list still holds the grant's recipient, or has a new one")
        }
        try replace(newest, with: list, transaction)
        try transaction.deleteHeaders(for: terms.recipient, in: list.compartment)
        try deleteHeaders(under: revocation.grant, terms, transaction)
    }

    /// Whether these are recipients of grants that others made in the patient's place, who takes them up with the next list.
    private static func areDelegated(
        _ added: Set<RecipientKey>, _ list: RecipientList, _ transaction: StoreTransaction
    ) throws -> Bool {
        guard !added.isEmpty else { return true }
        let open = try transaction.state.openGrants(of: list.compartment).controls
        let terms = try open.compactMap { try transaction.state.terms(of: $0) }
        return added.isSubset(of: terms.filter { $0.authority != nil }.map(\.recipient))
    }

    /// Who is not on the new list any more can fetch nothing any more.
    private static func replace(_ newest: RecipientList, with list: RecipientList, _ transaction: StoreTransaction) throws {
        for gone in Set(newest.recipients).subtracting(list.recipients) {
            try transaction.deleteHeaders(for: gone, in: list.compartment)
        }
        try transaction.storeList(list)
    }

    /// The newest list, and the one that came with the call: the one after it, signed, and the one that the body names.
    private static func nextList(
        _ call: PostEntry, of compartment: Ed25519.PublicKey, named hash: Hash, _ transaction: StoreTransaction
    ) throws -> (newest: RecipientList, list: RecipientList) {
        guard let list = call.list, list.compartment == compartment, list.hash == hash else {
            throw APIError(.malformed, "the recipient list is not the one that the body names")
        }
        guard let newest = try transaction.view.list(of: compartment), list.serial == newest.serial + 1,
            list.previous == newest.hash, list.own == newest.own
        else { throw APIError(.listNotNewest, "another list came first: fetch the newest and try again") }
        try requireAuthentic(list, call.entry.origin)
        return (newest, list)
    }

    private static func requireAuthentic(_ list: RecipientList, _ origin: TextLine) throws {
        do {
            try list.verifySignature(origin: origin)
        } catch {
            throw APIError(.refused, "the recipient list is not signed by its compartment")
        }
    }
}
