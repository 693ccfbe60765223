package import AccessPolicy
package import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
package import MedicalRecords
package import SharingContract

extension PatientClient {
    /// A grant or a restriction as the patient is shown it before signing.
    package struct ProposedGrant: Sendable {
        /// `nil` for a restriction, which nobody ever uses, and for a delegation.
        package let grantee: ActorState?
        /// The person who is to decide; `nil` for what lets an organisation read, or hides.
        package var delegate: Delegate?
        package let category: UInt16
        package let consent: Consent
        package let from: Day
        package let until: Day
        /// Current records that it is about now.
        package let recordCount: Int

        /// What a plain grant is for.
        package var purposes: Set<PurposeOfUse> { consent.plain?.purposes ?? [] }
    }

    /// What a grant would mean, without making it.
    package func propose(
        to grantee: ActorState, category: UInt16, purposes: Set<PurposeOfUse>, extras: PlainConsent.Extras = [], until: Day
    ) async throws(ClientError) -> ProposedGrant {
        guard let plain = PlainConsent(actions: [.read], purposes: purposes, extras: extras) else {
            throw .notFound(.purpose(""))
        }
        return try await propose(to: grantee, Consent(plain, category: category), until: until)
    }

    /// What a grant would mean, without making it.
    package func propose(to grantee: ActorState, _ consent: Consent, until: Day) async throws(ClientError) -> ProposedGrant {
        try await sync()
        guard grantee.actor.role != .auditor else { throw .notPossible(.notForAuditors) }
        guard grantee.actor.role == .emergencyDesk || !(consent.plain?.extras.contains(.emergencyOnly) ?? false) else {
            throw .notPossible(.notAnEmergencyDesk(name: grantee.actor.name))
        }
        try requireDay(until)
        let count = isOpen(consent.category) ? try await records(consent.category).count { $0.descriptor.state == .current } : 0
        return ProposedGrant(
            grantee: grantee, category: consent.category, consent: consent, from: session.today, until: until, recordCount: count)
    }

    /// Throws unless something may hold until then.
    func requireDay(_ until: Day) throws(ClientError) {
        guard session.today < until else { throw .notPossible(.dateInThePast) }
        let last = session.today.adding(days: Contract.longestGrant)
        guard until <= last else { throw .notPossible(.dateTooLate(last: last)) }
    }

    /// What was given before, as a model for another: a grant's number, or whoever has live grants.
    package func grants(like model: String) throws(ClientError) -> [GivenGrant] {
        if let number = UInt64(model) {
            guard let grant = state.grants.first(where: { $0.number == number && $0.leaf != nil }) else { throw .notFound(.grant) }
            guard !grant.isRestriction else { throw .notPossible(.isRestriction) }
            return [grant]
        }
        let found = try grants(to: model)
        guard !found.isEmpty else { throw .notFound(.grant) }
        return found
    }

    /// Live grants to whom a name, or a part of it, means. By the key, so that an organisation that is not admitted any more can still be
    /// shut out.
    package func grants(to name: String) throws(ClientError) -> [GivenGrant] {
        let wanted = name.lowercased()
        let exact = liveGrants.filter { $0.granteeName.text.lowercased() == wanted }
        let matches = exact.isEmpty ? liveGrants.filter { $0.granteeName.text.lowercased().contains(wanted) } : exact
        guard Set(matches.map(\.holder)).count <= 1 else {
            throw .notFound(
                .ambiguousActor(name: name, matches: Set(matches.map(\.granteeName)).sorted { $0.text < $1.text }))
        }
        return matches
    }

    /// Signs a grant: first its leaf, then a header for every record, then the slip.
    package func grant(_ proposed: ProposedGrant) async throws(ClientError) -> GivenGrant {
        try await open(proposed.category)
        let index = try await postTrying(proposed)
        do {
            try await deliver(index)
        } catch .notVerified(let discrepancy) {
            throw .notVerified(discrepancy)
        } catch {
            // It is signed, whatever became of its delivery. `isDelivered` says so, and `synchronise` does the rest.
        }
        await backUpIfPossible()
        return state.grants[index]
    }

