package import AccessPolicy
package import CryptoPrimitives
package import EnvelopeEncryption
package import GatewayAPI
package import MedicalRecords
package import SharingContract

// What a person does who decides for somebody else, by the pseudonyms of the delegations that he holds.

extension PatientClient {
    /// Delegations that live, of all who gave some.
    package var liveDelegations: [HeldDelegation] { state.held.filter { isLive($0) } }

    private func isLive(_ held: HeldDelegation) -> Bool {
        guard let known = knownGrant(held.content.grant), known.isLive(at: session.now) else { return false }
        guard let authority = held.content.body.authority else { return true }
        return knownGrant(authority.grant)?.isLive(at: session.now) ?? false
    }

    private func knownGrant(_ control: Ed25519.PublicKey) -> GrantState? { (try? session.ledger.state.grant(control)) ?? nil }

    /// Live delegations of the one whom a name, or a part of it, means, or who gave the one of this number. Anybody can send one under
    /// any name, so one that fits two people means neither.
    package func delegations(of name: String) throws(ClientError) -> [HeldDelegation] {
        if let one = liveDelegations.first(where: { "\($0.number)" == name }) {
            return liveDelegations.filter { $0.content.inbox == one.content.inbox }
        }
        let wanted = name.lowercased()
        let exact = liveDelegations.filter { $0.content.name.text.lowercased() == wanted }
        let found = exact.isEmpty ? liveDelegations.filter { $0.content.name.text.lowercased().contains(wanted) } : exact
        guard !found.isEmpty else { throw .notFound(.delegation(name: name)) }
        guard Set(found.map(\.content.inbox)).count == 1 else {
            throw .notFound(.ambiguousActor(name: name, matches: found.map(\.content.name)))
        }
        return found
    }

    /// Keeps a slip that came through the inbox, if it is what it claims.
    func keep(_ slip: GrantSlip, received: Minute) {
        guard let until = verify(slip), !state.held.contains(where: { $0.content.grant == slip.grant }) else { return }
        let number = (state.held.map(\.number).max() ?? 0) + 1
        state.held.append(HeldDelegation(number: number, received: received.number, until: until, slip: Stored(slip)))
    }

    /// The end of the slip's delegation; `nil` unless it is on the ledger, says what the slip says, and its seed yields the keys that
    /// stand there.
    private func verify(_ slip: GrantSlip) -> Day? {
        guard slip.body.power != .none, (try? slip.verifySignature(origin: session.origin)) != nil,
            let leaf = try? session.ledger.leaf(slip.leaf), case .grant(let grant) = leaf.entry.event, grant.control == slip.grant,
            slip.body.commitment(salt: slip.salt) == leaf.entry.bodyCommitment,
            (try? slip.body.verifySignature(of: grant, origin: session.origin)) != nil,
            slip.body.isSound(of: grant, origin: session.origin),
            session.ledger.knows(slip.body.authority, over: grant), slip.body.grantee == grant.release,
            let seed = try? GrantSeed.open(slip.body.sealedSeed, with: session.keyring.inboxIdentity())
        else { return nil }
        let isSeed = seed.releaseKey().publicKey == grant.release && seed.identity().recipient().key == slip.body.recipient
        return isSeed ? grant.until : nil
    }

    func signingKey(_ held: HeldDelegation) throws(ClientError) -> Ed25519.PrivateKey { try reader(held).signingKey() }

    private func reader(_ held: HeldDelegation) -> GrantReader {
        GrantReader(session: session, slip: held.content, asker: .person)
    }
}

extension PatientClient {
    /// Records that a delegation opens. The decision is on the ledger before anything comes, and whoever was let read gets what is new.
    package func records(
        under held: HeldDelegation, purpose: PurposeOfUse? = nil
    ) async throws(ClientError) -> [StoredRecord] {
        try await sync()
        guard let purpose = purpose ?? held.consent?.plain?.purposes.min(by: { $0.rawValue < $1.rawValue }) else { return [] }
        let records = try await reader(held).list(purpose, .none)
        for grant in grants(under: held) { try await addHeaders(records, for: grant, under: held) }
        return records
    }

    /// Gives whom the holder let read what has come since, and their slips to those who have none.
    package func synchronise(under held: HeldDelegation) async throws(ClientError) {
        _ = try await records(under: held)
        for item in state.granted
        where item.delegation == held.content.grant && item.grant.leaf != nil && !item.grant.isDelivered {
            try await sendSlip(item.grant, of: held)
        }
    }

