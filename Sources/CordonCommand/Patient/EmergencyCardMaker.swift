import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

/// Opens a patient's records to emergency desks, and writes the card by which they find what is open to them.
struct EmergencyCardMaker {
    let cordon: Cordon
    let patient: PatientClient
    let isAgreed: Bool

    /// As long as a grant can be.
    private static let days: UInt32 = 1_825

    private struct Made: Encodable {
        let desks: [String]
        let categories: [String]
        let until: String
        let signed: [UInt64]
        let card: String
    }

    func run(for names: [String], categories: [Category], until: Day?) async throws {
        try await patient.sync()
        let desks = try names.map { try patient.session.actor(named: $0) }
        let end = until ?? patient.session.today.adding(days: Self.days)
        let proposed = try await patient.proposeEmergency(to: desks, categories: categories, until: end)
        try agree(to: proposed, desks)
        var signed: [UInt64] = []
        for item in proposed { signed.append(try await patient.grant(item).number) }
        let card = try patient.makeEmergencyCard(for: desks)
        let open = Set(card.items.map(\.category)).sorted().map { Names.category($0) }
        Terminal.note("Carry it with you. It opens nothing by itself: only these desks can use it, and each use is told to you.")
        let made = Made(
            desks: desks.map(\.actor.name.text), categories: open, until: end.description, signed: signed, card: card.text)
        try cordon.show(made, String(card.text.dropLast()))
        Warnings.show(of: patient)
    }

    private func agree(to proposed: [PatientClient.ProposedGrant], _ desks: [ActorState]) throws {
        let readBack = ReadBack(patient)
        let words = try desks.compactMap { desk in
            let grants = proposed.filter { $0.grantee?.actor.key == desk.actor.key }
            return grants.isEmpty ? nil : try readBack.words(grants)
        }
        guard !words.isEmpty else { return }
        guard isAgreed else {
            guard Terminal.confirms("\(words.joined(separator: "\n")) Sign?") else {
                throw Stop.refused("not signed; nothing was changed")
            }
            return
        }
        if !cordon.json { Terminal.note(words.joined(separator: "\n")) }
    }
}
