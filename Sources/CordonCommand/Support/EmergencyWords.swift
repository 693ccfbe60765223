import AccessPolicy
import CryptoPrimitives
import GatewayClient
import SharingContract

/// Emergencies as people read them.
enum EmergencyWords {
    static func reason(_ code: UInt8) -> String { EmergencyReason(rawValue: code)?.words ?? "reason \(code)" }
}

extension ReviewBody.Finding {
    /// The name on the command line.
    var id: String {
        switch self {
        case .justified: "justified"
        case .notJustified: "not-justified"
        case .mistaken: "mistaken"
        }
    }
}

/// How many emergencies wait for their review, by the public ledger.
struct ReviewCounts: Encodable {
    let open: Int
    let overdue: Int

    init(_ ledger: LedgerReplica, on today: Day) {
        let waiting = ledger.emergencies.compactMap { (try? ledger.state.emergency($0)) ?? nil }.filter { $0.reviewedAt == nil }
        open = waiting.count
        overdue = waiting.count { $0.isOverdue(on: today) }
    }

    /// A line for `status`, empty where nothing waits.
    var words: String {
        guard open > 0 else { return "" }
        guard overdue > 0 else { return "\n\(Self.emergencies(open)) still to be reviewed." }
        return "\nWARNING: the review of \(Self.emergencies(overdue)) is overdue. See `cordon member emergencies --overdue`."
    }

    private static func emergencies(_ count: Int) -> String { count == 1 ? "1 emergency" : "\(count) emergencies" }
}

/// An emergency in the patient's own log.
struct EmergencyLogLine: Encodable {
    /// `nil` with all that was declared, where the gateway kept it back.
    let reason: String?
    let explanation: String?
    let recipient: String?
    let facility: String?
    let discloser: String?
    let nature: String?
    let minutes: UInt8?
    let isReleased: Bool
    let reviewDue: String
    let isOverdue: Bool
    let isReviewed: Bool
    /// `nil` where there is no review, or the gateway kept it back.
    let finding: String?
    let reviewer: String?
    let note: String?

    init(_ details: PatientClient.EmergencyDetails, _ today: Day) {
        let declaration = details.declaration
        reason = declaration.map { EmergencyWords.reason($0.reason) }
        explanation = declaration?.words.explanation.text
        recipient = declaration?.words.recipient.text
        facility = declaration?.words.facility.text
        discloser = declaration?.words.discloser.text
        nature = declaration?.words.nature.text
        minutes = declaration?.minutes
        isReleased = details.state.releasedAt != nil
        reviewDue = details.state.due.description
        isOverdue = details.state.isOverdue(on: today)
        isReviewed = details.state.reviewedAt != nil
        finding = details.review?.finding.id
        reviewer = details.review?.reviewer.text
        note = details.review?.note.text
    }

    /// Behind who declared it.
    var words: String {
        let why =
            if let reason, let explanation {
                "\(reason), \"\(explanation)\"; for \(recipient ?? "") at \(facility ?? ""), disclosed by \(discloser ?? ""); \(nature ?? "")"
            } else {
                "the gateway does not show why"
            }
        return "\(why); \(isReleased ? "records were released" : "nothing was released"); \(review)"
    }

    private var review: String {
        if isReviewed {
            guard let finding else { return "reviewed, the gateway does not show what was found" }
            return "reviewed by \(reviewer ?? ""): \(finding)\(note.map { $0.isEmpty ? "" : ", \"\($0)\"" } ?? "")"
        }
        return isOverdue ? "its review is OVERDUE since \(reviewDue)" : "to be reviewed by \(reviewDue)"
    }
}
