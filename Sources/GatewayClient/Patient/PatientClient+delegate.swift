package import AccessPolicy
package import CryptoPrimitives
import GatewayAPI
import EnvelopeEncryption
import MedicalRecords
package import SharingContract

extension PatientClient {
    /// A person who is to decide for the patient, and how much.
    package struct Delegate: Sendable {
        package let address: PersonAddress
        package let power: GrantBody.Power

        package init(_ address: PersonAddress, _ power: GrantBody.Power) {
            (self.address, self.power) = (address, power)
        }
    }

    /// What is handed to somebody who shall let one decide for him.
    package var address: PersonAddress {
        PersonAddress(
            pin: session.pin, name: state.name, inboxRecipient: session.keyring.inboxIdentity().recipient().key,
            signingWith: session.keyring.inboxKey())
    }

    /// What a delegation would mean, without making it.
    package func propose(delegate: Delegate, _ consent: Consent, until: Day) async throws(ClientError) -> ProposedGrant {
        try delegate.address.verify()
        guard delegate.address.pin.isSameLedger(as: session.pin) else { throw .notPossible(.otherLedger) }
        guard delegate.address.inbox != session.keyring.inboxKey().publicKey else { throw .notPossible(.ownAddress) }
        guard delegate.power != .guardianship || !state.isConfidential else { throw .notPossible(.confidential) }
        try await sync()
        try requireDay(until)
        let count = isOpen(consent.category) ? try await records(consent.category).count { $0.descriptor.state == .current } : 0
        return ProposedGrant(
            grantee: nil, delegate: delegate, category: consent.category, consent: consent, from: session.today, until: until,
            recordCount: count)
    }
}

// Grants that others made in the patient's place. They are found in the history, so a gateway can keep one back, but none of its releases.
extension PatientClient {
    /// Live ones, by what the ledger says today.
    package func liveDelegatedGrants() async throws(ClientError) -> [GivenGrant] {
        for category in Set(state.grants.filter(\.isDelegation).map(\.category)).sorted() where isOpen(category) {
            try await readDelegated(category)
        }
        return delegated.values.filter { isLive($0) }.sorted { ($0.leaf ?? 0) < ($1.leaf ?? 0) }
    }

    private func isLive(_ grant: GivenGrant, without ended: GivenGrant? = nil) -> Bool {
        guard grant.isInForce(on: session.today), grant.control != ended?.control else { return false }
        guard let authority = grant.body.value.authority?.grant else { return true }
        return given(authority).map { isLive($0, without: ended) } ?? false
    }

    /// A grant that the patient or somebody in his place made.
    func given(_ control: Ed25519.PublicKey) -> GivenGrant? {
        state.grants.first { $0.control == control } ?? delegated[control]
    }

    /// Recipients that the next list holds beside those of the patient's own grants.
    ///
    /// - Parameter ended: is about to end, and with it what was made under it.
    func delegatedRecipients(
        _ category: UInt16, without ended: GivenGrant? = nil
    ) async throws(ClientError) -> (live: Set<RecipientKey>, over: Set<RecipientKey>) {
        guard state.grants.contains(where: { $0.category == category && $0.isDelegation }) else { return ([], []) }
        try await readDelegated(category)
        let grants = delegated.values.filter { $0.category == category }
        let live = Set(grants.filter { isLive($0, without: ended) }.map(\.body.value.recipient))
        return (live, Set(grants.map(\.body.value.recipient)).subtracting(live))
    }

    private func readDelegated(_ category: UInt16) async throws(ClientError) {
        let key = session.keyring.compartmentKey(category)
        var next: UInt64? = 0
        while let from = next {
            let page = try await session.call(FetchHistory(from: from), with: key)
            if let last = page.items.last, last.leaf >= session.ledger.size { try await sync() }
            for item in page.items { try learn(item, category) }
            next = try page.next(after: from)
        }
    }

    /// Keeps in mind what the evidence says of a grant that the patient did not sign.
    ///
    /// - Parameter ofAnother: whether the history is another's, so that all its grants are.
    func learn(_ item: EvidencePage.Item, _ category: UInt16, ofAnother: Bool = false) throws(ClientError) {
        let leaf = try session.ledger.leaf(item.leaf)
        guard case .grant(let grant) = leaf.entry.event, !state.grants.contains(where: { $0.control == grant.control }) else {
            return
        }
        let revoked = ((try? session.ledger.state.grant(grant.control)) ?? nil)?.revokedAt
        if delegated[grant.control] != nil {
            delegated[grant.control]?.revoked = revoked
            return
        }
        let body = try Self.verified(item, grant, leaf, session)
        guard ofAnother || body.authority != nil else { return }
        var given = GivenGrant(body, of: grant, item, category, granteeName: session.name(of: body.grantee))
        given.revoked = revoked
        given.madeBy = body.authority.map { self.given($0.grant)?.granteeName ?? Self.somebody }
        // Who a person is, the ledger does not say.
        if body.power != .none {
            let isOwn = state.held.contains { $0.content.grant == grant.control }
            given.granteeName = isOwn ? state.name : Self.somebody
        }
        delegated[grant.control] = given
    }

    private static let somebody = TextLine("somebody who may decide") ?? .none

    /// The body, if the leaf committed to it, its signer signed it and it means here what it meant to him.
    static func verified(
        _ item: EvidencePage.Item, _ grant: Grant, _ leaf: Leaf, _ session: Session
    ) throws(ClientError) -> GrantBody {
        guard let body = try? GrantBody(canonical: item.evidence.body),
            body.commitment(salt: item.evidence.salt) == leaf.entry.bodyCommitment, body.isSound(of: grant, origin: session.origin),
            (try? body.verifySignature(of: grant, origin: session.origin)) != nil
        else { throw .notVerified(.evidenceOther(leaf: item.leaf)) }
        return body
    }
}

extension Session {
    /// How an actor is called on the ledger; empty for others.
    func name(of key: Ed25519.PublicKey) -> TextLine {
        (try? ledger.state.actor(key)).flatMap { $0?.actor.name } ?? .none
    }
}

extension GivenGrant {
    /// As a history tells of it, whoever made it.
    init(_ body: GrantBody, of grant: Grant, _ item: EvidencePage.Item, _ category: UInt16, granteeName: TextLine) {
        let consent = try? Consent(canonical: body.consent)
        self.init(
            number: item.leaf, control: grant.control, category: category, grantee: body.grantee, granteeName: granteeName,
            purposes: consent?.plain?.purposes.map(\.rawValue).sorted() ?? [], from: grant.from, until: grant.until,
            salt: Hash(item.evidence.salt), body: Stored(body), leaf: item.leaf, isDelivered: true)
    }
}
