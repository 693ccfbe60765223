import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import RecordStorage
import SharingContract

extension Gateway {
    /// The road of one request: everything from the grant on ends in one decision on the ledger, durable before anything is released.
    ///
    /// Before that, and without a leaf: a caller that is no live actor and holds no live delegation, a message that is no request of his, and a request that was
    /// answered before.
    func answer(_ call: RequestRecords, from caller: Caller) async throws -> RequestRecords.Answer {
        guard let request = try? Request(canonical: call.request), request.origin == store.origin, request.actor == caller.key
        else {
            throw APIError(.malformed, "not a request of this clinic on this ledger")
        }
        let hash = RequestHash(of: call.request)
        let check = try await check(call.releaseSignature, of: request, hash)
        let committed = try await writing(for: caller) { [self] transaction in
            try transaction.requireReader(caller.key)
            guard try transaction.useRequest(hash) else {
                throw APIError(.alreadyAnswered, "this request was answered before: make a new one")
            }
            let decided = try decide(request, hash, check, transaction)
            return try record(decided, call, caller, transaction)
        }
        return RequestRecords.Answer(decision: try posted(committed), outcome: issueTickets(committed.result, to: caller.key))
    }

    /// Whether a request carries the release signature, by the key that the ledger named a moment ago.
    private struct ReleaseCheck: Sendable {
        let signature: Ed25519.Signature
        let key: Ed25519.PublicKey
        let isGood: Bool
    }

    /// Verifies before the writer's turn. A grant that does not exist costs the same work as one that does.
    private func check(
        _ signature: Ed25519.Signature, of request: Request, _ hash: RequestHash
    ) async throws -> ReleaseCheck {
        let key = try await store.read { try $0.state.grant(request.grant)?.grant.release } ?? Self.nobody
        return verify(signature, by: key, request, hash)
    }

    private func verify(
        _ signature: Ed25519.Signature, by key: Ed25519.PublicKey, _ request: Request, _ hash: RequestHash
    ) -> ReleaseCheck {
        let bytes = hash.releaseBytes(grant: request.grant)
        let isGood = (try? key.verify(signature, .release, origin: store.origin, bytes)) != nil
        return ReleaseCheck(signature: signature, key: key, isGood: isGood)
    }

    /// A request together with what was found for it and what was decided.
    private struct Decided {
        let request: Request
        let hash: RequestHash
        let compartment: Ed25519.PublicKey?
        let hasMore: Bool
        let record: DecisionRecord
        let released: [(record: DepositedRecord, obligations: [Obligation])]
    }

    /// Gathers the inputs and decides. A grant that does not exist costs the same work as one that does, and records and other consents
    /// are looked for only if the grant itself covers the request: otherwise the time would tell how many there are.
    private func decide(
        _ request: Request, _ hash: RequestHash, _ check: ReleaseCheck, _ transaction: StoreTransaction
    ) throws -> Decided {
        let grant = try transaction.state.grant(request.grant)
        let terms = try transaction.state.terms(of: request.grant)
        let releaseKey = grant?.grant.release ?? Self.nobody
        // The grant may have come since.
        let isSigned = (check.key == releaseKey ? check : verify(check.signature, by: releaseKey, request, hash)).isGood
        let facts = grant.flatMap { grant in terms.map { GrantFacts(grant, $0, isReleaseSigned: isSigned) } }
        let consent = terms?.consent ?? []
        let authorities = try (terms.map { try transaction.state.authorities(of: $0) } ?? []).map(Authority.init)
        let emergency = try request.emergency.flatMap { try transaction.emergency($0) }
        let check = GrantCheck.check(
            request, at: transaction.now, facts, consent: consent, under: authorities, emergency: emergency,
            compile: consents.compile)
        let compartment = (try? check.get()) == nil ? Self.nobody : terms?.compartment ?? Self.nobody
        let inputs = DecisionInputs(
            now: transaction.now, requestHash: Hash(hash.value), request: request, grant: facts, consent: consent,
            authorities: authorities, identifiers: try transaction.identifiers(of: request.actor),
            isEmergencyDesk: try transaction.isEmergencyDesk(request.actor), emergency: emergency,
            others: try others(of: compartment, beside: request.grant, transaction), policies: try policies(transaction.view))
        var engine = DecisionEngine(inputs, cache: consents)
        var draft = DecisionDraft()
        var found: [Hash: DepositedRecord] = [:]
        var isAnyRuledOn = false
        try Self.forEachPage(
            request.filter, compartment, terms?.recipient ?? Self.nobodysRecipient,
            category: (try? Consent(canonical: consent))?.category ?? 0, transaction.view
        ) { page in
            let candidates = page.map(Candidate.init).filter(engine.isAbout)
            isAnyRuledOn = isAnyRuledOn || !candidates.isEmpty
            let before = draft.released.count
            draft.add(candidates, engine.rule(on: candidates))
            let released = Set(draft.released[before...].map(\.commitment))
            for record in page where released.contains(record.commitment) { found[record.commitment] = record }
            return !draft.hasMore
        }
        if !isAnyRuledOn { engine.ruleOnNothing() }
        let record = draft.record(inputs, refusal: engine.refusal)
        let released = record.released.compactMap { item in
            found[item.record.commitment].map { (record: $0, obligations: item.obligations) }
        }
        return Decided(
            request: request, hash: hash, compartment: terms?.compartment, hasMore: draft.hasMore, record: record,
            released: released)
    }