    /// Requests one record, and opens it. What is written is whole and the depositor's own only when this returns.
    package func open(
        _ record: StoredRecord, under held: HeldDelegation, purpose: PurposeOfUse? = nil,
        writing: @escaping Payload.Writing<ClientError>
    ) async throws(ClientError) {
        guard let purpose = purpose ?? held.consent?.plain?.purposes.min(by: { $0.rawValue < $1.rawValue }),
            let filter = Filter(records: [record.descriptor.record.value], after: nil)
        else { throw .notFound(.record) }
        let reader = reader(held)
        let fetched = try await reader.request(filter: filter, purpose: purpose, staff: .none) { _, _ in }
        guard let found = fetched.first(where: { $0.descriptor.record == record.descriptor.record }) else {
            throw .notFound(.record)
        }
        try await reader.open(found, writing: writing)
    }

    /// Live grants that were made under a delegation held here.
    package func grants(under held: HeldDelegation) -> [GivenGrant] {
        state.granted.filter { $0.delegation == held.content.grant }.map(\.grant).filter { grant in
            guard let known = knownGrant(grant.control) else { return false }
            return known.isLive(at: session.now)
        }
    }
}

extension PatientClient {
    /// What a grant in somebody's place would mean. Throws `beyondDelegation` for what the delegation does not cover: it would never
    /// release anything.
    package func propose(
        under held: HeldDelegation, to grantee: ActorState?, delegate: Delegate? = nil, _ consent: Consent, until: Day
    ) async throws(ClientError) -> ProposedGrant {
        try await sync()
        if let grantee { guard grantee.actor.role != .auditor else { throw .notPossible(.notForAuditors) } }
        if let delegate {
            try delegate.address.verify()
            guard delegate.address.pin.isSameLedger(as: session.pin) else { throw .notPossible(.otherLedger) }
            guard held.content.body.power == .passingOn else { throw .notPossible(.beyondDelegation("it may not be passed on")) }
        }
        try requireDay(until)
        guard isLive(held), let known = knownGrant(held.content.grant) else {
            throw .notFound(.delegation(name: held.content.name.text))
        }
        guard until <= known.grant.until else {
            throw .notPossible(.beyondDelegation("it ends on \(known.grant.until)"))
        }
        if let missing = held.lacks(consent) { throw .notPossible(.beyondDelegation(missing)) }
        return ProposedGrant(
            grantee: grantee, delegate: delegate, category: consent.category, consent: consent, from: session.today, until: until,
            recordCount: 0)
    }

    /// Signs a grant in somebody's place: first its leaf, then headers for what there is, then the slip.
    package func grant(_ proposed: ProposedGrant, under held: HeldDelegation) async throws(ClientError) -> GivenGrant {
        let given = try await postTrying(proposed, under: held)
        do {
            _ = try await records(under: held, purpose: proposed.purposes.min { $0.rawValue < $1.rawValue })
            try await sendSlip(given, of: held)
        } catch .notVerified(let discrepancy) {
            throw .notVerified(discrepancy)
        } catch {
            // It is signed, whatever became of its delivery, and `synchronise(under:)` does the rest.
        }
        await backUpIfPossible()
        return given
    }

    private func postTrying(_ proposed: ProposedGrant, under held: HeldDelegation) async throws(ClientError) -> GivenGrant {
        for _ in 0..<3 {
            do {
                return try await post(proposed, under: held)
            } catch .refused(let error) where error.code == .listNotNewest {
                continue
            }
        }
        throw .notPossible(.listChangesTooFast)
    }

    private func post(_ proposed: ProposedGrant, under held: HeldDelegation) async throws(ClientError) -> GivenGrant {
        let number = state.nextGrant
        state.nextGrant += 1
        try save()
        let key = try reader(held).signingKey()
        let list = try await newestList(of: held)
        let seed = GrantSeed.random()
        let authority = GrantBody.Authority(grant: held.content.grant, release: key.publicKey)
        let made = try make(proposed, number, seed, in: held.content.body.compartment, authority, list: list.hash, signingWith: key)
        state.granted.append(GrantedFor(delegation: held.content.grant, grant: made.given))
        try save()
        let index = state.granted.count - 1
        do {
            state.granted[index].grant.leaf = try await session.post(made.entry, made.evidence, with: key).index
            try save()
            return state.granted[index].grant
        } catch {
            // The gateway did not take it; if it did after all, `sync` finds it by its control key.
            if case .refused = error { state.granted.removeLast() }
            try save()
            throw error
        }
    }

