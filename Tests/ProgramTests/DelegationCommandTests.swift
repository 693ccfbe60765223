import Foundation
import TestSupport
import Testing

/// A person decides for Ana, on the command line.
@Suite struct DelegationCommandTests {
    /// Ana's eleven records are deposited, five of them laboratory; Bea and Cara have a profile and an address.
    private func inTown(_ body: @Sendable (Workshop) async throws -> Void) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.enrol("bea", recordNumber: "777", at: "hillside")
            try await workshop.done(
                """
                set -e; cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
                cordon --as bea patient address --out bea.person
                """)
            try await body(workshop)
        }
    }

    private static let until = "$(date -u -d '+60 days' +%F)"

    @Test func `she decides within what she was let, the patient sees it, and ends it`() async throws {
        try await inTown { workshop in
            let signed = try await workshop.sh(
                "cordon --as ana delegate --to bea.person --category laboratory --until \(Self.until)", input: "y\n")
            #expect(signed.status == 0, "\(signed.all)")
            for words in [
                "may decide for you who reads", "LABORATORY records (5 now, and new ones) for TREATMENT", "It may not be passed on",
            ] {
                #expect(signed.error.contains(words), "\(words): \(signed.error)")
            }
            let inbox = try await workshop.done("cordon --as bea patient inbox")
            #expect(inbox.hasPrefix("-  Ana lets you decide about laboratory, treatment"), "\(inbox)")
            #expect(try await workshop.done("cordon --as ana delegate list").hasPrefix("Bea may decide for you about laboratory"))
            let held = try await workshop.done("cordon --as bea delegate list")
            #expect(held.hasPrefix("1  you may decide for Ana (") && held.contains(") about laboratory"), "\(held)")

            #expect(try await workshop.done("cordon --as bea patient records --for 1").split(separator: "\n").count == 5)
            let records = try await workshop.done("cordon --as bea patient records --for ana")
            #expect(records.split(separator: "\n").count == 5)
            let id = try #require(records.split(separator: " ").first)
            #expect(try await workshop.done("cordon --as bea patient open --for ana \(id)").contains("\"resourceType\""))

            // More than that is not signed.
            for more in [
                "--category medication", "--category laboratory --purpose research",
                "--category laboratory --until $(date -u -d '+61 days' +%F)",
            ] {
                let refused = try await workshop.sh("cordon --as bea grant --for ana --to lakeside \(more) --yes")
                #expect(refused.status == 1, "\(more): \(refused.all)")
            }
            #expect(try await workshop.sh("cordon --as bea patient log --for ana").status == 1)
            #expect(
                try await workshop.sh("cordon --as bea grant --for nobody --to lakeside --category laboratory --yes").status == 1)
            #expect(try await workshop.sh("cordon --as bea grant --for ana --to lakeside --like 1 --yes").status == 2)

            let granted = try await workshop.sh("cordon --as bea grant --for ana --to lakeside --category laboratory", input: "y\n")
            #expect(granted.status == 0 && granted.error.contains("In the place of Ana: Lakeside Hospital"), "\(granted.all)")
            #expect(try await workshop.done("cordon --as lakeside clinic inbox").hasPrefix("1  Ana  laboratory, treatment"))
            #expect(try await workshop.done("cordon --as lakeside clinic request 1").hasPrefix("5 records"))

            let log = try await workshop.done("cordon --as ana patient log")
            for words in [
                "you let Bea decide who reads laboratory", "Bea, for you, let Lakeside Hospital read laboratory",
                "Lakeside Hospital read 5 records of laboratory for treatment, under the grant that Bea made for you",
                "Bea read 5 records of laboratory for treatment",
            ] { #expect(log.contains(words), "\(words): \(log)") }
            let grants = try await workshop.done("cordon --as ana patient grants")
            #expect(grants.contains("Bea (may decide for you)") && grants.contains("made by Bea for you"), "\(grants)")
            let entry = try #require(
                log.split(separator: "\n").last { $0.contains("Lakeside Hospital read") }?.split(separator: " ").first)
            let why = try await workshop.done("cordon --as ana why \(entry)")
            #expect(why.contains("allowed by the grant to Lakeside Hospital that Bea made for you"), "\(why)")

            #expect(try await workshop.done("cordon --as bea delegate sync") == "Up to date: 1 delegation looked after.\n")
            try await workshop.done("cordon --as ana revoke --to bea")
            #expect(try await workshop.sh("cordon --as lakeside clinic request 1").status == 1)
            #expect(try await workshop.sh("cordon --as bea patient records --for ana").status == 1)
            let replay = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
            #expect(replay.contains("the same"), "\(replay)")
        }
    }

    @Test func `she ends what she granted, and the patient nothing of it`() async throws {
        try await inTown { workshop in
            try await workshop.done(
                """
                set -e; cordon --as ana delegate --to bea.person --category laboratory --until \(Self.until) --yes
                cordon --as bea patient inbox
                cordon --as bea grant --for ana --to lakeside --category laboratory --yes; cordon --as lakeside clinic inbox
                """)
            #expect(try await workshop.sh("cordon --as ana revoke --to lakeside").status == 1)
            #expect(try await workshop.sh("cordon --as bea revoke --for ana").status == 2)
            #expect(try await workshop.done("cordon --as bea revoke --for ana --to lakeside").hasPrefix("Ended 1 grant"))
            #expect(try await workshop.sh("cordon --as lakeside clinic request 1").status == 1)
            let log = try await workshop.done("cordon --as ana patient log")
            #expect(log.contains("Bea, for you, ended what Lakeside Hospital may read of laboratory"), "\(log)")
        }
    }

    @Test func `a guardian reads the log, and what may be passed on reaches another`() async throws {
        try await inTown { workshop in
            try await workshop.enrol("cara", recordNumber: "778", at: "hillside")
            let guardian = try await workshop.sh(
                "cordon --as ana delegate --to bea.person --category laboratory --until \(Self.until) --guardian", input: "y\n")
            #expect(guardian.status == 0 && guardian.error.contains("As guardian Bea also reads that log"), "\(guardian.all)")
            try await workshop.done(
                "cordon --as ana grant --to lakeside --category laboratory --yes && cordon --as bea patient inbox")
            let log = try await workshop.done("cordon --as bea patient log --for ana")
            #expect(log.contains("Ana let Lakeside Hospital read laboratory"), "\(log)")
            #expect(try await workshop.done("cordon --as bea patient records --for ana").split(separator: "\n").count == 5)

            try await workshop.done(
                """
                set -e; cordon --as cara patient address --out cara.person
                cordon --as ana delegate --to bea.person --category medication --until \(Self.until) --may-pass-on --yes
                cordon --as bea patient inbox
                cordon --as bea delegate --for ana --to cara.person --category medication --until \(Self.until) --yes
                cordon --as cara patient inbox
                """)
            #expect(try await workshop.done("cordon --as cara patient records --for ana").split(separator: "\n").count == 2)
            #expect(try await workshop.done("cordon --as bea delegate list").contains("you let Cara decide about medication"))
            #expect(try await workshop.done("cordon --as bea revoke --for ana --to cara").hasPrefix("Ended 1 grant"))
            #expect(try await workshop.sh("cordon --as cara patient records --for ana").status == 1)
            let further = try await workshop.sh(
                "cordon --as bea delegate --for ana --to cara.person --category laboratory --until \(Self.until) --yes")
            #expect(further.status == 1 && further.error.contains("may not be passed on"), "\(further.all)")
            for wrong in ["--guardian --may-pass-on", "--for ana --guardian"] {
                let line = "cordon --as bea delegate --to cara.person --category laboratory --until \(Self.until) \(wrong) --yes"
                #expect(try await workshop.sh(line).status == 2, "\(wrong)")
            }
        }
    }
}
