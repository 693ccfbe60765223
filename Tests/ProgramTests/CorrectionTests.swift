import Foundation
import TestSupport
import Testing

/// A clinic changes its mind, with the built programs.
@Suite struct CorrectionTests {
    private func shared(_ body: @Sendable (Workshop, _ id: String) async throws -> Void) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done(
                """
                set -e
                printf 'hemoglobin 13.2' > a.txt; printf 'hemoglobin 12.3' > b.txt; printf 'glucose 5.1' > c.txt
                cordon --as hillside clinic deposit --patient 12345 --category laboratory a.txt
                cordon --as hillside clinic deposit --patient 12345 --category laboratory c.txt
                cordon --as ana grant --to lakeside --category laboratory --unlabelled --yes
                cordon --as lakeside clinic inbox
                cordon --as lakeside clinic request 1
                """)
            let list = try await workshop.done("cordon --as hillside clinic records --patient 12345")
            try await body(workshop, try #require(list.split(separator: " ").first.map(String.init)))
        }
    }

    @Test func `a correction takes the record's place, and everybody is told`() async throws {
        try await shared { workshop, id in
            let corrected = try await workshop.done(
                "cordon --as hillside clinic deposit --patient 12345 --category laboratory --corrects \(id) b.txt")
            #expect(corrected.hasPrefix("Corrected record \(id): version 2"), "\(corrected)")
            let request = try await workshop.done("cordon --as lakeside clinic request 1")
            #expect(request.hasPrefix("2 records") && request.contains("Corrected since you received it, and replaced here: \(id)"))
            try await workshop.done("cordon --as lakeside clinic open 1 --as files --out got")
            let contents = try await workshop.done("cat got/* | sort")
            #expect(contents.contains("12.3") && !contents.contains("13.2"), "\(contents)")
            let records = try await workshop.done("cordon --as ana patient records")
            #expect(records.contains("(corrected: version 2)"), "\(records)")
            let log = try await workshop.done("cordon --as ana patient log")
            #expect(log.contains("Hillside Clinic corrected record \(id) of laboratory: version 2 now"), "\(log)")
            #expect(try await workshop.done("cordon --as ana patient open \(id)").contains("12.3"))
            try await replays(workshop)
        }
    }

    @Test func `a retraction ends the record, and only the patient is told why`() async throws {
        try await shared { workshop, id in
            let retracted = try await workshop.done(
                "cordon --as hillside clinic retract \(id) --patient 12345 --reason \"another patient's sample\"")
            #expect(retracted.hasPrefix("Retracted record \(id)"))
            let request = try await workshop.done("cordon --as lakeside clinic request 1")
            #expect(request.hasPrefix("1 record,") && request.contains("not released any more"), "\(request)")
            #expect(request.contains(id))
            #expect(!request.contains("another patient"))
            let records = try await workshop.done("cordon --as ana patient records")
            #expect(records.contains("(entered in error: retracted)"))
            #expect(try await workshop.done("cordon --as ana patient open \(id)") == "another patient's sample\n")
            let log = try await workshop.done("cordon --as ana patient log")
            #expect(log.contains("Hillside Clinic retracted record \(id) of laboratory: it was entered in error"), "\(log)")
            let again = try await workshop.sh(
                "cordon --as hillside clinic deposit --patient 12345 --category laboratory --corrects \(id) b.txt")
            #expect(again.status == 1 && again.error.contains("retracted; it has no later versions"), "\(again.all)")
            try await workshop.done("cordon --as ana erase \(id) --yes")
            #expect(try await workshop.sh("cordon --as ana patient open \(id)").status == 1)
            let export = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
            #expect(export.contains("All signatures good"), "\(export)")
        }
    }

    private func replays(_ workshop: Workshop) async throws {
        let replay = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
        #expect(replay.hasSuffix("2 decisions recomputed: 2 the same.\n"), "\(replay)")
    }

    @Test func `what does not fit is refused, and nothing is deposited`() async throws {
        try await shared { workshop, id in
            let deposit = "cordon --as hillside clinic deposit --patient 12345"
            let cases: [(String, Int32, String)] = [
                ("\(deposit) --category general --corrects \(id) b.txt", 1, "of the category laboratory"),
                ("\(deposit) --corrects \(id) fixtures/records/ana.json", 1, "a correction is one record"),
                ("\(deposit) --category laboratory --corrects \(id) a.txt", 1, "just this content"),
                ("\(deposit) --category laboratory --corrects 000000000000 b.txt", 1, "no record that was deposited here"),
                ("\(deposit) --category laboratory --corrects abc b.txt", 2, "at least four digits"),
                ("cordon --as hillside clinic retract \(id) --patient 12345", 2, "--reason"),
                ("cordon --as hillside clinic retract \(id) --patient 12345 --reason ''", 2, "not empty"),
                ("cordon --as hillside clinic retract \(id) --patient 9 --reason x", 1, "no patient is enrolled"),
                ("cordon --as lakeside clinic retract \(id) --patient 12345 --reason x", 1, "no patient is enrolled"),
                ("cordon --as lakeside clinic records --patient 12345", 1, "no patient is enrolled"),
            ]
            for (line, status, words) in cases {
                let outcome = try await workshop.sh(line)
                #expect(outcome.status == status && outcome.error.contains(words), "\(line): \(outcome.status) \(outcome.all)")
            }
            #expect(try await workshop.done("cordon --as ana patient records").split(separator: "\n").count == 2)
        }
    }
}
