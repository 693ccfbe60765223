import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

extension ClinicCommand {
    struct Inbox: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inbox", abstract: "Lists the grants that patients gave, and issues new copies of claims to who asks.",
            discussion: """
                A clinic that issues claims runs this once a day, so that its patients do not run out of copies.

                Example:
                  cordon --as lakeside clinic inbox
                """)

        @ParentCommand var cordon: Cordon

        private struct Content: Encodable {
            let grants: [GrantLine]
            /// New copies of claims.
            let issued: [Issued]
        }

        private struct Issued: Encodable {
            let patient: String
            let recordNumber: String
            let claims: Int
        }

        func run() async throws {
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                let issued = try await clinic.readInbox()
                let lines = clinic.state.grants.map { GrantLine($0, clinic.session) }
                guard !lines.isEmpty || !issued.isEmpty else { throw Stop.refused("no grants") }
                let words =
                    issued.map { "Issued new copies of \(Names.counted($0.sets, "claim")) to \($0.patient)." } + lines.map(\.words)
                let content = Content(
                    grants: lines,
                    issued: issued.map { .init(patient: $0.patient.text, recordNumber: $0.recordNumber, claims: $0.sets) })
                try cordon.show(content, words.joined(separator: "\n"))
            }
        }
    }

    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ask", abstract: "Asks a patient for access.",
            discussion: """
                Nothing comes back but that it was delivered: a patient who does not answer has declined.

                Example:
                  cordon --as hillside clinic ask --patient 12345 --category medication --until 2027-01-01 --note "before your surgery"
                  cordon --as lakeside clinic ask --grant 1 --category medication --until 2027-01-01
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "A patient enrolled here, by record number.") var patient: String?
        @Option(help: "The patient who gave this grant.") var grant: Int?
        @Option(help: "Which records.") var category: String
        @Option(help: "What for.") var purpose = "treatment"
        @Option(help: "The first day on which it would not hold any more.") var until: String
        @Option(help: "A line for the patient.") var note = ""

        private struct Delivered: Encodable {
            let isDelivered = true
        }

        func run() async throws {
            guard (patient == nil) != (grant == nil) else { throw Stop.usage("whom? Give --patient NUMBER or --grant NUMBER") }
            let category = try Names.category(category)
            let purpose = try Names.purpose(purpose)
            let (end, note) = (try Names.day(until), try Names.line(note, for: "a note"))
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                try await clinic.ask(
                    patient.map { .enrolled(recordNumber: $0) } ?? .granter(grant ?? 0), category: category.code, purpose: purpose,
                    until: end, note: note)
                try cordon.show(Delivered(), "Delivered.")
            }
        }
    }
}

/// A grant as the grantee sees it.
struct GrantLine: Encodable {
    let number: Int
    let patient: String
    let category: String
    let purposes: [String]
    let until: String
    /// By the ledger.
    let isLive: Bool
    /// Whether it opens anything only where an emergency was declared.
    let isForEmergencies: Bool

    init(_ received: ReceivedGrant, _ session: Session) {
        let slip = received.content
        let consent = try? Consent(canonical: slip.body.consent)
        let grant = (try? session.ledger.state.grant(slip.grant)) ?? nil
        number = received.number
        patient = slip.name.text
        isForEmergencies = received.isForEmergencies
        category = consent.map { Names.category($0.category) } ?? "unknown"
        purposes = consent?.plain?.purposes.map(\.id).sorted() ?? []
        until = grant?.grant.until.description ?? ""
        isLive = grant.map { $0.revokedAt == nil && $0.grant.covers(session.today) } ?? false
    }

    var words: String {
        "\(number)  \(patient)  \(category), \(purposes.isEmpty ? "as the consent says" : purposes.joined(separator: " or ")), until \(until)\(isForEmergencies ? ", in an emergency alone" : "")\(isLive ? "" : "  (over)")"
    }
}
