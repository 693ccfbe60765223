package import AccessPolicy
package import CryptoPrimitives
package import GatewayAPI
package import MedicalRecords
package import SharingContract

/// What a desk says when it declares an emergency.
package struct DeclaredEmergency: Sendable {
    package let reason: EmergencyReason
    package let words: EmergencyDeclaration.Words
    package let minutes: UInt8

    package init(reason: EmergencyReason, words: EmergencyDeclaration.Words, minutes: UInt8) {
        self.reason = reason
        self.words = words
        self.minutes = minutes
    }
}

/// Whose records a desk asks for in an emergency.
package enum EmergencyPatient: Sendable {
    /// By the card that the patient carries.
    case card(EmergencyCard)
    /// By the name that stands on a slip.
    case named(String)
}

extension ClinicClient {
    /// What came of it, and where it stands.
    package struct EmergencyOutcome: Sendable {
        /// The leaves of the declarations, one for each answer.
        package let declarations: [UInt64]
        package let records: [StoredRecord]
        /// The day by which somebody reviews it.
        package let due: Day?
        /// Whether the patient was sent word. Without a slip there is nowhere to send it.
        package let isPatientTold: Bool
        /// `nil` where no grant was used.
        package let grant: ReceivedGrant?
    }

    /// Declares an emergency and asks for what it opens: the emergency summary, or another category after that.
    ///
    /// A patient who is not known here, or has opened nothing, is declared and asked for all the same, under a name drawn at random, and
    /// comes to the same answer: nothing.
    package func requestInEmergency(
        _ patient: EmergencyPatient, _ category: Category, _ emergency: DeclaredEmergency, staff: TextLine,
        progress: (Int, Int) -> Void
    ) async throws(ClientError) -> EmergencyOutcome {
        try requireDesk()
        try await readInbox()
        let found = try find(patient, category)
        try requireVisit(found.inbox, category)
        guard let grant = found.grant else { return try await requestNothing(found.inbox, category, emergency, staff) }
        return try await requestInEmergency(grant, emergency, staff: staff, progress: progress)
    }

    /// The same under one grant.
    package func requestInEmergency(
        _ grant: ReceivedGrant, _ emergency: DeclaredEmergency, staff: TextLine, progress: (Int, Int) -> Void
    ) async throws(ClientError) -> EmergencyOutcome {
        try requireDesk()
        let category = grant.category.flatMap { Category(code: $0) } ?? .emergencySummary
        try requireVisit(grant.content.inbox, category)
        var declarations: [UInt64] = []
        var isTold = false
        let records = try await request(grant, filter: .all, purpose: .emergencyTreatment, staff: staff, progress: progress) {
            [self] () async throws(ClientError) in
            let leaf = try await declare(emergency, for: grant.content.grant)
            declarations.append(leaf)
            try remember(grant.content.inbox, category, emergency)
            isTold = await tell(grant.content, leaf) || isTold
            return leaf
        }
        return EmergencyOutcome(
            declarations: declarations, records: records, due: due(declarations.first), isPatientTold: isTold, grant: grant)
    }

    private func requestNothing(
        _ inbox: Ed25519.PublicKey?, _ category: Category, _ emergency: DeclaredEmergency, _ staff: TextLine
    ) async throws(ClientError) -> EmergencyOutcome {
        let control = Ed25519.PrivateKey.random().publicKey
        let release = Ed25519.PrivateKey.random()
        let leaf = try await declare(emergency, for: control)
        if let inbox { try remember(inbox, category, emergency) }
        let asked = Asking(grant: control, filter: .all, purpose: .emergencyTreatment, staff: staff, emergency: leaf)
        guard case .refused = try await session.ask(asked, releaseKey: release, signingWith: session.keyring.actorKey()).outcome
        else { throw .notVerified(.decisionNotOurs) }
        return EmergencyOutcome(declarations: [leaf], records: [], due: due(leaf), isPatientTold: false, grant: nil)
    }

    private func due(_ leaf: UInt64?) -> Day? {
        leaf.flatMap { (try? session.ledger.state.emergency($0)) ?? nil }?.due
    }
}

