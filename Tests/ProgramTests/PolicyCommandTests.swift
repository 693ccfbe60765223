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
}
