import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

/// What an emergency desk says when it asks in an emergency.
struct EmergencyOptions: ParsableArguments {
    @Flag(help: "Declare an emergency first. For emergency desks.") var emergency = false
    @Option(help: "The emergency card that the patient carries: a file. In an emergency.") var card: String?
    @Option(help: "The name under which the patient opened something to this desk. In an emergency.") var patient: String?
    @Option(help: "Another kind of records than the emergency summary, once that was asked for.") var also: String?
    @Option(help: "Why there is no time to ask: \(Self.reasons).") var reason: String?
    @Option(help: "The same in your own words.") var because: String?
    @Option(help: "Who is given the records: one of the medical personnel.") var recipient: String?
    @Option(help: "Where that is. This desk when left out.") var facility: String?
    @Option(help: "Who discloses them. The member that runs the gateway when left out.") var discloser: String?
    @Option(help: "What kind of emergency it is. As the reason says when left out.") var nature: String?
    @Option(help: "For how many minutes it counts, at most 240. An hour when left out.") var minutes: UInt8?

    static let reasons = EmergencyReason.allCases.map(\.id).joined(separator: ", ")

    /// Whether any of what belongs to an emergency was given.
    var isUsed: Bool {
        emergency
            || [card, patient, also, reason, because, recipient, facility, discloser, nature].contains { $0 != nil }
            || minutes != nil
    }

    func validate() throws {
        guard emergency || !isUsed else {
            throw ValidationError("these belong to an emergency: add --emergency, or leave them out")
        }
    }

    /// - Parameters:
    ///   - facility: what stands for the facility when nothing is said of it.
    ///   - discloser: the same for the discloser.
    func declared(facility defaultFacility: TextLine, discloser defaultDiscloser: TextLine) throws -> DeclaredEmergency {
        guard let reason else { throw Stop.usage("why? Give --reason", "Reasons: \(Self.reasons).") }
        guard let coded = EmergencyReason(id: reason.lowercased()) else {
            throw Stop.usage("\"\(reason)\" is no reason", "Reasons: \(Self.reasons).")
        }
        guard let because, !because.isEmpty else { throw Stop.usage("why, in your own words? Give --because") }
        guard let recipient, !recipient.isEmpty else { throw Stop.usage("who is given the records? Give --recipient") }
        let minutes = minutes ?? 60
        guard EmergencyDeclaration.minutes.contains(minutes) else { throw Stop.usage("--minutes is 1 to 240") }
        let words = EmergencyDeclaration.Words(
            explanation: try Names.line(because, for: "--because"), recipient: try Names.line(recipient, for: "a recipient"),
            facility: try facility.map { try Names.line($0, for: "a facility") } ?? defaultFacility,
            discloser: try discloser.map { try Names.line($0, for: "a discloser") } ?? defaultDiscloser,
            nature: try Names.line(nature ?? coded.words, for: "the nature of an emergency"))
        return DeclaredEmergency(reason: coded, words: words, minutes: minutes)
    }

    /// Of the patient that is meant; `nil` where a grant's number says whom.
    func whom(number: Int?) throws -> EmergencyPatient? {
        guard [number.map(String.init), card, patient].compactMap(\.self).count == 1 else {
            throw Stop.usage("whose records? Give a grant's number, --card FILE or --patient NAME")
        }
        guard number == nil || also == nil else { throw Stop.usage("a grant's number says by itself which records it is about") }
        if let card { return .card(try InputFiles.paper(card)) }
        return patient.map { .named($0) }
    }
}

/// What an emergency left behind, whether or not anything came.
struct EmergencyLine: Encodable {
    /// The entries of the declarations.
    let entries: [UInt64]
    let reviewDue: String?

    init(_ outcome: ClinicClient.EmergencyOutcome) {
        entries = outcome.declarations
        reviewDue = outcome.due?.description
    }

    var words: String {
        let numbers = entries.map(String.init).joined(separator: ", ")
        return "Emergency declared: entry \(numbers) of the ledger. It is reviewed by \(reviewDue ?? "a member")."
    }
}