    /// What other consents of the compartment forbid today. Who decides for a patient hides nothing, so those made under a delegation
    /// forbid in their own grant alone.
    private func others(
        of compartment: Ed25519.PublicKey, beside relied: Ed25519.PublicKey, _ transaction: StoreTransaction
    ) throws -> [OtherConsent] {
        try transaction.state.openGrants(of: compartment).controls.compactMap { control in
            guard control != relied, let grant = try transaction.state.grant(control),
                let terms = try transaction.state.terms(of: control), terms.authority == nil
            else { return nil }
            let other = OtherConsent(ConsentScope(grant, terms), consent: terms.consent, compilation: terms.compilation)
            let compiled = consents.compile(other.consent, other.scope)
            return compiled.forbids(on: transaction.now.day, other.scope) ? other : nil
        }
    }

    /// Shows the records of the consent's category, in order, until `show` has seen enough.
    ///
    /// Only these are looked at. A depositor chooses categories: many records of another one in front must not keep the covered ones from
    /// view, nor make others wait while they are passed over.
    private static func forEachPage(
        _ filter: Filter, _ compartment: Ed25519.PublicKey, _ recipient: RecipientKey, category: UInt16, _ view: StoreView,
        show: ([DepositedRecord]) throws -> Bool
    ) throws {
        guard filter.records.isEmpty else {
            let records = filter.records.map { Descriptor.RecordID($0) }
            _ = try show(try view.records(records, of: compartment, for: recipient, after: filter.after))
            return
        }
        let limit = Filter.maximumRecords + 1
        var (after, isLast) = (filter.after, false)
        while !isLast {
            let page = try view.records(
                of: compartment, for: recipient, factsBeginning: StoredFacts.beginning(category: category), after: after,
                limit: limit)
            guard try show(page) else { return }
            (after, isLast) = (page.last?.position, page.count < limit)
        }
    }

    // Stand in for a grant that does not exist.
    private static let nobody = Ed25519.PrivateKey(seed: SecretBytes(zeroesOfCount: 32)).publicKey
    private static let nobodysRecipient: RecipientKey = {
        guard let key = RecipientKey([UInt8](repeating: 0, count: RecipientKey.count)) else { preconditionFailure("1,216 bytes") }
        return key
    }()
}

extension Gateway {
    /// What a committed decision lets go, before tickets are made out.
    private enum Answered: Sendable {
        case refused(blind: Bytes32)
        case released([AnsweredItem], hasMore: Bool)
    }

    private struct AnsweredItem: Sendable {
        let record: StoredRecord
        let releasedSalt: Bytes32
        let releasedProof: SlotProof
        let obligations: [UInt8]
    }

    /// Appends the decision. The gateway verified the release signature and makes its own, so the contract need not do it again.
    private func record(
        _ decided: Decided, _ call: RequestRecords, _ caller: Caller, _ transaction: StoreTransaction
    ) throws -> Answered {
        let released = zip(SlotTree.drawSlots(decided.released.count), decided.released).map { slot, item in
            (item, DecisionBody.Released(slot: slot, salt: .random(), descriptorCommitment: item.record.commitment))
        }
        let body = DecisionBody(
            compartment: decided.compartment, request: call.request, releaseSignature: call.releaseSignature,
            signatureBase: caller.signature.base.bytes, httpSignature: caller.signature.signature, blind: .random(),
            record: decided.record.canonicalBytes, seed: .random(), released: released.map(\.1))
        let tree = body.tree
        let evidence = Evidence(salt: .random(), body: body)
        let entry = signed(.decision(Decision(root: body.root, outcome: outcome(decided, body, released.isEmpty))), evidence)
        try transaction.append(entry, evidence: evidence, trusting: .signatures)
        guard !released.isEmpty else { return .refused(blind: body.blind) }
        var trees: [UInt64: SlotTree] = [:]
        let items = try released.map { item, place in
            let deposit = try trees[item.record.deposit] ?? transaction.view.slotTree(of: item.record.deposit)
            trees[item.record.deposit] = deposit
            return AnsweredItem(
                record: StoredRecord(item.record, deposit), releasedSalt: place.salt, releasedProof: tree.proof(of: place.slot),
                obligations: item.obligations.map(\.code))
        }
        return .released(items, hasMore: decided.hasMore)
    }

