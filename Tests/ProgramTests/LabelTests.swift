import Foundation
import TestSupport
import Testing

/// Labels from deposit to the patient's eyes, with the built programs.
@Suite struct LabelTests {
    private func standing(_ body: @Sendable (Workshop) async throws -> Void) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("printf '%%PDF-1.4 a letter' > letter.pdf; printf 'hemoglobin 13.2' > a.txt")
            try await body(workshop)
        }
    }

    private static let deposit = "cordon --as hillside clinic deposit --patient 12345"

    private struct Preview: Decodable {
        let each: [Item]
        let isDeposited: Bool

        struct Item: Decodable {
            let category: String
            let types: [String: Int]
            let labels: [Label]
            let isLabelled: Bool
        }

        struct Label: Decodable {
            let label: String
            let from: [String]
        }
    }

    private func preview(_ arguments: String, _ workshop: Workshop) async throws -> Preview {
        let text = try await workshop.done(
            "cordon --json --as hillside clinic deposit --patient 12345 --dry-run \(arguments)")
        return try JSONDecoder().decode(Preview.self, from: Data(text.utf8))
    }

    @Test func `a minor's own profile says so on its card, and the clinic labels all that it deposits`() async throws {
        try await standing { workshop in
            try await workshop.done("cordon --as hillside clinic invite > invite.txt")
            let made = try await workshop.sh("cordon --as kim-own patient new --confidential --invite invite.txt")
            #expect(made.status == 0 && made.error.contains("Give no guardian"), "\(made.all)")
            try await workshop.done("cordon --as kim-own patient card --for hillside > kim-own.card")
            let enrolled = try await workshop.done("cordon --as hillside clinic enrol kim-own.card --mrn 77812-c")
            #expect(enrolled.contains("CONFIDENTIAL: a minor's own care."), "\(enrolled)")
            let patients = try await workshop.done("cordon --as hillside clinic patients")
            #expect(patients.split(separator: "\n").map { $0.hasSuffix("CONFIDENTIAL") } == [false, true], "\(patients)")
            let deposit = "cordon --as hillside clinic deposit --patient 77812-c"
            let dry = try await workshop.done("\(deposit) --dry-run a.txt")
            #expect(dry.hasSuffix("The card is confidential: all of it is labelled as a minor's own too.\n"), "\(dry)")
            try await workshop.done("\(deposit) a.txt --not-sensitive")
            let records = try await workshop.done("cordon --as kim-own --json patient records")
            #expect(records.contains("MINOROWN"), "\(records)")
            let id = try #require(
                try await workshop.done("cordon --as hillside clinic records --patient 77812-c").split(separator: " ").first)
            let relabelled = try await workshop.sh(
                "cordon --as hillside clinic relabel \(id) a.txt --patient 77812-c --remove MINOROWN --reason 'the mother asked'")
            #expect(relabelled.status == 1 && relabelled.error.contains("MINOROWN stays"), "\(relabelled.all)")
            let both = try await workshop.sh("cordon --as x patient new --confidential --restore --gateway http://127.0.0.1:1")
            #expect(both.status == 2 && both.error.contains("as before"), "\(both.all)")
        }
    }

    @Test func `a dry run tells of each record what would be stored, and stores nothing`() async throws {
        try await standing { workshop in
            let before = try await workshop.stored()
            let bundle = try await preview("fixtures/records/ana.json", workshop)
            #expect(!bundle.isDeposited && bundle.each.count > 5 && bundle.each.allSatisfy(\.isLabelled))
            let letter = try await preview("letter.pdf", workshop)
            #expect(letter.each.map(\.isLabelled) == [false] && letter.each[0].labels.isEmpty)
            let labelled = try await preview("letter.pdf --label HIV", workshop)
            #expect(labelled.each.map(\.category) == ["sexual-health"] && labelled.each[0].isLabelled)
            #expect(labelled.each[0].labels.map { $0.label.split(separator: "|").last } == ["HIV", "R"])
            #expect(labelled.each[0].labels.allSatisfy { $0.from == ["person"] })
            let harmless = try await preview("letter.pdf --not-sensitive", workshop)
            #expect(harmless.each.map(\.isLabelled) == [true] && harmless.each[0].labels.isEmpty)
            let words = try await workshop.done("\(Self.deposit) --dry-run letter.pdf")
            #expect(words.contains("nobody looked into it: restricted") && words.hasSuffix("Nothing was sent.\n"), "\(words)")
            let said = try await workshop.done("\(Self.deposit) --dry-run --label SUD letter.pdf")
            #expect(said.contains("SUD (said here)") && said.contains("R (said here)"), "\(said)")
            #expect(try await workshop.stored() == before)
        }
    }

    @Test func `what cannot be said of a file is refused, and nothing is deposited`() async throws {
        try await standing { workshop in
            let cases: [(String, Int32, String)] = [
                ("\(Self.deposit) --label HVI letter.pdf", 2, "no label that is known here"),
                ("\(Self.deposit) --label hiv letter.pdf", 2, "no label that is known here"),
                ("\(Self.deposit) --label 'urn:x|' letter.pdf", 2, "no label that is known here"),
                ("\(Self.deposit) --label HIV --not-sensitive letter.pdf", 2, "Either --label or --not-sensitive"),
                ("\(Self.deposit) --not-sensitive fixtures/records/ana.json", 1, "is looked into for labels"),
            ]
            let before = try await workshop.stored()
            for (line, status, words) in cases {
                let outcome = try await workshop.sh(line)
                #expect(outcome.status == status && outcome.all.contains(words), "\(line): \(outcome)")
            }
            #expect(try await workshop.stored() == before)
        }
    }

    @Test func `a clinic puts labels right, and the patient sees what changed and why`() async throws {
        try await standing { workshop in
            try await workshop.done("\(Self.deposit) --label HIV a.txt")
            let list = try await workshop.done("cordon --as hillside clinic records --patient 12345")
            #expect(list.contains("[HIV R]"), "\(list)")
            let id = try #require(list.split(separator: " ").first.map(String.init))
            let relabel = "cordon --as hillside clinic relabel \(id)"
            let cases: [(String, Int32, String)] = [
                ("\(relabel) a.txt --patient 12345 --remove HIV", 1, "protected less than now"),
                ("\(relabel) a.txt --patient 12345 --remove STD --reason x", 1, "has no label STD"),
                ("\(relabel) a.txt --patient 12345 --add HIV", 1, "just these labels already"),
                ("\(relabel) a.txt --patient 12345 --add HIV --remove HIV --reason x", 2, "cannot be added and removed"),
                ("\(relabel) a.txt --patient 12345 --add HVI", 2, "no label that is known here"),
                ("\(relabel) a.txt --patient 12345", 2, "Say what changes"),
                ("\(relabel) a.txt --patient 12345 --not-sensitive --remove HIV", 2, "Say what changes"),
                ("\(relabel) letter.pdf --patient 12345 --remove HIV --reason x", 1, "does not hold the record"),
                ("cordon --as lakeside clinic relabel \(id) a.txt --patient 12345 --add SUD", 1, "no patient is enrolled"),
                ("cordon --as hillside clinic relabel abc a.txt --patient 12345 --add SUD", 2, "at least four digits"),
            ]
            for (line, status, words) in cases {
                let outcome = try await workshop.sh(line)
                #expect(outcome.status == status && outcome.all.contains(words), "\(line): \(outcome)")
            }
            let lowered = try await workshop.done("\(relabel) a.txt --patient 12345 --remove HIV --reason 'screening, negative'")
            #expect(lowered.hasPrefix("Relabelled record \(id): version 2") && lowered.contains("Labels now: R"), "\(lowered)")
            let raised = try await workshop.done("\(relabel) a.txt --patient 12345 --add SUD")
            #expect(raised.contains("version 3") && raised.contains("to file it under substance-use"), "\(raised)")
            let log = try await workshop.done("cordon --as ana patient log")
            #expect(log.contains("labels removed HIV (protected less than before): screening, negative"), "\(log)")
            #expect(log.contains("labels added ETH SUD"), "\(log)")
            let records = try await workshop.done("cordon --as ana patient records")
            #expect(records.contains("(other labels: version 3)"), "\(records)")
            #expect(try await workshop.done("cordon --as ana patient open \(id)") == "hemoglobin 13.2")
            let audited = try await workshop.done("cordon --as aud audit export --out a > e && cordon --as aud audit labels a")
            #expect(audited.split(separator: "\n").count == 2, "\(audited)")
            #expect(audited.contains("removed HIV (protected less than before): screening, negative"), "\(audited)")
            let changed = try await workshop.sh(
                "printf changed-in-place | dd of=a bs=1 seek=900 conv=notrunc 2> e; cordon --as aud audit labels a")
            #expect([4, 5].contains(changed.status), "\(changed)")
        }
    }
}