    /// Gives the index of the new grant, which is on the ledger.
    func postTrying(_ proposed: ProposedGrant) async throws(ClientError) -> Int {
        for _ in 0..<3 {
            do {
                return try await post(proposed)
            } catch .refused(let error) where error.code == .listNotNewest {
                continue
            }
        }
        throw .notPossible(.listChangesTooFast)
    }

    private func post(_ proposed: ProposedGrant) async throws(ClientError) -> Int {
        let number = state.nextGrant
        state.nextGrant += 1
        try save()
        let list = try await newestList(proposed.category)
        let kept = try await kept(of: list, proposed.category)
        guard kept.count < RecipientList.maximumRecipients else { throw .notPossible(.tooManyGrants) }
        let made = try make(proposed, number, after: list, keeping: kept)
        state.grants.append(made.grant.given)
        try save()
        do {
            let posted = try await session.post(
                made.grant.entry, made.grant.evidence, list: made.list, with: session.keyring.compartmentKey(proposed.category))
            let index = state.grants.count - 1
            state.grants[index].leaf = posted.index
            state.lists[proposed.category] = Stored(made.list)
            try save()
            return index
        } catch {
            // The gateway did not take it; if it did after all, `patient sync` finds it by its control key.
            if case .refused = error { state.grants.removeLast() }
            try save()
            throw error
        }
    }

    struct MadeGrant {
        let given: GivenGrant
        let entry: Entry
        let evidence: Evidence
    }

    private func make(
        _ proposed: ProposedGrant, _ number: UInt64, after newest: RecipientList, keeping kept: Set<RecipientKey>
    ) throws(ClientError) -> (grant: MadeGrant, list: RecipientList) {
        let seed = GrantSeed.random()
        let key = session.keyring.compartmentKey(proposed.category)
        let list = RecipientList(
            signingWith: key, origin: session.origin, following: newest, own: newest.own,
            recipients: kept.union([seed.identity().recipient().key]))
        return (try make(proposed, number, seed, in: key.publicKey, nil, list: list.hash, signingWith: key), list)
    }

    /// - Parameters:
    ///   - authority: the delegation whose release key signs; `nil` if the compartment's does.
    ///   - list: hash of the one that comes with it, or of the newest.
    func make(
        _ proposed: ProposedGrant, _ number: UInt64, _ seed: borrowing GrantSeed, in compartment: Ed25519.PublicKey,
        _ authority: GrantBody.Authority?, list: Hash, signingWith key: borrowing Ed25519.PrivateKey
    ) throws(ClientError) -> MadeGrant {
        let control = session.keyring.controlKey(number)
        let (release, recipient) = (seed.releaseKey().publicKey, seed.identity().recipient().key)
        let power = proposed.delegate?.power ?? .none
        let grantee = power == .none ? proposed.grantee?.actor.key ?? compartment : release
        let scope = ConsentScope(
            control: control.publicKey, compartment: compartment, grantee: grantee, from: proposed.from, until: proposed.until,
            holder: power.holder)
        let consent = proposed.consent.canonicalBytes
        // Restrictions and delegations too, so that all look alike on the ledger.
        let committed = session.keyring.holderSecret().commitment(
            to: GrantAttributes(consent: consent, scope, isUnderAuthority: authority != nil), of: control.publicKey,
            origin: session.origin)
        let grant = Grant(
            control: control.publicKey, release: release, from: proposed.from, until: proposed.until,
            commitment: committed.commitment)
        let fields = GrantBody.Fields(
            grantee: grantee, power: power, authority: authority, consent: consent,
            compilation: ConsentCompiler.compile(proposed.consent, scope).hash,
            sealedSeed: try Self.seal(seed, to: proposed.delegate?.address.inboxRecipient ?? proposed.grantee?.actor.recipient),
            recipient: recipient, recipientList: list, proof: committed.proof)
        let body = GrantBody(fields, of: grant, in: compartment, signingWith: key, origin: session.origin)
        let evidence = Evidence(salt: .random(), body: body)
        let entry = Entry(origin: session.origin, event: .grant(grant), bodyCommitment: body.commitment(salt: evidence.salt))
            .signed(with: control)
        var given = GivenGrant(
            number: number, control: control.publicKey, category: proposed.category, grantee: grantee,
            granteeName: proposed.delegate?.address.name ?? proposed.grantee?.actor.name ?? .none,
            purposes: proposed.purposes.map(\.rawValue).sorted(), from: proposed.from, until: proposed.until,
            salt: Hash(evidence.salt), body: Stored(body))
        given.person = proposed.delegate.map { Stored($0.address) }
        return MadeGrant(given: given, entry: entry, evidence: evidence)
    }

