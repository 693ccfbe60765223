import AccessPolicy
package import CryptoPrimitives
import GatewayAPI
package import MedicalRecords
package import SharingContract

extension PatientClient {
    /// Grants for emergencies as the patient is shown them before signing: one for each desk and category, the summary always first.
    /// What a desk has already is not given twice.
    package func proposeEmergency(
        to desks: [ActorState], categories: [Category], until: Day
    ) async throws(ClientError) -> [ProposedGrant] {
        let wanted = [.emergencySummary] + categories.filter { $0 != .emergencySummary }
        var proposed: [ProposedGrant] = []
        for desk in desks {
            for category in wanted where emergencyGrant(to: desk.actor.key, category.code) == nil {
                proposed.append(
                    try await propose(
                        to: desk, category: category.code, purposes: [.emergencyTreatment], extras: .emergencyOnly, until: until))
            }
        }
        return proposed
    }

    /// A card with all live grants for emergencies to these desks.
    package func makeEmergencyCard(for desks: [ActorState]) throws(ClientError) -> EmergencyCard {
        let keys = Set(desks.map(\.actor.key))
        let items = liveGrants.filter { $0.isForEmergencies && keys.contains($0.grantee) }.map {
            EmergencyCard.Item(category: $0.category, desk: $0.grantee, grant: $0.control)
        }
        let card = EmergencyCard(pin: session.pin, name: state.name, items: items, signingWith: session.keyring.inboxKey())
        guard let card else { throw .notFound(.grant) }
        return card
    }

    private func emergencyGrant(to desk: Ed25519.PublicKey, _ category: UInt16) -> GivenGrant? {
        liveGrants.first { $0.isForEmergencies && $0.grantee == desk && $0.category == category }
    }

    /// Emergencies that were declared for this patient's grants, by the ledger: none can be kept back.
    package func emergencies() -> [UInt64] {
        let own = Set(state.grants.map(\.control))
        return session.ledger.emergencies.filter { leaf in emergency(leaf).map { own.contains($0.grant) } ?? false }
    }

    /// Those that no notice told of, and that the patient has not seen in the log.
    package func unannouncedEmergencies() -> [UInt64] {
        let told = state.emergenciesSeen.union(state.emergencyNotices.map(\.content.leaf))
        return emergencies().filter { !told.contains($0) }
    }

    package func markEmergenciesSeen() throws(ClientError) {
        let all = Set(emergencies())
        guard state.emergenciesSeen != all else { return }
        state.emergenciesSeen = all
        try save()
    }

    package func emergency(_ leaf: UInt64) -> EmergencyState? { (try? session.ledger.state.emergency(leaf)) ?? nil }
}

extension GivenGrant {
    /// Whether it opens anything only where an emergency was declared.
    package var isForEmergencies: Bool { consent?.plain?.extras.contains(.emergencyOnly) ?? false }
}