    /// Which the compartment signed: a delegate adds nothing to it.
    private func newestList(of held: HeldDelegation) async throws(ClientError) -> RecipientList {
        let compartment = held.content.body.compartment
        let list = try await session.call(FetchRecipientList(compartment: compartment), with: try reader(held).signingKey())
        guard list.compartment == compartment, (try? list.verifySignature(origin: session.origin)) != nil else {
            throw .notVerified(.listNotAuthentic)
        }
        return list
    }

    private func addHeaders(_ records: [StoredRecord], for grant: GivenGrant, under held: HeldDelegation) async throws(ClientError)
    {
        let reader = reader(held)
        let seed = try reader.seed()
        let key = try reader.signingKey()
        let identity = seed.identity()
        let recipient = grant.body.value.recipient.hybrid
        let headers = records.compactMap { record -> AddHeaders.Header? in
            guard let header = try? Header(record.header), (try? header.requireHybrid()) != nil,
                let fileKey = try? header.unwrap(with: identity), let wrapped = try? Header.wrap(fileKey, to: recipient)
            else { return nil }
            return .init(position: record.position, bytes: wrapped.bytes)
        }
        for start in stride(from: 0, to: headers.count, by: AddHeaders.maximumCount) {
            let batch = Array(headers[start..<min(start + AddHeaders.maximumCount, headers.count)])
            _ = try await session.call(AddHeaders(grant: grant.control, headers: batch), with: key)
        }
    }

    /// The reader is told that it is the patient's, and how to reach him.
    private func sendSlip(_ given: GivenGrant, of held: HeldDelegation) async throws(ClientError) {
        let sender = GrantSlip.Sender(
            name: held.content.name, inbox: held.content.inbox, inboxRecipient: held.content.inboxRecipient)
        try await sendSlip(given, from: sender)
        if let index = state.granted.firstIndex(where: { $0.grant.control == given.control }) {
            state.granted[index].grant.isDelivered = true
        }
        try save()
    }
}

extension PatientClient {
    /// Ends a grant that was made in somebody's place.
    package func revoke(_ given: GivenGrant, under held: HeldDelegation, reason: TextLine) async throws(ClientError) {
        for _ in 0..<3 {
            do {
                return try await end(given, held, reason)
            } catch .refused(let error) where error.code == .listNotNewest {
                continue
            }
        }
        throw .notPossible(.listChangesTooFast)
    }

    private func end(_ given: GivenGrant, _ held: HeldDelegation, _ reason: TextLine) async throws(ClientError) {
        let body = RevocationBody(reason: reason, recipientList: try await newestList(of: held).hash)
        let evidence = Evidence(salt: .random(), body: body)
        let entry = Entry(
            origin: session.origin, event: .revocation(Revocation(grant: given.control)),
            bodyCommitment: body.commitment(salt: evidence.salt)
        ).signed(with: session.keyring.controlKey(given.number))
        let posted = try await session.post(entry, evidence, with: try reader(held).signingKey())
        if let index = state.granted.firstIndex(where: { $0.grant.control == given.control }) {
            state.granted[index].grant.revoked = posted.index
        }
        try save()
        await backUpIfPossible()
    }
}

extension HeldDelegation {
    package var consent: Consent? { try? Consent(canonical: content.body.consent) }

    /// What of a consent is not in it, in words; `nil` if all is.
    package func lacks(_ wanted: Consent) -> String? {
        guard let own = consent, own.category == wanted.category else { return "it is about other records" }
        guard let own = own.plain, let wanted = wanted.plain else { return "what it says cannot be compared" }
        let purposes = wanted.purposes.subtracting(own.purposes)
        if !purposes.isEmpty { return "it is not for \(purposes.map(\.id).sorted().joined(separator: " or "))" }
        if !wanted.extras.isSubset(of: own.extras) { return "it does not name what these flags name" }
        return wanted.actions.isSubset(of: own.actions) ? nil : "it does not allow that"
    }
}
