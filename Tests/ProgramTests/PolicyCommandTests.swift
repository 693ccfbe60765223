import Foundation
import TestSupport
import Testing

/// `cordon policy`: no gateway, no profile, a folder of policies.
@Suite struct PolicyCommandTests {
    @Test func `ours are understood, and decide their cases`() async throws {
        let workshop = try Workshop()
        let listed = try await workshop.done("cordon policy check")
        #expect(listed.contains("part2-purpose, version 1, forbids\n    42 CFR 2.31") && listed.contains("all understood"))
        #expect(try await workshop.done("cordon policy test policies").contains("all decided as they say"))
        struct Listed: Decodable {
            let id: String
            let obligations: [String]
        }
        let json = Data(try await workshop.done("cordon --json policy check policies").utf8)
        let policies = try JSONDecoder().decode([Listed].self, from: json)
        #expect(policies.first { $0.id == "break-glass-review" }?.obligations == ["notify-patient", "review"])
    }

    /// What somebody does to a copy of ours, what he asks then, how it ends and what he is told.
    @Test(arguments: [
        ("rm p/schema.cedarschema", "check", 4, "schema.cedarschema: there is no such file"),
        ("rm -r p/statute p/institution", "check", 4, "there are no policies"),
        (
            "echo 'permit (principal, action, resource);' > p/statute/more.cedar", "check", 4,
            "statute/more.cedar, 1:1: the policy has no @id"
        ),
        ("sed -i '0,/forbid/s//forbit/' p/statute/minors.cedar", "check", 4, "statute/minors.cedar"),
        (
            "sed -i s/guardian-over/guardian-of-another/ p/statute/minors.cedar", "check", 4,
            "there is another policy guardian-of-another"
        ),
        (
            "sed -i 's/\"notify-patient, review\"/\"tell-everybody\"/' p/institution/break-glass.cedar", "check", 4,
            "no obligation \"tell-everybody\""
        ),
        ("head -c 2000000 /dev/zero > p/statute/large.cedar", "check", 4, "large.cedar"),
        ("rm -r p/tests", "test", 1, "there are no cases"),
        ("rm p/tests/entities.json", "test", 4, "entities.json: there is no such file"),
        ("sed -i 's/\"deny\"/\"allow\"/' p/tests/minors.json", "test", 1, "not what the minor consented to alone: deny"),
        ("rm p/tests/court-order.json", "test", 1, "no case is decided by court-order-over"),
        ("sed -i 's/context.now < principal.until/true/' p/statute/minors.cedar", "test", 4, "no request can meet guardian-over"),
        ("echo '{' > p/tests/minors.json", "test", 4, "tests/minors.json"),
        ("sed -i 's/\"ETREAT\"/\"ETREAD\"/' p/tests/break-glass.json", "test", 1, "an emergency"),
    ])
    func `a folder that is not as it should be is refused`(
        damage: String, command: String, status: Int32, says: String
    ) async throws {
        let workshop = try Workshop()
        try await workshop.done("cp -rL policies p && chmod -R u+w p")
        try await workshop.done(damage)
        let outcome = try await workshop.sh("cordon policy \(command) p")
        #expect(outcome.status == status && outcome.error.contains(says), "\(outcome.status): \(outcome.all)")
    }

    private static let consent = """
        {"resourceType":"Consent","status":"active",
         "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
         "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
         "provision":{"type":"permit","period":{"end":"2027-01-01"},
                      "actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},
                                "reference":{"reference":"Organization/54"}}],
                      "purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}],
                      "provision":[{"type":"deny","securityLabel":[
                          {"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]}]}}
        """

    /// What is asked, how it ends and what is answered.
    @Test(arguments: [
        ("--actor Organization/54 --purpose TREAT", 0, "May be disclosed.\n  Drop what carries any of: HIV"),
        ("--actor Organization/54 --purpose ETREAT", 0, "May be disclosed."),
        ("--actor Organization/53 --purpose TREAT", 1, "No consent on file speaks of this."),
        ("--actor Organization/54 --purpose HRESCH", 1, "No consent on file speaks of this."),
        ("--actor Organization/54", 1, "No consent on file speaks of this."), ("--purpose TREAT", 1, "No consent on file"),
        ("--actor Organization/54 --purpose TREAT --at 2027-01-02", 1, "No consent on file"),
        ("--actor Organization/54 --purpose TREAT --at tomorrow", 2, "is no time"),
        ("deny.json --actor Organization/54 --purpose TREAT", 1, "May not be disclosed."),
        ("unclear.json --actor Organization/54 --purpose TREAT", 0, "has to be looked at by a person"),
        ("nowhere.json", 4, "no such file"), ("empty.json", 4, "empty.json cannot be read as a FHIR R4 Consent: not the JSON"),
    ])
    func `consents are decided by for callers with records of their own`(line: String, status: Int32, says: String) async throws {
        let workshop = try Workshop()
        try await workshop.done("cat > consent.json", input: Self.consent)
        try await workshop.done(
            """
            sed 's/"permit","period".*/"deny",/' consent.json > deny.json
            sed 's/"type":"deny",//' consent.json > unclear.json
            : > empty.json
            """)
        let at = line.contains("--at") ? "" : " --at 2026-11-01"
        let outcome = try await workshop.sh("cordon policy decide consent.json \(line)\(at)")
        #expect(outcome.status == status && outcome.all.contains(says), "\(outcome.status): \(outcome.all)")
    }

    @Test func `the answer has the form of LEAP's consent service`() async throws {
        struct Answer: Decodable {
            struct Code: Decodable {
                let code: String
            }
            struct Parameters: Decodable {
                let codes: [Code]?
            }
            struct Obligation: Decodable {
                let id: Code
                let parameters: Parameters
            }
            let decision: String
            let obligations: [Obligation]
        }
        let workshop = try Workshop()
        try await workshop.done("cat > consent.json", input: Self.consent)
        let json = try await workshop.done(
            "cordon --json policy decide consent.json --actor Organization/54 --purpose TREAT --at 2026-11-01")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(json.utf8))
        #expect(answer.decision == "CONSENT_PERMIT" && answer.obligations.map(\.id.code) == ["REDACT"])
        #expect(answer.obligations.first?.parameters.codes?.map(\.code) == ["HIV"])
    }
}