    private func outcome(_ decided: Decided, _ body: DecisionBody, _ isRefused: Bool) -> Decision.Outcome {
        isRefused
            ? .refused(.init(blind: body.blind, request: decided.hash))
            : .released(
                .init(
                    grant: decided.request.grant, request: decided.hash, signature: body.releaseSignature,
                    emergency: decided.request.emergency))
    }

    private func issueTickets(_ answered: Answered, to actor: Ed25519.PublicKey) -> RequestRecords.Answer.Outcome {
        switch answered {
        case .refused(let blind): return .refused(blind: blind)
        case .released(let items, let hasMore):
            let now = clock()
            let answer = items.map { item in
                RequestRecords.Answer.Item(
                    record: item.record, releasedSalt: item.releasedSalt, releasedProof: item.releasedProof,
                    ticket: tickets.issue(for: item.record.descriptor.payload, to: actor, at: now), obligations: item.obligations)
            }
            return .released(answer, hasMore: hasMore)
        }
    }
}

extension StoredRecord {
    init(_ record: DepositedRecord, _ tree: SlotTree) {
        self.init(
            deposit: record.deposit, salt: record.salt, descriptor: record.descriptor, proof: tree.proof(of: record.slot),
            header: record.header)
    }
}

extension ConsentScope {
    init(_ state: GrantState, _ terms: GrantTerms) {
        self.init(
            control: state.grant.control, compartment: terms.compartment, grantee: terms.grantee, from: state.grant.from,
            until: state.grant.until, holder: terms.power.holder)
    }
}

extension GrantFacts {
    init(_ state: GrantState, _ terms: GrantTerms, isReleaseSigned: Bool) {
        self.init(
            ConsentScope(state, terms), consent: terms.consent, compilation: terms.compilation, isRevoked: state.revokedAt != nil,
            isReleaseSigned: isReleaseSigned, authority: terms.authority)
    }
}

extension Authority {
    init(_ known: KnownGrant) {
        self.init(GrantFacts(known.state, known.terms, isReleaseSigned: false), consent: known.terms.consent)
    }
}

extension EmergencyFacts {
    init(_ opened: EmergencyState, _ declaration: EmergencyDeclaration) {
        self.init(
            grant: opened.grant, desk: declaration.desk, until: declaration.end(from: opened.openedAt),
            isUsed: opened.releasedAt != nil, explanation: declaration.words.explanation,
            recipient: declaration.words.recipient, facility: declaration.words.facility,
            discloser: declaration.words.discloser, nature: declaration.words.nature)
    }
}

extension Candidate {
    init(_ record: DepositedRecord) {
        self.init(
            commitment: record.commitment, position: record.position, record: record.descriptor.record.value,
            depositor: record.descriptor.depositor, facts: record.descriptor.facts,
            isRetracted: record.descriptor.state == .enteredInError)
    }
}

extension StoreTransaction {
    /// What an actor was admitted with.
    fileprivate func identifiers(of key: Ed25519.PublicKey) throws -> TextLine {
        guard let actor = try state.actor(key), let evidence = try view.evidence(of: actor.admittedAt),
            let body = try? ActorBody(canonical: evidence.body)
        else { return .none }
        return body.identifiers
    }

    fileprivate func isEmergencyDesk(_ key: Ed25519.PublicKey) throws -> Bool {
        try state.actor(key).map { $0.actor.role == .emergencyDesk && $0.isLive(on: now.day) } ?? false
    }

    /// What a desk declared at a leaf, and whether it was used.
    fileprivate func emergency(_ leaf: UInt64) throws -> EmergencyFacts? {
        guard let opened = try state.emergency(leaf), let declaration = try state.emergencyTerms(of: leaf) else { return nil }
        return EmergencyFacts(opened, declaration)
    }
}
