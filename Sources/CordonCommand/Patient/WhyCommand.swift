import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Says why records were shown, or not.",
        discussion: """
            A patient is told everything: which grant allowed it, which law, rule or restriction forbade it, and if nothing allowed it,
            what the nearest grant lacks. The number is that of an entry of `patient log`.

            An organisation is told what its own grant covers, and no more: what is withheld, erased or was never there looks the same.
            The number is that of the grant in `clinic inbox`.

            Example:
              cordon --as ana why 14
              cordon --as ana why --record 3fa94c11 --for lakeside
              cordon --as ana why --record 3fa94c11 --for lakeside --purpose research
              cordon --as lakeside why 1 --purpose research
            """)

    @ParentCommand var cordon: Cordon
    @Argument(help: "For a patient, an entry of the log. For an organisation, a grant of its inbox.") var number: UInt64?
    @Option(help: "A record, by its id or the start of it.") var record: String?
    @Option(name: .customLong("for"), help: "The organisation that would read it.") var reader: String?
    @Option(help: "What for.") var purpose = "treatment"

    func run() async throws {
        let purpose = try Names.purpose(purpose)
        guard (number == nil) == (record != nil), (record == nil) == (reader == nil) else {
            throw Stop.usage("why what? Give a number, or --record and --for", "See `cordon why --help`.")
        }
        try await cordon.asAnyone { opened in
            switch opened {
            case .patient(let patient): try await explain(to: patient, purpose)
            case .organisation(let clinic): try await explain(to: clinic, purpose)
            }
        }
    }

    private func explain(to patient: PatientClient, _ purpose: PurposeOfUse) async throws {
        if let number {
            let explained = try await patient.why(entry: number)
            return try cordon.show(DecisionAnswer(explained, patient), ReasonWords(patient).words(explained))
        }
        try await patient.sync()
        let actor = try patient.session.actor(named: reader ?? "")
        let prospect = try await patient.why(record: record ?? "", for: actor, purpose: purpose)
        try cordon.show(ProspectAnswer(prospect, actor, purpose, patient), ReasonWords(patient).words(prospect, actor, purpose))
    }

    /// What the organisation knows by itself: its slip, and the public ledger.
    private func explain(to clinic: ClinicClient, _ purpose: PurposeOfUse) async throws {
        guard let number, let number = Int(exactly: number) else {
            throw Stop.usage("which grant? Give its number in `clinic inbox`", "Only the patient can say more of one record.")
        }
        try await clinic.session.sync()
        let answer = ClinicAnswer(try clinic.grant(number), purpose, clinic.session)
        try cordon.show(answer, answer.words)
    }
}

/// The same for a request that was refused, restricted or found nothing.
struct ClinicAnswer: Encodable {
    let grant: Int
    let patient: String
    let category: String
    let purposes: [String]
    let until: String
    let isLive: Bool
    /// Whether the grant is for the purpose, as far as that stands in it by itself.
    let coversPurpose: Bool?
    let purpose: String

    init(_ received: ReceivedGrant, _ purpose: PurposeOfUse, _ session: Session) {
        let line = GrantLine(received, session)
        let plain = (try? Consent(canonical: received.content.body.consent))?.plain
        (grant, patient, category, purposes) = (line.number, line.patient, line.category, line.purposes)
        (until, isLive) = (line.until, line.isLive)
        coversPurpose = plain.map { $0.purposes.contains(purpose) }
        self.purpose = purpose.id
    }

    var words: String {
        let terms = "\(category) records of \(patient)" + (purposes.isEmpty ? "" : ", for \(purposes.joined(separator: " or "))")
        let state =
            isLive ? "It holds until \(until)." : "It is over, or was ended: ask the patient for another with `cordon clinic ask`."
        let covers =
            switch coversPurpose {
            case true?: "It covers \(purpose)."
            case false?: "It does not cover \(purpose): ask the patient with `cordon clinic ask`."
            case nil: "What it covers stands in the patient's own consent."
            }
        return """
            Grant \(grant): \(terms). \(state) \(covers)
            What it did not bring may be withheld, corrected, erased or never have been there. That is not told, and every refusal is the same.
            """
    }
}
