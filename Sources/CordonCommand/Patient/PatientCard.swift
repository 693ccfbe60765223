import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

extension PatientCommand {
    struct Card: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "card", abstract: "Makes a card for one clinic, which may then deposit records and write to you.",
            discussion: """
                Hand it over in person, and never the same card to two clinics. Without --category it opens all categories.

                With --emergency it is another card, for you to carry: it lets emergency desks read your emergency summary, and what else
                --category names, once they have declared an emergency. You are told of each, and somebody reviews it.

                Example:
                  cordon --as ana patient card --for hillside > ana.card
                  cordon --as ana patient card --for hillside --category laboratory --until 2027-01-01 > ana.card
                  cordon --as ana patient card --emergency --for "City Emergency" --category medication > ana.emergency
                """)

        @ParentCommand var cordon: Cordon
        @Option(name: .customLong("for"), help: "The clinic's name, or part of it. With --emergency a desk's; may be given again.")
        var clinic: [String]
        @Flag(help: "A card for emergencies: it lets these desks read.") var emergency = false
        @Option(help: "What it may deposit, or with --emergency read beside the summary. May be given again.") var category:
            [String] = []
        @Option(help: "The first day on which it may do that no more. A year from now when left out, with --emergency five.")
        var until: String?
        @Flag(help: "With --emergency: sign without asking.") var yes = false

        private struct Made: Encodable {
            let clinic: String
            let fingerprint: String
            let categories: [String]
            let until: String
            let card: String
        }

        func run() async throws {
            guard !emergency else { return try await makeForEmergencies() }
            guard clinic.count == 1, let name = clinic.first else { throw Stop.usage("a card is for one clinic: give --for once") }
            let categories = try category.isEmpty ? Category.allCases : category.map { try Names.category($0) }
            let end = try until.map { try Names.day($0) }
            try await cordon.asPatient { patient in
                try await patient.session.sync()
                let clinic = try patient.session.actor(named: name)
                let until = end ?? patient.session.today.adding(days: 365)
                guard patient.session.today < until else { throw ClientError.notPossible(.dateInThePast) }
                let card = try await patient.makeCard(for: clinic, categories: categories.map(\.code), until: until)
                Terminal.note("For \(clinic.actor.name), key \(Fingerprint.text(clinic.actor.key)), until \(Names.written(until)).")
                let made = Made(
                    clinic: clinic.actor.name.text, fingerprint: Fingerprint.text(clinic.actor.key),
                    categories: categories.map(\.id),
                    until: until.description, card: card.text)
                try cordon.show(made, String(card.text.dropLast()))
            }
        }

        private func makeForEmergencies() async throws {
            let categories = try category.map { try Names.category($0) }
            let end = try until.map { try Names.day($0) }
            try await cordon.asPatient { patient in
                try await EmergencyCardMaker(cordon: cordon, patient: patient, isAgreed: yes).run(
                    for: clinic, categories: categories, until: end)
            }
        }
    }
}
