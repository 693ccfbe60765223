import Cedar
import MedicalRecords
import TestSupport
import Testing

@testable import AccessPolicy

/// The rules of a consent are decided twice, by walking them and by the policies that are made of them.
@Suite struct ConsentAgreementTests {
    private static let seed: UInt64 = 0xC0_5E27

    @Test func `policies and evaluator agree on random consents, and never both permit and forbid`() throws {
        var random = RandomConsents(seed: Self.seed)
        var failures = Failures()
        var counts: [String: Int] = [:]
        let grant = try ConsentWorld.grant()
        let audiences = [ConsentWorld.everyone, ConsentAudience(grant, category: "general")]
        for _ in 0..<1_000 {
            let consent = random.consent()
            let audience = random.pick(audiences)
            let policies = try ConsentWorld.policies([consent], audience)
            for _ in 0..<6 {
                let (request, record) = random.meeting()
                let found = PolicyVerdict(policies, try ConsentSituation(request, record, patient: audience.patient))
                let verdict = ConsentEvaluator(request, record, audience).verdict(consent)
                counts[String("\(verdict)".prefix { $0 != "(" }), default: 0] += 1
                failures.check(found.isDisjoint, "both hold, or one errs: \(found)")
                failures.check(
                    found.agrees(with: verdict),
                    "\(verdict), \(found): \(String(decoding: consent.canonicalJSON, as: UTF8.self)) \(request) \(record)")
            }
        }
        #expect(failures.isEmpty, "seed \(Self.seed): \(failures)")
        // A test that only ever saw one answer would show nothing.
        #expect(
            counts["permit", default: 0] > 200 && counts["deny", default: 0] > 700 && counts["silent", default: 0] > 700,
            "\(counts)")
    }

    @Test func `what is made of random consents passes strict validation`() throws {
        var random = RandomConsents(seed: Self.seed)
        let validator = Validator(try ConsentWorld.schema())
        let grant = try ConsentWorld.grant()
        var failures = Failures()
        for _ in 0..<300 {
            let consent = random.consent()
            for audience in [ConsentWorld.everyone, ConsentAudience(grant, category: "general")] {
                let policies = try ConsentWorld.policies([consent], audience)
                let report = validator.validate(policies, .strict)
                failures.check(
                    report.isValid, "\(report.errors.first.map { "\($0)" } ?? "") \(policies.policies.values.map(\.body))")
                let texts = policies.policies.values.map { "\($0.body)" }
                failures.check(
                    texts.allSatisfy { (try? PolicyBody(parsing: $0))?.description == $0 }, "not read as printed: \(texts)")
            }
        }
        #expect(failures.isEmpty, "seed \(Self.seed): \(failures)")
    }

    @Test func `a consent is signed in one form, and read from it as it was`() throws {
        var random = RandomConsents(seed: Self.seed)
        var failures = Failures()
        for _ in 0..<500 {
            let consent = random.consent()
            let again = try FHIRConsent(signed: consent.canonicalJSON)
            failures.check(again == consent || consent.provision == ConsentRule(), "\(consent)")
        }
        #expect(failures.isEmpty, "seed \(Self.seed): \(failures)")
    }
}
