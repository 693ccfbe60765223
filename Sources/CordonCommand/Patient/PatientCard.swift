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

                Example:
                  cordon --as ana patient card --for hillside > ana.card
                  cordon --as ana patient card --for hillside --category laboratory --until 2027-01-01 > ana.card
                """)

        @ParentCommand var cordon: Cordon
        @Option(name: .customLong("for"), help: "The clinic's name, or part of it.") var clinic: String
        @Option(help: "What it may deposit. May be given again.") var category: [String] = []
        @Option(help: "The first day on which it may deposit no more. A year from now when left out.") var until: String?

        private struct Made: Encodable {
            let clinic: String
            let fingerprint: String
            let categories: [String]
            let until: String
            let card: String
        }

        func run() async throws {
            let categories = try category.isEmpty ? Category.allCases : category.map { try Names.category($0) }
            let end = try until.map { try Names.day($0) }
            try await cordon.asPatient { patient in
                try await patient.session.sync()
                let clinic = try patient.session.actor(named: clinic)
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
    }
}
