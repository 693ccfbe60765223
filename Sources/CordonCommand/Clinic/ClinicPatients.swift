import ArgumentParser
import CryptoPrimitives
import GatewayClient
import SharingContract

extension ClinicCommand {
    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "invite", abstract: "Prints an invite, by which patients find this clinic's ledger.",
            discussion: """
                Example:
                  cordon --as hillside clinic invite > invite.txt
                """)

        @ParentCommand var cordon: Cordon

        private struct Printed: Encodable {
            let invite: String
        }

        func run() async throws {
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                try await clinic.session.sync()
                try clinic.requireAdmitted()
                let text = clinic.invite().text
                try cordon.show(Printed(invite: text), String(text.dropLast()))
            }
        }
    }

    struct Enrol: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enrol", abstract: "Enrols a patient by a card, under the clinic's own record number.",
            discussion: """
                Example:
                  cordon --as hillside clinic enrol ana.card --mrn 12345
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The patient's card.") var card: String
        @Option(help: "The clinic's own record number of this patient.") var mrn: String

        private struct Enrolled: Encodable {
            let recordNumber: String
            let name: String
            let categories: [String]
            let isConfidential: Bool
        }

        func run() async throws {
            guard !(try Names.line(mrn, for: "a record number")).isEmpty else { throw Stop.usage("a record number is not empty") }
            let card = try InputFiles.paper(card, as: GatewayClient.Card.self)
            try await cordon.asActor(.clinic) { clinic in
                try clinic.enrol(card, recordNumber: mrn)
                let categories = card.slots.map { Names.category($0.category) }
                let line = "Enrolled \(card.name) under \(mrn). The card opens \(categories.joined(separator: ", "))."
                try cordon.show(
                    Enrolled(
                        recordNumber: mrn, name: card.name.text, categories: categories, isConfidential: card.isConfidential),
                    card.isConfidential ? "\(line)\n\(Self.confidential)" : line)
            }
        }

        private static let confidential = """
            CONFIDENTIAL: a minor's own care. Say nothing of it to a guardian, and keep letters, bills and portals apart. Everything that you
            deposit here is labelled as a minor's own, whatever else it is.
            """
    }

    struct Patients: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "patients", abstract: "Lists the patients enrolled here.",
            discussion: """
                Example:
                  cordon --as hillside clinic patients
                """)

        @ParentCommand var cordon: Cordon

        private struct Line: Encodable {
            let recordNumber: String
            let name: String
            let categories: [String]
            let isConfidential: Bool
            let mayDepositUntil: String
        }

        func run() async throws {
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                let lines = clinic.state.patients.map { patient in
                    Line(
                        recordNumber: patient.recordNumber, name: patient.content.name.text,
                        categories: patient.content.slots.map { Names.category($0.category) },
                        isConfidential: patient.content.isConfidential,
                        mayDepositUntil: patient.content.slots.map(\.permission.until).min()?.description ?? "")
                }
                guard !lines.isEmpty else { throw Stop.refused("no patients are enrolled", "See `cordon clinic enrol`.") }
                let words = lines.map { line in
                    "\(line.recordNumber)  \(line.name)  may deposit until \(line.mayDepositUntil)\(line.isConfidential ? "  CONFIDENTIAL" : "")"
                }
                try cordon.show(lines, words.joined(separator: "\n"))
            }
        }
    }
}
