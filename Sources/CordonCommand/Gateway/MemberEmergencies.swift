import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import SharingContract

extension MemberCommand {
    struct Emergencies: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "emergencies",
            abstract: "Lists emergencies that desks have declared, and which still have to be reviewed.",
            discussion: """
                Whose records they were about is not told. Review each with `cordon member review`.

                Example:
                  cordon --as north member emergencies
                  cordon --as north member emergencies --overdue
                """)

        @ParentCommand var cordon: Cordon
        @Flag(help: "Only those whose last day for a review is over.") var overdue = false

        private struct Line: Encodable {
            let number: UInt64
            let time: String
            let desk: String
            let reason: String
            let explanation: String
            let recipient: String
            let facility: String
            let discloser: String
            let nature: String
            let minutes: UInt8
            /// The entry of the release, if there was one.
            let released: UInt64?
            let due: String
            let isOverdue: Bool
            let finding: String?
            let reviewer: String?
            let note: String?

            init(_ emergency: MemberClient.Emergency, _ today: Day) {
                let words = emergency.declaration.words
                number = emergency.leaf
                time = emergency.state.openedAt.description
                desk = emergency.deskName.text
                reason = EmergencyWords.reason(emergency.declaration.reason)
                explanation = words.explanation.text
                recipient = words.recipient.text
                facility = words.facility.text
                discloser = words.discloser.text
                nature = words.nature.text
                minutes = emergency.declaration.minutes
                released = emergency.state.releasedAt
                due = emergency.state.due.description
                isOverdue = emergency.state.isOverdue(on: today)
                finding = emergency.review?.finding.id
                reviewer = emergency.review?.reviewer.text
                note = emergency.review?.note.text
            }

            var words: String {
                let review =
                    finding.map { "reviewed by \(reviewer ?? ""): \($0)" }
                    ?? (isOverdue ? "REVIEW OVERDUE since \(due)" : "to be reviewed by \(due)")
                let came = released == nil ? "nothing was released" : "released, entry \(released ?? 0)"
                return """
                    \(number)  \(time)  \(desk): \(reason). "\(explanation)"
                        for \(recipient) at \(facility), disclosed by \(discloser); \(nature); \(came); \(review)
                    """
            }
        }

        func run() async throws {
            _ = try cordon.folder()
            try await MemberCommand.asMember(cordon) { member in
                let lines = try await member.emergencies(overdueOnly: overdue).map { Line($0, member.today) }
                guard !lines.isEmpty else { throw Stop.refused(overdue ? "no review is overdue" : "no emergencies") }
                try cordon.show(lines, lines.map(\.words).joined(separator: "\n"))
            }
        }
    }

    struct Review: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "review", abstract: "Writes down what the review of an emergency found.",
            discussion: """
                The patient and the auditor see it, with the reviewer's name. It is made once, and cannot be changed.

                Example:
                  cordon --as north member review 41 --finding justified --by "Dr. Brandt" --note "ambulance report seen"
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The emergency's number in `member emergencies`.") var number: UInt64
        @Option(help: "justified, not-justified or mistaken.") var finding: String
        @Option(name: .customLong("by"), help: "Who looked at it.") var reviewer: String
        @Option(help: "A line for the patient and the auditor.") var note = ""

        private struct Reviewed: Encodable {
            let emergency: UInt64
            let finding: String
            let entry: UInt64
        }

        func run() async throws {
            _ = try cordon.folder()
            guard let finding = ReviewBody.Finding.allCases.first(where: { $0.id == finding.lowercased() }) else {
                let all = ReviewBody.Finding.allCases.map(\.id).joined(separator: ", ")
                throw Stop.usage("\"\(finding)\" is no finding", "Findings: \(all).")
            }
            let (reviewer, note) = (try Names.line(reviewer, for: "a name"), try Names.line(note, for: "a note"))
            try await MemberCommand.asMember(cordon) { member in
                let entry = try await member.review(number, finding, by: reviewer, note: note)
                try cordon.show(
                    Reviewed(emergency: number, finding: finding.id, entry: entry),
                    "Reviewed: \(finding.id). Entry \(entry) of the ledger.")
            }
        }
    }
}