    /// Of a restriction nobody shall ever have the seed: another one is sealed, to a key that is gone when this returns.
    private static func seal(_ seed: borrowing GrantSeed, to grantee: RecipientKey?) throws(ClientError) -> [UInt8] {
        do {
            if let grantee { return try seed.sealed(to: grantee.hybrid) }
            return try GrantSeed.random().sealed(to: GrantSeed.random().identity().recipient())
        } catch {
            throw .localData(.notA(kind: "recipient"))
        }
    }
}

extension PatientClient {
    /// Gives every record a header for the grant, then sends the slip.
    func deliver(_ index: Int) async throws(ClientError) {
        try await addHeaders(state.grants[index])
        try await sendSlip(state.grants[index])
        state.grants[index].isDelivered = true
        try save()
    }

    /// Asks for records without a header for the grant until there is none.
    func addHeaders(_ given: GivenGrant) async throws(ClientError) {
        let key = session.keyring.compartmentKey(given.category)
        let recipient = given.body.value.recipient
        var after: UInt64?
        while true {
            let page = try await session.call(ListRecords(after: after, missing: recipient.name), with: key)
            let records = try await verified(page.records, given.category)
            if !records.isEmpty {
                let headers = rewrap(records, given.category, to: recipient)
                if !headers.isEmpty { _ = try await session.call(AddHeaders(grant: given.control, headers: headers), with: key) }
            }
            guard page.hasMore, let last = page.records.last else { break }
            guard after.map({ $0 < last.position }) ?? true else { throw .notVerified(.answerMalformed) }
            after = last.position
        }
    }

    /// A record that does not open cannot be shared. One author's fault must not keep the patient from sharing the others' records.
    private func rewrap(_ records: [StoredRecord], _ category: UInt16, to recipient: RecipientKey) -> [AddHeaders.Header] {
        let identity = session.keyring.compartmentIdentity(category)
        return records.compactMap { record in
            do {
                let header = try Header(record.header)
                try header.requireHybrid()
                let fileKey = try header.unwrap(with: identity)
                return .init(position: record.position, bytes: try Header.wrap(fileKey, to: recipient.hybrid).bytes)
            } catch {
                unusable[record.descriptor.record] = record
                return nil
            }
        }
    }

    private func sendSlip(_ given: GivenGrant) async throws(ClientError) {
        let sender = GrantSlip.Sender(
            name: state.name, inbox: session.keyring.inboxKey().publicKey,
            inboxRecipient: session.keyring.inboxIdentity().recipient().key)
        try await sendSlip(given, from: sender)
    }

    /// To the person's inbox, or to the organisation's.
    func sendSlip(_ given: GivenGrant, from sender: GrantSlip.Sender) async throws(ClientError) {
        let actor = (try? session.ledger.state.actor(given.grantee)) ?? nil
        guard let leaf = given.leaf, let address = given.person?.value.inbox ?? actor?.actor.key,
            let recipient = given.person?.value.inboxRecipient ?? actor?.actor.recipient
        else { return }
        let control = session.keyring.controlKey(given.number)
        let slip = GrantSlip(
            leaf: leaf, salt: given.salt.value, body: given.body.value, from: sender, signingWith: control, origin: session.origin)
        let message = try InboxMessage.slip(slip).sealed(to: recipient)
        _ = try await session.call(SendMessage(address: address, message: message), with: control)
    }
}

