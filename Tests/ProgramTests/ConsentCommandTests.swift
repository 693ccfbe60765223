import Foundation
import TestSupport
import Testing

/// What a patient says about who may read: by templates, in FHIR, and by hiding.
@Suite struct ConsentCommandTests {
    /// Ana's eleven records are deposited, five of them laboratory.
    private func inTown(_ body: @Sendable (Workshop) async throws -> Void) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
            try await body(workshop)
        }
    }

    private static let nothing = "No records. May be incomplete: patients can withhold records.\n"

    @Test func `what is hidden wins over a live grant until it is lifted, and the clinic cannot tell`() async throws {
        try await inTown { workshop in
            try await workshop.done(
                "cordon --as ana grant --to lakeside --category laboratory --yes && cordon --as lakeside clinic inbox")
            #expect(try await workshop.done("cordon --as lakeside clinic request 1").hasPrefix("5 records"))
            let why = try await workshop.done("cordon --as lakeside why 1")

            let hidden = try await workshop.sh("cordon --as ana restrict --category laboratory", input: "y\n")
            #expect(hidden.status == 0 && hidden.error.contains("all laboratory records (5 now, and new ones)"), "\(hidden.all)")
            for words in ["whatever you have let them read", "Emergency care may have to go without it", "Nobody is told"] {
                #expect(hidden.error.contains(words), "\(words)")
            }
            let refused = try await workshop.sh("cordon --as lakeside clinic request 1")
            #expect(refused.status == 1 && refused.output == Self.nothing)
            #expect(try await workshop.done("cordon --as lakeside why 1") == why)
            #expect(try await workshop.done("cordon --as lakeside clinic inbox").split(separator: "\n").count == 1)

            // The patient is told everything.
            let log = try await workshop.done("cordon --as ana patient log")
            #expect(log.contains("5 records held back by your restriction 1"), "\(log)")
            let entry = try #require(log.split(separator: "\n").first { $0.contains("was refused") }?.split(separator: " ").first)
            let told = try await workshop.done("cordon --as ana why \(entry)")
            #expect(told.contains("Held back: 5 records.\n  you have hidden it (restriction 1): all laboratory records"), "\(told)")

            // To shut Lakeside out and let it in again leaves the restriction where it is.
            try await workshop.done(
                "cordon --as ana revoke --to lakeside && cordon --as ana grant --to lakeside --category laboratory --yes")
            #expect(
                try await workshop.done("cordon --as ana restrict list").hasPrefix(
                    "1  all laboratory records, hidden from everyone"))
            try await workshop.done("cordon --as lakeside clinic inbox")
            #expect(try await workshop.sh("cordon --as lakeside clinic request 2").status == 1)
            #expect(try await workshop.sh("cordon --as ana revoke --to nobody").status == 1)

            let lifted = try await workshop.done("cordon --as ana restrict lift 1")
            #expect(lifted.hasPrefix("Not hidden any more: all laboratory records."))
            #expect(try await workshop.done("cordon --as lakeside clinic request 2").hasPrefix("5 records"))
            #expect(try await workshop.sh("cordon --as ana restrict list").status == 1)
            let replay = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
            #expect(replay.contains("4 decisions recomputed: 4 the same"), "\(replay)")
        }
    }

    @Test func `one record is hidden from one clinic, and from no other`() async throws {
        try await inTown { workshop in
            try await workshop.done(
                """
                set -e; for clinic in lakeside hillside; do
                    cordon --as ana grant --to $clinic --category laboratory --yes; cordon --as $clinic clinic inbox
                done
                """)
            let list = try await workshop.done("cordon --as ana patient records --category laboratory")
            let id = try #require(list.split(separator: " ").first.map(String.init))
            try await workshop.done("cordon --as ana restrict --record \(id) --from lakeside --yes")
            #expect(try await workshop.done("cordon --as lakeside clinic request 1").hasPrefix("4 records"))
            #expect(try await workshop.done("cordon --as hillside clinic request 1").hasPrefix("5 records"))
            let lakeside = try await workshop.done("cordon --as ana why --record \(id) --for lakeside")
            #expect(
                lakeside.hasPrefix("Lakeside Hospital may not read record \(id)") && lakeside.contains("restriction 2"),
                "\(lakeside)")
            // Two reasons, and the patient is told both.
            let research = try await workshop.done("cordon --as ana why --record \(id) --for lakeside --purpose research")
            #expect(research.contains("restriction 2") && research.contains("it is for treatment"), "\(research)")
            let hillside = try await workshop.done("cordon --as ana why --record \(id) --for hillside")
            #expect(
                hillside.hasPrefix("Hillside Clinic may read record \(id)") && hillside.contains("allowed by grant 1"),
                "\(hillside)")
            let again = try await workshop.sh("cordon --as ana restrict --record \(id) --from lakeside --yes")
            #expect(again.status == 1 && again.error.contains("hidden already"))
        }
    }

    @Test func `on a refusal by default the nearest grant is told with all that it lacks`() async throws {
        try await inTown { workshop in
            try await workshop.done("cordon --as ana grant --to lakeside --category medication --purpose payment --yes")
            let list = try await workshop.done("cordon --as ana patient records")
            let id = { (category: String) in
                list.split(separator: "\n").first { $0.contains("  \(category)  ") }?.split(separator: " ").first.map(String.init)
            }
            let (laboratory, medication) = (try #require(id("laboratory")), try #require(id("medication")))
            let purpose = try await workshop.done("cordon --as ana why --record \(medication) --for lakeside")
            #expect(purpose.contains("may not read") && purpose.contains("grant 0 (medication): it is for payment\n"), "\(purpose)")
            let both = try await workshop.done("cordon --as ana why --record \(laboratory) --for lakeside")
            #expect(both.contains("grant 0 (medication): it is for medication records, and it is for payment"), "\(both)")
            try await workshop.done("cordon --as ana revoke --to lakeside")
            let ended = try await workshop.done("cordon --as ana why --record \(medication) --for lakeside --purpose payment")
            #expect(ended.contains("grant 0 (medication): you have ended it"), "\(ended)")
            let nobody = try await workshop.done("cordon --as ana why --record \(medication) --for hillside")
            #expect(nobody.contains("Nothing allows it.") && !nobody.contains("Nearest"), "\(nobody)")
        }
    }

    @Test func `a template makes a grant for each category, and what was given is given to another`() async throws {
        try await inTown { workshop in
            let size = { try await workshop.done("cordon --as ana --json status") }
            let before = try await size()
            let forecast = try await workshop.done("cordon --as ana grant --to lakeside --template gp --dry-run")
            for line in [
                "Lakeside Hospital  general     0 → 4 of 4 records", "Lakeside Hospital  imaging     0 → 0 of 0 records",
                "Nothing was signed.",
            ] { #expect(forecast.contains(line), "\(forecast)") }
            #expect(try await size() == before)

            let signed = try await workshop.sh("cordon --as ana grant --to lakeside --template gp --category laboratory --yes")
            #expect(signed.status == 0 && signed.error.contains("for COORDINATION and TREATMENT, until"), "\(signed.all)")
            try await workshop.done("cordon --as ana grant --to lakeside --category medication --purpose payment --yes")
            let other = try await workshop.sh("cordon --as ana grant --like lakeside --to hillside --yes")
            #expect(other.status == 0 && other.output.split(separator: "\n").count == 2, "\(other.all)")
            let grants = try await workshop.done("cordon --as ana patient grants")
            #expect(grants.contains("3  Hillside Clinic  medication, payment, until"), "\(grants)")
            try await workshop.done("cordon --as hillside clinic inbox")
            #expect(try await workshop.done("cordon --as hillside clinic request 1").hasPrefix("5 records"))
        }
    }

    private static let consent = """
        {"resourceType":"Consent","status":"active",
         "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
         "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
         "provision":{"type":"permit",
                      "purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}],
                      "provision":[{"type":"deny","securityLabel":[
                          {"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]}]}}
        """

    @Test func `a consent in FHIR is read back, signed for each compartment, and decided by`() async throws {
        try await inTown { workshop in
            try await workshop.done("cat > consent.json", input: Self.consent)
            let signed = try await workshop.sh(
                "cordon --as ana grant --consent consent.json --to lakeside --category laboratory --category medication",
                input: "y\n")
            #expect(signed.status == 0 && signed.error.contains("except anything about HIV"), "\(signed.all)")
            #expect(signed.output.split(separator: "\n").count == 2)
            try await workshop.done("cordon --as lakeside clinic inbox")
            let got = try await workshop.done("cordon --as lakeside clinic request 2 --purpose treatment")
            #expect(got.hasPrefix("5 records"), "\(got)")
            let refused = try await workshop.sh("cordon --as lakeside clinic request 2 --purpose research")
            #expect(refused.status == 1 && refused.output == Self.nothing)
            let log = try await workshop.done("cordon --as ana patient log")
            let entry = try #require(log.split(separator: "\n").first { $0.contains("5 records") }?.split(separator: " ").first)
            let why = try await workshop.done("cordon --as ana why \(entry)")
            #expect(
                why.contains("Lakeside Hospital may read your laboratory records for treatment") && why.contains("(provision)"),
                "\(why)")
            let list = try await workshop.done("cordon --as ana patient records --category laboratory")
            let id = try #require(list.split(separator: " ").first)
            try await workshop.done("cordon --as ana grant --consent consent.json --to hillside --category laboratory --yes")
            let other = try await workshop.done("cordon --as ana why --record \(id) --for hillside")
            #expect(other.contains("Hillside Clinic may read your laboratory records for treatment"), "\(other)")
        }
    }

    /// What somebody does to the consent, how the command ends, and what is said.
    @Test(arguments: [
        ("s/\"type\":\"deny\",//", 1, "provision.provision[0].type"),
        ("s/\"type\":\"permit\",//", 1, "nothing says whether it permits or denies"),
        ("s/active/draft/", 1, "allows and forbids nothing"), ("s/Consent/Patient/", 1, "not a FHIR Consent"),
        ("s/.resourceType.*/{/", 1, "not the JSON"), ("1s/^/[/", 1, "it cannot be told for sure"),
    ])
    func `a consent that cannot be computed is not signed`(change: String, status: Int32, says: String) async throws {
        try await inTown { workshop in
            try await workshop.done("sed '\(change)' > consent.json", input: Self.consent)
            let before = try await workshop.done("cordon --as ana --json status")
            let outcome = try await workshop.sh("cordon --as ana grant --consent consent.json --to lakeside --yes")
            #expect(outcome.status == status && outcome.error.contains(says), "\(outcome.status): \(outcome.all)")
            #expect(try await workshop.done("cordon --as ana --json status") == before)
        }
    }

    @Test func `what is asked wrongly is refused, and nothing is signed`() async throws {
        try await inTown { workshop in
            let before = try await workshop.done("cordon --as ana --json status")
            for (line, status, says) in [
                ("grant --to lakeside", 2, "which records"), ("grant --to lakeside --template everything", 2, "is no template"),
                ("grant --to lakeside --template pharmacy --category laboratory --yes", 2, "options only narrow it"),
                ("grant --to lakeside --template pharmacy --until 2100-01-01 --yes", 2, "too long"),
                ("grant --to lakeside --template gp --like hillside", 2, "give one of"),
                ("grant --to lakeside --like hillside", 1, "no such live grant"),
                ("grant --to lakeside --like 4 --purpose research", 2, "by themselves"),
                ("grant --to lakeside --consent nowhere.json", 4, "no such file"),
                ("grant --to lakeside --consent fixtures/records/ana.json", 4, "larger"), ("restrict", 2, "hide what"),
                ("restrict --record 00 --category laboratory", 2, "hide what"), ("restrict --label TIRED", 2, "is no label"),
                ("restrict --category everything", 2, "no category"), ("restrict --record ffffffffffffffff", 1, "no such record"),
                ("restrict --category laboratory --from nobody", 1, "nobody of the name"),
                ("restrict lift 0", 1, "no such restriction"), ("restrict list", 1, "nothing is hidden"),
                ("why", 2, "why what"), ("why 0", 1, "no request"), ("why 99999", 1, "no request"),
                ("why --record 00", 2, "why what"), ("why --record ffffffffffff --for lakeside", 1, "no such record"),
            ] {
                let outcome = try await workshop.sh("cordon --as ana \(line)", input: "n\n")
                #expect(
                    outcome.status == Int32(status) && outcome.error.contains(says), "\(line): \(outcome.status) \(outcome.all)")
            }
            let declined = try await workshop.sh("cordon --as ana restrict --category laboratory", input: "n\n")
            #expect(declined.status == 1 && declined.error.contains("nothing was changed"))
            #expect(try await workshop.done("cordon --as ana --json status") == before)
            let clinic = try await workshop.sh("cordon --as lakeside why --record 00 --for hillside")
            #expect(clinic.status == 2 && clinic.error.contains("Only the patient"))
        }
    }

    @Test func `a policy is explained in words, with its law and its cases`() async throws {
        let workshop = try Workshop()
        let words = try await workshop.done("cordon policy explain part2-counselling-notes")
        #expect(
            words.contains("42 CFR 2.11 and 2.31(b)") && words.contains("unless the patient's consent names counselling notes."),
            "\(words)")
        #expect(words.contains("a counselling note under a consent for everything else: deny"))
        // Every policy of ours has words for all of what it says.
        let ids = try await workshop.done("cordon policy check | sed -n 's/, version.*//p'")
        for id in ids.split(separator: "\n") {
            let words = try await workshop.done("cordon policy explain \(id)").components(separatedBy: "\n\n")[0]
            #expect(!words.contains("`"), "\(words)")
        }
        let unknown = try await workshop.sh("cordon policy explain nothing")
        #expect(unknown.status == 1 && unknown.error.contains("there is no policy"))
    }
}
