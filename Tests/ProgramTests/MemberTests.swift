import Foundation
import TestSupport
import Testing

/// A consortium of several members on one gateway, with the built programs: papers go from one to the next.
@Suite struct MemberTests {
    private func begun(_ body: @Sendable (Workshop) async throws -> Void) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            for name in ["south", "west", "east"] {
                try await workshop.done(
                    "cordon --as \(name) member new --name '\(name.capitalized)' --address https://\(name).example --gateway $A --out \(name).can"
                )
            }
            try await workshop.done("cordon --as clinic clinic new --name Clinic --gateway $A --out clinic.app")
            try await body(workshop)
        }
    }

    private func refused(_ line: String, _ status: Int32, _ words: String, input: String = "", in workshop: Workshop) async throws {
        let outcome = try await workshop.sh(line, input: input)
        #expect(outcome.status == status && outcome.all.contains(words), "\(line): \(outcome.status) \(outcome.all)")
    }

    @Test func `members come, admit together, and go`() async throws {
        try await begun { workshop in
            // One member decides alone; it is shown what it signs.
            let asked = try await workshop.sh("cordon --as north member propose --add south.can", input: "y\n")
            #expect(asked.status == 0 && asked.error.contains("NEW MEMBER South, at https://south.example"), "\(asked.all)")
            #expect(asked.output.contains("on the ledger: entry 2"))
            // Two members both sign.
            try await refused("cordon --as north member admit clinic.app", 1, "member propose --admit", in: workshop)
            try await refused("cordon --as north member propose --admit clinic.app --yes", 2, "--out", in: workshop)
            let one = try await workshop.done("cordon --as north member propose --admit clinic.app --out p --yes")
            #expect(one.contains("1 signature of at least 2") && one.contains("member approve p"))
            try await refused("cordon --as north member approve p --yes", 1, "has signed this already", in: workshop)
            try await refused("cordon --as west member approve p --yes", 1, "no member of the ledger", in: workshop)
            try await refused(
                "cordon --as south member approve p", 1, "not signed; nothing was changed", input: "n\n", in: workshop)
            let two = try await workshop.sh("cordon --as south member approve p", input: "y\n")
            #expect(two.error.contains("ADMIT Clinic as clinic") && two.error.contains("Signed by North Consortium"))
            #expect(two.output.contains("on the ledger: entry 3"))
            try await refused("cordon --as south member approve p --yes", 1, "already", in: workshop)
            try await workshop.done("cordon --as clinic clinic invite > /dev/null")
            // Neither of two removes the other.
            try await refused("cordon --as north member remove South --out r --yes", 1, "neither removes the other", in: workshop)
            try await workshop.done(
                """
                set -e; cordon --as south member propose --add west.can --out w --yes
                cordon --as north member approve w --yes
                """)
            let names = try await workshop.done("cordon --as south directory")
            #expect(names.contains("South  member") && names.contains("West  member"), "\(names)")
            try await refused("cordon --as north member remove North --out r --yes", 1, "no member of the name", in: workshop)
            try await workshop.done("cordon --as north member remove West --out r --yes")
            try await refused("cordon --as west member approve r --yes", 1, "no say in its own removal", in: workshop)
            #expect(try await workshop.done("cordon --as south member approve r --yes").contains("on the ledger"))
            try await refused("cordon --as west member remove South --out x --yes", 1, "no member of the ledger", in: workshop)
            try await replays(workshop)
        }
    }

    private func replays(_ workshop: Workshop) async throws {
        let replay = try await workshop.done(
            """
            set -e; cordon --as aud auditor new --name Auditor --gateway $A --out aud.app > /dev/null
            cordon --as north member propose --admit aud.app --out a --yes > /dev/null 2>&1
            cordon --as south member approve a --yes > /dev/null 2>&1
            cordon --as aud audit export --out x && cordon --as aud audit replay x
            """)
        #expect(replay.contains("All signatures good"), "\(replay)")
    }

    @Test func `a change of members ends what was proposed before it, whoever signed`() async throws {
        try await begun { workshop in
            try await workshop.done(
                """
                set -e; cordon --as north member propose --add south.can --yes
                cordon --as north member propose --add west.can --out w --yes && cordon --as south member approve w --yes
                cordon --as north member remove West --out old --yes
                cordon --as north member propose --add east.can --out e --yes && cordon --as south member approve e --yes
                """)
            // Three members, all of whom have to sign: the third does.
            #expect(try await workshop.done("cordon --as west member approve e --yes").contains("on the ledger"))
            try await refused("cordon --as south member approve old --yes", 1, "members have changed since", in: workshop)
            try await refused("cordon --as south member approve e --yes", 1, "members have changed since", in: workshop)
        }
    }

    @Test func `a new key takes the place of the old one, which signs no more`() async throws {
        try await begun { workshop in
            try await workshop.done(
                """
                set -e; cordon --as north member propose --add south.can --yes
                cordon --as south2 member new --name South --address https://south.example --gateway $A --out south2.can
                """)
            try await workshop.done("cordon --as north member propose --rekey south2.can --out k --yes")
            try await refused("cordon --as south2 member approve k --yes", 1, "no member of the ledger", in: workshop)
            let both = try await workshop.sh("cordon --as south member approve k", input: "yes\n")
            #expect(both.error.contains("NEW KEY FOR THE MEMBER South") && both.output.contains("on the ledger"), "\(both.all)")
            try await refused("cordon --as south member propose --admit clinic.app --out c --yes", 1, "no member of", in: workshop)
            try await workshop.done(
                """
                set -e; cordon --as south2 member propose --admit clinic.app --out c --yes
                cordon --as north member approve c --yes
                """)
            // The gateway could not go on without its own.
            try await workshop.done(
                "cordon --as north2 member new --name 'North Consortium' --address $A --gateway $A --out north2.can")
            try await workshop.done("cordon --as south2 member propose --rekey north2.can --out n --yes")
            try await refused("cordon --as north member approve n --yes", 1, "signs with this member's key", in: workshop)
        }
    }

    @Test func `papers that are not what they should be are refused before anything is asked`() async throws {
        try await begun { workshop in
            try await workshop.done("sed '2s/^..../AAAA/' south.can > bad.can; head -c 300 south.can > cut.can")
            let cases: [(String, Int32, String)] = [
                ("cordon --as north member propose --yes", 2, "Propose one thing"),
                ("cordon --as north member propose --add south.can --admit clinic.app", 2, "Propose one thing"),
                ("cordon --as north member propose --add south.can --until 2027-01-01", 2, "--until goes with --admit"),
                ("cordon --as north member propose --add gone --yes", 4, "no such file"),
                ("cordon --as north member propose --add cut.can --yes", 4, "no candidacy"),
                ("cordon --as north member propose --add bad.can --yes", 4, "no candidacy"),
                ("cordon --as north member propose --add clinic.app --yes", 4, "no candidacy"),
                ("cordon --as north member propose --admit south.can --yes", 4, "no application"),
                ("cordon --as north member propose --rekey south.can --yes", 1, "no member of the name"),
                ("cordon --as north member approve south.can --yes", 4, "no proposal"),
                ("cordon --as clinic member propose --add south.can --yes", 2, "not a member"),
                ("cordon --as south member propose --add west.can --yes", 1, "no member of the ledger"),
                ("cordon --as nobody member propose --add south.can --yes", 4, "has no gateway"),
                ("cordon --as north member propose --add south.can --out /nowhere/p --yes", 4, "cannot be written"),
                ("cordon --as south member new --name X --address x --gateway $A --out y", 1, "exists already"),
                ("cordon --as north member new --name X --address x --gateway $A --out y", 1, "exists already"),
                ("cordon --as x member new --name '' --address x --gateway $A --out y", 2, "not empty"),
                ("cordon --as north member propose --add south.can < /dev/null", 1, "not signed"),
            ]
            for (line, status, words) in cases { try await refused(line, status, words, in: workshop) }
            #expect(try await workshop.done("cordon --as south directory").contains("North Consortium  member"))
        }
    }

    /// Scripts pipe; README's session does.
    @Test func `an admission is piped without a question, and says whom it admitted`() async throws {
        try await begun { workshop in
            let admitted = try await workshop.done("cordon --as north member admit clinic.app < /dev/null")
            #expect(admitted.hasPrefix("Admitted Clinic as clinic, key "))
        }
    }
}