extension PatientClient {
    /// Ends a grant. Its headers go from the gateway, and nothing more is released under it.
    package func revoke(_ control: Ed25519.PublicKey, reason: TextLine) async throws(ClientError) {
        guard let index = state.grants.firstIndex(where: { $0.control == control && $0.revoked == nil && $0.leaf != nil }) else {
            throw .notFound(.grant)
        }
        for _ in 0..<3 {
            do {
                return try await revoke(index, reason)
            } catch .refused(let error) where error.code == .listNotNewest {
                continue
            }
        }
        throw .notPossible(.listChangesTooFast)
    }

    private func revoke(_ index: Int, _ reason: TextLine) async throws(ClientError) {
        let given = state.grants[index]
        let compartment = session.keyring.compartmentKey(given.category)
        let newest = try await newestList(given.category)
        let kept = try await kept(of: newest, given.category, without: given)
        let list = RecipientList(
            signingWith: compartment, origin: session.origin, following: newest, own: newest.own, recipients: kept)
        let body = RevocationBody(reason: reason, recipientList: list.hash)
        let evidence = Evidence(salt: .random(), body: body)
        let entry = Entry(
            origin: session.origin, event: .revocation(Revocation(grant: given.control)),
            bodyCommitment: body.commitment(salt: evidence.salt)
        ).signed(with: session.keyring.controlKey(given.number))
        let posted = try await session.post(entry, evidence, list: list, with: compartment)
        state.grants[index].revoked = posted.index
        state.lists[given.category] = Stored(list)
        try save()
        await backUpIfPossible()
    }

    /// Who of a list stands on the next one, with those whom somebody let read in the patient's place.
    private func kept(
        of list: RecipientList, _ category: UInt16, without ended: GivenGrant? = nil
    ) async throws(ClientError) -> Set<RecipientKey> {
        let delegated = try await delegatedRecipients(category, without: ended)
        let gone = recipientsOfOver(category) + [ended?.body.value.recipient].compactMap(\.self)
        return Set(list.recipients).union(delegated.live).subtracting(gone).subtracting(delegated.over)
    }

    /// Recipients of grants that have run out. They stand on the list until the next one is signed.
    private func recipientsOfOver(_ category: UInt16) -> [RecipientKey] {
        state.grants.filter { $0.category == category && $0.until <= session.today }.map(\.body.value.recipient)
    }

    /// Brings the public ledger up to date, and what is known of the own grants with it: an answer may have been lost, or another device
    /// may have ended a grant.
    package func sync() async throws(ClientError) {
        try await session.sync()
        var isChanged = false
        for index in state.grants.indices {
            let grant = state.grants[index]
            guard let known = (try? session.ledger.state.grant(grant.control)) ?? nil,
                grant.leaf != known.grantedAt || grant.revoked != known.revokedAt
            else { continue }
            state.grants[index].leaf = known.grantedAt
            state.grants[index].revoked = known.revokedAt
            isChanged = true
        }
        for index in state.granted.indices {
            let grant = state.granted[index].grant
            guard let known = (try? session.ledger.state.grant(grant.control)) ?? nil,
                grant.leaf != known.grantedAt || grant.revoked != known.revokedAt
            else { continue }
            state.granted[index].grant.leaf = known.grantedAt
            state.granted[index].grant.revoked = known.revokedAt
            isChanged = true
        }
        if isChanged { try save() }
    }

    /// Grants that let somebody read today.
    package var liveGrants: [GivenGrant] {
        state.grants.filter { !$0.isRestriction && $0.isInForce(on: session.today) }
    }
}
