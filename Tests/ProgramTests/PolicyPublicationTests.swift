import Foundation
import TestSupport
import Testing

/// Policies in force, with the built programs: who publishes them, and who sees them.
@Suite struct PolicyPublicationTests {
    private func refused(_ line: String, _ status: Int32, _ words: String, input: String = "", in workshop: Workshop) async throws {
        let outcome = try await workshop.sh(line, input: input)
        #expect(outcome.status == status && outcome.all.contains(words), "\(line): \(outcome.status) \(outcome.all)")
    }

    private struct Shown: Decodable {
        struct Line: Decodable {
            let root: String
            let entry: UInt64
        }
        struct Policy: Decodable {
            let id: String
        }
        let inForce: Line?
        let files: [String]
        let policies: [Policy]
    }

    private func shown(to profile: String, in workshop: Workshop) async throws -> Shown {
        try JSONDecoder().decode(Shown.self, from: Data(try await workshop.done("cordon --as \(profile) --json policy show").utf8))
    }

    @Test func `a ledger begins with the built-in policies, and one member puts others in their place`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.done("cp -rL policies p && chmod -R u+w p && rm -r p/tests p/*.json")
        try await workshop.serving { _ in
            try await workshop.done("cordon --as hillside clinic new --name Hillside --gateway $A --out hillside.app")
            let begun = try await shown(to: "hillside", in: workshop)
            #expect(begun.inForce?.entry == 1 && begun.files.contains("statute/part2.cedar"))
            #expect(begun.policies.contains { $0.id == "part2-purpose" })
            let words = try await workshop.done("cordon --as north policy show")
            #expect(words.contains("part2-purpose, version 1, forbids\n    42 CFR 2.31") && words.contains("(entry 1), root "))
            #expect(try await workshop.done("cordon --as north status").contains("(entry 1), root \(begun.inForce?.root ?? "-")"))
            try await refused("cordon --as north policy publish policies --yes", 1, "this is on the ledger already", in: workshop)

            try await workshop.done(
                """
                set -e; rm p/statute/court-order.cedar; sed -i 's/@version("1")/@version("2")/' p/statute/minors.cedar
                """)
            let asked = try await workshop.sh("cordon --as north policy publish p", input: "n\n")
            #expect(
                asked.status == 1 && asked.error.contains("GONE court-order") && asked.error.contains("CHANGED "), "\(asked.all)")
            let done = try await workshop.sh("cordon --as north policy publish p", input: "y\n")
            #expect(done.output.contains("on the ledger: entry 2"), "\(done.all)")
            try await refused("cordon --as north policy publish p --yes", 1, "this is on the ledger already", in: workshop)

            let explained = try await workshop.done("cordon --as hillside policy explain part2-purpose --published")
            #expect(explained.contains("42 CFR 2.31(a)(5)") && explained.contains("No case shows it."), "\(explained)")
            try await refused(
                "cordon --as hillside policy explain court-order-over --published", 1,
                "no policy \"court-order-over\" in the policies in force",
                in: workshop)

            let now = try await shown(to: "hillside", in: workshop)
            #expect(now.inForce?.entry == 2 && !now.files.contains("statute/court-order.cedar"))
            try await workshop.done("cordon --as hillside policy show --out got && diff -r p got")
            try await refused("cordon --as hillside policy show --out got", 1, "nothing is overwritten", in: workshop)
            try await refused("cordon --as hillside policy publish p", 2, "not a member", in: workshop)
        }
    }

    @Test func `each decision is under what was in force, and replays so`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.done(
            """
            cp -rL policies p && chmod -R u+w p && rm -r p/tests p/*.json
            cat >> p/institution/roles.cedar
            """,
            input: """

                @id("no-research-now")
                @basis("institution: until the committee has met")
                @version("1")
                forbid (principal, action in Action::"disclose", resource) when { context.purpose in Purpose::"HRESCH" };

                """)
        try await workshop.serving { _ in
            try await workshop.populate()
            let request = "cordon --as lakeside clinic request 1 --purpose research"
            try await workshop.done(
                """
                set -e; cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
                cordon --as ana grant --to lakeside --category laboratory --purpose research --yes
                cordon --as lakeside clinic inbox; \(request)
                cordon --as north policy publish p --yes
                """)
            try await refused(request, 1, "No records.", in: workshop)
            let log = try await workshop.done("cordon --as ana patient log")
            let entry = try #require(log.split(separator: "\n").first { $0.contains("was refused") }?.split(separator: " ").first)
            let why = try await workshop.done("cordon --as ana why \(entry)")
            #expect(why.contains("no-research-now, institution: until the committee has met"), "\(why)")
            try await workshop.done("cordon --as north policy publish policies --yes && \(request)")
            let replay = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
            #expect(replay.contains("3 decisions recomputed: 3 the same"), "\(replay)")
        }
    }

    @Test func `folders that are no set of policies are refused before anything is signed`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            for (damage, status, words) in [
                ("rm p/schema.cedarschema", 4 as Int32, "schema.cedarschema"),
                ("rm -r p/statute p/institution", 4, "there are no policies"),
                ("echo 'permit (principal, action, resource);' > p/statute/more.cedar", 4, "the policy has no @id"),
                ("mv p/statute/part2.cedar p/statute/Part2.cedar", 4, "small letters"),
                ("for i in $(seq 300); do : > p/statute/$i.cedar; done", 4, "more than 256 files"),
                ("yes '// nothing' | head -c 300000 >> p/statute/part2.cedar", 4, "more than 256 KiB"),
            ] {
                try await workshop.done("rm -rf p; cp -rL policies p && chmod -R u+w p && \(damage)")
                try await refused("cordon --as north policy publish p --yes", status, words, in: workshop)
            }
            #expect(try await workshop.done("cordon --as north status").contains("The ledger has 2 entries"))
        }
    }

    @Test func `of three members two publish, and one alone does not`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.done("cp -rL policies p && chmod -R u+w p && rm p/statute/court-order.cedar")
        try await workshop.serving { _ in
            for name in ["south", "west"] {
                try await workshop.done(
                    "cordon --as \(name) member new --name \(name) --address https://\(name).example --gateway $A --out \(name).can"
                )
            }
            try await workshop.done(
                """
                set -e; cordon --as north member propose --add south.can --yes
                cordon --as north member propose --add west.can --out w --yes; cordon --as south member approve w --yes
                """)
            try await refused("cordon --as north policy publish p --yes", 2, "--out", in: workshop)
            let one = try await workshop.done("cordon --as west policy publish p --out p.proposal --yes")
            #expect(one.contains("1 signature of at least 2") && one.contains("member approve p.proposal"))
            try await refused("cordon --as west member approve p.proposal --yes", 1, "has signed this already", in: workshop)
            try await workshop.done("sed '5s/./x/20' p.proposal > changed")
            let changed = try await workshop.sh("cordon --as south member approve changed --yes")
            #expect(changed.status == 4 || changed.status == 5, "\(changed.all)")
            let two = try await workshop.sh("cordon --as south member approve p.proposal", input: "y\n")
            #expect(two.error.contains("GONE court-order") && two.error.contains("Signed by west"), "\(two.all)")
            #expect(two.output.contains("on the ledger: entry 4"), "\(two.all)")
            #expect(try await shown(to: "west", in: workshop).inForce?.entry == 4)
            try await refused("cordon --as north member approve p.proposal --yes", 1, "holds no longer", in: workshop)
        }
    }
}