extension ClinicClient {
    /// Puts the declaration on the ledger, and makes sure that the leaf commits to just that.
    private func declare(
        _ emergency: DeclaredEmergency, for grant: Ed25519.PublicKey
    ) async throws(ClientError) -> UInt64 {
        let declaration = EmergencyDeclaration(
            grant: grant, desk: key, reason: emergency.reason.rawValue, words: emergency.words, minutes: emergency.minutes,
            nonce: .random())
        guard let declaration else { throw .notPossible(.emergencyUnexplained) }
        let body = EmergencyBody(declaration, signingWith: session.keyring.actorKey(), origin: session.origin)
        let answer = try await session.call(DeclareEmergency(body), with: session.keyring.actorKey())
        guard case .emergencyAccess(let access) = answer.posted.leaf.entry.event, access.grant == grant,
            answer.posted.leaf.entry.bodyCommitment == body.commitment(salt: answer.salt)
        else { throw .notVerified(.leafNotOurs) }
        try await session.ledger.verify(answer.posted, session.connection)
        return answer.posted.index
    }

    /// That it does not arrive undoes nothing: the patient's own program finds the emergency on the ledger.
    private func tell(_ slip: GrantSlip, _ leaf: UInt64) async -> Bool {
        let key = session.keyring.actorKey()
        let notice = EmergencyNotice(inbox: slip.inbox, leaf: leaf, signingWith: key, origin: session.origin)
        do {
            let message = try InboxMessage.emergency(notice).sealed(to: slip.inboxRecipient)
            _ = try await session.call(SendMessage(address: slip.inbox, message: message), with: key)
            return true
        } catch {
            return false
        }
    }

    /// The member whose gateway this desk talks to: who discloses what comes from there.
    package func memberName() throws(ClientError) -> TextLine {
        let member = try session.ledger.member()
        let members = (try? session.ledger.state.ledger())?.members ?? []
        return members.first { $0.key == member }?.name ?? .none
    }

    private func requireDesk() throws(ClientError) {
        guard session.role == .emergencyDesk else { throw .notPossible(.wrongRole(expected: .emergencyDesk)) }
    }
}

// Who is meant, and that the summary comes first.
extension ClinicClient {
    private func find(
        _ patient: EmergencyPatient, _ category: Category
    ) throws(ClientError) -> (inbox: Ed25519.PublicKey?, grant: ReceivedGrant?) {
        switch patient {
        case .card(let card):
            try card.verify()
            guard card.pin.isSameLedger(as: session.pin) else { throw .notPossible(.otherLedger) }
            let listed = Set(card.items.filter { $0.desk == key && $0.category == category.code }.map(\.grant))
            return (card.inbox, newest { listed.contains($0.content.grant) && $0.content.inbox == card.inbox })
        case .named(let name):
            let wanted = name.lowercased()
            let named = state.grants.filter { $0.isForEmergencies && $0.content.name.text.lowercased() == wanted }
            guard Set(named.map(\.content.inbox)).count <= 1 else { throw .notFound(.ambiguousPatient(name: name)) }
            let inbox = named.first?.content.inbox ?? strangers(wanted)
            return (inbox, newest { $0.isForEmergencies && $0.category == category.code && $0.content.inbox == inbox })
        }
    }

    /// Of those that are meant the newest, and one that still holds before one that does not.
    private func newest(where isMeant: (ReceivedGrant) -> Bool) -> ReceivedGrant? {
        let meant = state.grants.filter(isMeant)
        let live = meant.filter { ((try? session.ledger.state.grant($0.content.grant)) ?? nil)?.isLive(at: session.now) ?? false }
        return (live.isEmpty ? meant : live).max { $0.number < $1.number }
    }

    /// Under which a name stands that no slip bears, so that for it too the summary comes first.
    private func strangers(_ name: String) -> Ed25519.PublicKey? {
        Ed25519.PublicKey(SHA256.hash(Array(name.utf8)).bytes)
    }

    /// Everything but the summary is opened after the summary was asked for, while that emergency lasts. Whether anything came is no matter.
    private func requireVisit(_ inbox: Ed25519.PublicKey?, _ category: Category) throws(ClientError) {
        guard category != .emergencySummary else { return }
        guard state.emergencies.contains(where: { $0.inbox == inbox && session.now.number < $0.until }) else {
            throw .notPossible(.summaryFirst)
        }
    }

    private func remember(
        _ inbox: Ed25519.PublicKey, _ category: Category, _ emergency: DeclaredEmergency
    ) throws(ClientError) {
        guard category == .emergencySummary else { return }
        state.emergencies.removeAll { $0.until <= session.now.number || $0.inbox == inbox }
        state.emergencies.append(EmergencyVisit(inbox: inbox, until: session.now.number + UInt32(emergency.minutes)))
        try save()
    }
}

extension ReceivedGrant {
    var consent: Consent? { try? Consent(canonical: content.body.consent) }

    package var category: UInt16? { consent?.category }

    /// Whether it opens anything only where an emergency was declared.
    package var isForEmergencies: Bool { consent?.plain?.extras.contains(.emergencyOnly) ?? false }
}
