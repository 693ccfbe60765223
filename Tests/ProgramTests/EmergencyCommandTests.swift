import Foundation
import TestSupport
import Testing

/// An emergency from a shell: the card, the desk, the patient's own log, the review, the audit.
@Suite struct EmergencyCommandTests {
    private static let nothing = "No records. May be incomplete: patients can withhold records.\nEmergency declared: entry "
    private static let words = #"--reason unconscious --because "found in the street" --recipient "Dr. Adams""#

    /// Ana's emergency summary is deposited, and an emergency desk is admitted.
    private func inTown(_ body: @Sendable (Workshop) async throws -> Void) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done(
                """
                set -e
                cordon --as desk clinic new --emergency-desk --name "City Emergency" --gateway $A --out desk.app
                cordon --as north member admit desk.app --yes
                echo "penicillin allergy" > summary.txt
                cordon --as hillside clinic deposit --patient 12345 --category emergency-summary --not-sensitive summary.txt
                """)
            try await body(workshop)
        }
    }

    private func ask(_ workshop: Workshop, _ rest: String) async throws -> Workshop.Outcome {
        try await workshop.sh("cordon --as desk clinic request --emergency \(Self.words) \(rest)")
    }

    @Test func `a desk opens the summary by the card, the patient is told, and somebody reviews it`() async throws {
        try await inTown { workshop in
            let card = try await workshop.sh(
                "cordon --as ana patient card --emergency --for 'City Emergency' --category laboratory --yes > ana.emergency")
            #expect(card.status == 0 && card.error.contains("Only in an emergency, which they declare beforehand"), "\(card.all)")
            #expect(try await workshop.done("head -1 ana.emergency") == "-----BEGIN CORDON EMERGENCY CARD-----\n")

            let early = try await ask(workshop, "--card ana.emergency --also laboratory")
            #expect(early.status == 1 && early.error.contains("the emergency summary comes first"), "\(early.all)")
            let opened = try await ask(workshop, "--card ana.emergency")
            #expect(opened.status == 0 && opened.output.hasPrefix("1 record, decision recorded first."), "\(opened.all)")
            #expect(opened.output.contains("Emergency declared: entry "))
            #expect(try await workshop.done("cordon --as desk clinic inbox").contains("in an emergency alone"))
            // The laboratory records are open to it, and there are none.
            let other = try await ask(workshop, "--card ana.emergency --also laboratory")
            #expect(other.status == 1 && other.output.hasPrefix(Self.nothing), "\(other.all)")

            let inbox = try await workshop.done("cordon --as ana patient inbox")
            #expect(inbox.contains("City Emergency declared an emergency, entry "), "\(inbox)")
            let log = try await workshop.done("cordon --as ana patient log")
            let declared = "EMERGENCY: City Emergency for emergency-summary"
            let line = try #require(log.split(separator: "\n").first { $0.contains(declared) })
            for part in ["the patient is unconscious", "found in the street", "Dr. Adams at City Emergency", "North Consortium"] {
                #expect(line.contains(part), "\(line)")
            }
            #expect(line.contains("records were released; to be reviewed by "))
            let number = try #require(line.split(separator: " ").first)

            #expect(try await workshop.done("cordon --as hillside status").contains("2 emergencies still to be reviewed."))
            let list = try await workshop.done("cordon --as north member emergencies")
            #expect(list.contains("\(number)  ") && list.contains("Dr. Adams") && !list.contains("Ana"), "\(list)")
            #expect(try await workshop.sh("cordon --as north member emergencies --overdue").status == 1)
            let review = "cordon --as north member review \(number) --by 'Dr. Brandt' --note 'report seen' --finding"
            #expect(try await workshop.sh("\(review) fine").status == 2)
            #expect(try await workshop.done("\(review) justified").hasPrefix("Reviewed: justified."))
            #expect(try await workshop.sh("\(review) mistaken").status == 1)
            #expect(try await workshop.done("cordon --as ana patient log").contains("reviewed by Dr. Brandt: justified"))
            let replay = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
            #expect(replay.contains("2 emergencies declared, 1 of them used."), "\(replay)")
            #expect(!replay.contains("ALARM"))
        }
    }

    @Test func `hidden, never opened and unknown are the same words to a desk`() async throws {
        try await inTown { workshop in
            let unknown = try await ask(workshop, "--patient Nobody")
            try await workshop.done("cordon --as ana grant --to 'City Emergency' --template emergency --yes")
            let open = try await ask(workshop, "--patient Ana")
            #expect(open.status == 0 && open.output.hasPrefix("1 record, "), "\(open.all)")
            try await workshop.done("cordon --as ana restrict --category emergency-summary --yes")
            let hidden = try await ask(workshop, "--patient Ana")
            let digits = { (text: String) in text.replacing(/entry [0-9]+/, with: "entry N") }
            #expect(unknown.status == 1 && unknown.output.hasPrefix(Self.nothing), "\(unknown.all)")
            #expect(hidden.status == 1 && digits(hidden.all) == digits(unknown.all), "\(hidden.all)")
        }
    }

    @Test func `what is not said, is somebody else's or no emergency is refused before anything is declared`() async throws {
        try await inTown { workshop in
            for (line, status) in [
                ("clinic request --emergency --patient Ana", 2),
                ("clinic request --emergency --patient Ana --reason curious --because x --recipient y", 2),
                ("clinic request --emergency --patient Ana --reason unconscious --because '' --recipient y", 2),
                ("clinic request --emergency --patient Ana --reason unconscious --because x", 2),
                ("clinic request --emergency --patient Ana \(Self.words) --minutes 241", 2),
                ("clinic request --emergency --patient Ana \(Self.words) --purpose treatment", 2),
                ("clinic request --emergency --patient Ana --card ana.emergency \(Self.words)", 2),
                ("clinic request --emergency \(Self.words)", 2), ("clinic request --emergency 7 \(Self.words)", 1),
                ("clinic request --emergency --card summary.txt \(Self.words)", 4),
                ("clinic request --reason unconscious 1", 2), ("clinic request", 2),
            ] as [(String, Int32)] {
                let outcome = try await workshop.sh("cordon --as desk \(line)")
                #expect(outcome.status == status, "\(line): \(outcome.all)")
            }
            let clinic = try await workshop.sh("cordon --as lakeside clinic request --emergency --patient Ana \(Self.words)")
            #expect(clinic.status == 2 && clinic.error.contains("emergency desk"), "\(clinic.all)")
            for line in ["patient card --emergency --for lakeside --yes", "grant --to lakeside --template emergency --yes"] {
                let refused = try await workshop.sh("cordon --as ana \(line)")
                #expect(refused.status == 1 && refused.error.contains("is no emergency desk"), "\(refused.all)")
            }
            #expect(try await workshop.sh("cordon --as north member emergencies").status == 1)
        }
    }
}
