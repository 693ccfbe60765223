import Foundation
import TestSupport
import Testing

/// What people do with each other beside the road that README shows.
@Suite struct PeopleTests {
    private func inTown(_ body: @Sendable (Workshop) async throws -> Void) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
            try await body(workshop)
        }
    }

    @Test func `a clinic asks, the patient approves one wish and declines another`() async throws {
        try await inTown { workshop in
            let until = "$(date -u -d '+60 days' +%F)"
            try await workshop.done(
                """
                set -e; cordon --as hillside clinic ask --patient 12345 --category laboratory --until \(until) --note 'before surgery'
                cordon --as hillside clinic ask --patient 12345 --category medication --until \(until)
                """)
            let inbox = try await workshop.done("cordon --as ana patient inbox")
            #expect(inbox.contains("1  Hillside Clinic") && inbox.contains("laboratory") && inbox.contains("before surgery"))
            #expect(inbox.contains("2  Hillside Clinic") && inbox.contains("medication"))
            let signed = try await workshop.sh("cordon --as ana approve 1 --unlabelled", input: "y\n")
            #expect(signed.status == 0 && signed.error.contains("may read your LABORATORY records"))
            #expect(signed.error.contains("This includes files that nobody has looked into"))
            try await workshop.done("cordon --as ana decline 2")
            let rest = try await workshop.sh("cordon --as ana patient inbox")
            #expect(rest.status == 1 && rest.error == "cordon: nothing new\n")
            // The clinic hears of the grant and not of the refusal.
            let grants = try await workshop.done("cordon --as hillside clinic inbox")
            #expect(grants.hasPrefix("1  Ana  laboratory, treatment") && !grants.contains("medication"))
            let requested = try await workshop.done("cordon --as hillside clinic request 1")
            #expect(requested.hasPrefix("5 records"))
        }
    }

    @Test func `what is erased nobody gets any more, and the ledger still replays`() async throws {
        try await inTown { workshop in
            try await workshop.done(
                """
                set -e; cordon --as ana grant --to lakeside --category laboratory --yes
                cordon --as lakeside clinic inbox; cordon --as lakeside clinic request 1
                """)
            let list = try await workshop.done("cordon --as ana patient records --category laboratory")
            let id = try #require(list.split(separator: " ").first.map(String.init))
            try await workshop.done("cordon --as ana erase \(id) --yes")
            let after = try await workshop.done("cordon --as ana patient records --category laboratory")
            #expect(after.split(separator: "\n").count == 4 && !after.contains(id))
            #expect(try await workshop.sh("cordon --as ana patient open \(id)").status == 1)
            #expect(try await workshop.done("cordon --as lakeside clinic request 1").hasPrefix("4 records"))
            #expect(try await workshop.done("cordon --as ana patient log").contains("erased"))
            let replay = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
            #expect(
                replay.hasSuffix("1 decision recomputed: 1 the same. 1 other cannot be: records were erased since.\n"), "\(replay)")
        }
    }

    @Test func `24 words on paper bring a lost profile back`() async throws {
        try await inTown { workshop in
            try await workshop.done(
                """
                set -e; cordon --as ana grant --to lakeside --category laboratory --yes
                cordon --as ana grant --to hillside --category medication --yes
                cordon --as ana revoke --to hillside
                """)
            let before = try await workshop.done("cordon --as ana patient grants --all && cordon --as ana patient log")
            try await workshop.done("rm -r home/ana && cordon --as ana patient new --restore --gateway $A < words.txt")
            #expect(try await workshop.done("cordon --as ana patient grants --all && cordon --as ana patient log") == before)
            // And it is the patient's in every way: she reads, gives, and takes back what was given before.
            try await workshop.done(
                """
                set -e; cordon --as ana patient open $(cordon --as ana patient records --category medication | head -1 | cut -d' ' -f1)
                cordon --as ana grant --to hillside --category general --yes
                cordon --as lakeside clinic inbox
                cordon --as lakeside clinic request 1
                cordon --as ana revoke --to lakeside
                """)
            #expect(try await workshop.sh("cordon --as lakeside clinic request 1").status == 1)
        }
    }

    @Test func `JSON for programs says what the words for people say`() async throws {
        try await inTown { workshop in
            try await workshop.done(
                """
                cordon --as ana grant --to lakeside --category laboratory --yes
                cordon --as later clinic new --name Later --gateway $A --out later.app
                """)
            let lines = [
                "--as other init --name Other", "--as north status", "--as north member admit later.app", "--as ana status",
                "--as ana directory", "--as ana patient records", "--as ana patient grants",
                "--as ana patient log",
                "--as ana patient inbox", "--as ana patient sync", "--as lakeside clinic inbox", "--as lakeside clinic request 1",
                "--as hillside clinic patients", "--as hillside clinic invite", "--as ana patient card --for lakeside",
                "--as hillside clinic deposit --patient 12345 fixtures/records/referral.pdf --dry-run",
                "--as ana revoke --to lakeside",
                "--as aud audit export --out x", "--as aud audit replay x", "--as aud audit verify x",
            ]
            for line in lines {
                let output = try await workshop.done("cordon --json \(line)")
                #expect((try? JSONSerialization.jsonObject(with: Data(output.utf8))) != nil, "\(line): \(output)")
            }
        }
    }
}
