import Foundation
import TestSupport
import Testing

/// Proofs with the built programs: what people are told, and how it ends.
@Suite struct ProofCommandTests {
    @Test func `a proof is asked for, shown before it is made, made and checked`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
            let ask = "cordon --as lakeside proof ask --purpose 'a study' --prove 'patient: 18 or older on 2026-11-21'"
            try await workshop.done("\(ask) --prove 'result: measured value below 7.0' --prove 'result: test is loinc|4548-4' > r")
            let early = try await workshop.sh("cordon --as ana proof make r --yes")
            #expect(early.status == 1 && early.error.contains("not on the ledger yet"), "\(early.all)")
            try await workshop.done("cordon --as north member anchors")
            let declined = try await workshop.sh("echo n | cordon --as ana proof make r")
            #expect(declined.status == 1 && declined.output.isEmpty, "\(declined.all)")
            for words in [
                "18 or older on 2026-11-21", "value cut to 2 decimals below 7", "claimed by Hillside Clinic", "Lakeside Hospital",
            ] {
                #expect(declined.error.contains(words), "\(words): \(declined.error)")
            }
            #expect(!declined.error.contains("6.4") && !declined.error.contains("birth ="), "\(declined.error)")
            try await workshop.done("cordon --as ana proof make r --yes > p")
            let offline = try await workshop.sh("cordon --as lakeside proof verify p")
            #expect(offline.status == 1 && offline.error.contains("--sync"), "\(offline.all)")
            let proven = try await workshop.done("cordon --as lakeside proof verify p --sync")
            #expect(proven.contains("of one and the same patient") && proven.contains("below 7"), "\(proven)")
        }
        // Nobody is asked: the gateway is gone.
        let again = try await workshop.done("cordon --json --as lakeside proof verify p")
        #expect(again.contains("\"isIssuerRevokedSince\":false"), "\(again)")
        let cases: [(line: String, status: Int32, says: String)] = [
            ("cordon --as hillside proof verify p", 1, "answers no request"),
            ("cordon --as lakeside proof verify r", 4, "no presentation"),
            ("cordon --as ana proof make p --yes", 4, "no proof request"),
            ("head -c 2000 p > cut; cordon --as lakeside proof verify cut", 4, "cut or changed"),
            ("cordon --as ana proof verify p", 2, "not a clinic"),
            ("cordon --as lakeside proof ask --purpose x", 2, "Ask for something"),
            ("cordon --as lakeside proof ask --purpose x --prove 'patient: older'", 2, "none of the forms"),
            ("cordon --as lakeside proof ask --purpose x --show 'passport: number'", 2, "no kind of claims"),
            ("cordon --as lakeside proof ask --purpose x --show 'patient: shoe size'", 2, "no field"),
            ("cordon --as lakeside proof ask --purpose x --prove 'patient: date of birth after yesterday'", 2, "no date"),
            (
                "cordon --as lakeside proof ask --purpose x --prove 'patient: date of birth before 1900-01-01'", 2,
                "no value would do"
            ),
            (
                "cordon --as lakeside proof ask --purpose x --show 'patient: sex' --prove 'patient: sex is not male'", 2,
                "nobody could"
            ),
            ("cordon --as lakeside proof ask --purpose x --hours 0 --show 'patient: sex'", 2, "--hours"),
        ]
        for (line, status, says) in cases {
            let outcome = try await workshop.sh(line)
            #expect(outcome.status == status && outcome.all.contains(says), "\(line): \(outcome)")
        }
    }

    @Test func `that a grant covers something is proven, and which grant it is nobody learns`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
            try await workshop.done("cordon --as north member anchors")
            try await workshop.done("cordon --as hillside status")
            let ask = "cordon --as hillside proof ask --purpose 'a study'"
            let nobody = try await workshop.sh("\(ask) --consent 'laboratory for research by Nobody'")
            #expect(nobody.status == 1 && nobody.error.contains("nobody of the name"), "\(nobody.all)")
            let asked = try await workshop.sh("\(ask) --consent 'laboratory for research by Lakeside' > r")
            #expect(asked.status == 0 && asked.error.contains("says who the patient is"), "\(asked.all)")
            let named = try await workshop.sh("\(ask) --show 'patient: last name' --consent 'laboratory for research by Lakeside'")
            #expect(named.status == 0 && !named.error.contains("says who the patient is"), "\(named.all)")
            let none = try await workshop.sh("cordon --as ana proof make r --yes")
            #expect(none.status == 1 && none.error.contains("none of your grants covers"), "\(none.all)")
            try await workshop.done("cordon --as ana grant --to Lakeside --category laboratory --purpose research --yes")
            try await workshop.done("cordon --as ana proof make r --yes > p")
            let shown = try await workshop.sh("echo n | cordon --as ana proof make r")
            for words in ["may read laboratory for research", "the only live grant"] {
                #expect(shown.error.contains(words), "\(words): \(shown.error)")
            }
            let early = try await workshop.sh("cordon --as hillside proof verify p")
            #expect(early.status == 1 && early.error.contains("--sync"), "\(early.all)")
            let coded = try await workshop.sh("cordon --as ana proof make r --yes --qr-file p.png")
            #expect(coded.status != 0 && coded.output.isEmpty, "\(coded.all)")
            let proven = try await workshop.done("cordon --as hillside proof verify p --sync")
            #expect(proven.contains("Lakeside Hospital may read laboratory for research"), "\(proven)")
            try await workshop.done("cordon --as ana revoke --to lakeside")
            let over = try await workshop.sh("cordon --as ana proof make r --yes")
            #expect(over.status == 1 && over.error.contains("none of your grants covers"), "\(over.all)")
            let since = try await workshop.done("cordon --as hillside proof verify p --sync")
            #expect(since.contains("warning: all of these were revoked since"), "\(since)")
        }
        // Asking needs the ledger as it is.
        let offline = try await workshop.sh(
            "cordon --as hillside proof ask --purpose x --consent 'laboratory for research by Lakeside'")
        #expect(offline.status == 3, "\(offline.all)")
        let cases: [(line: String, status: Int32, says: String)] = [
            ("--consent 'laboratory by Lakeside'", 2, "names no category"),
            ("--consent 'laboratory for fun by Lakeside'", 2, "names no category"),
            ("--consent 'laboratory for research by Lakeside on 2026-13-01'", 2, "names no category"),
        ]
        for (line, status, says) in cases {
            let outcome = try await workshop.sh("cordon --as hillside proof ask --purpose x \(line)")
            #expect(outcome.status == status && outcome.all.contains(says), "\(line): \(outcome)")
        }
    }

    @Test func `what is damaged or deleted of ledger and claims comes back`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
            try await workshop.done("cordon --as ana patient sync")
            let whole = try await workshop.done("cat home/ana/claims/* home/ana/ledger/leaves | sha256sum; ls home/ana/claims")
            for damage in [
                "for file in home/ana/claims/*; do echo x >> $file; done", "for file in home/ana/claims/*; do : > $file; done",
                "rm -r home/ana/claims home/ana/ledger",
            ] {
                try await workshop.done("\(damage); cordon --as ana patient sync")
                let back = try await workshop.done("cat home/ana/claims/* home/ana/ledger/leaves | sha256sum; ls home/ana/claims")
                #expect(back == whole && back.contains(".age"), "\(damage)")
            }
            try await workshop.done("echo x > home/ana/state.age")
            let lost = try await workshop.sh("cordon --as ana patient sync")
            #expect(lost.status == 4 && lost.error.contains("folders ledger and claims"), "\(lost.all)")
        }
    }

    @Test func `a clinic that claims nothing leaves nothing to prove`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as hillside clinic deposit --patient 12345 --no-claims fixtures/records/ana.json")
            let published = try await workshop.sh("cordon --as north member anchors")
            #expect(published.status == 1, "\(published.all)")
            try await workshop.done("cordon --as lakeside proof ask --purpose x --show 'patient: sex' > r")
            let outcome = try await workshop.sh("cordon --as ana proof make r --yes")
            #expect(outcome.status == 1 && outcome.error.contains("no claims of this kind"), "\(outcome.all)")
        }
    }
}
