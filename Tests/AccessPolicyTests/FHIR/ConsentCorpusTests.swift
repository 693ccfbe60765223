import Cedar
import MedicalRecords
import TestSupport
import Testing

@testable import AccessPolicy

/// Consents that others wrote, with what they expect of them: from JSON to Cedar's decision. Where ours is another, docs/consent.md says by
/// which clause, and the list there is the list here.
@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment))) struct ConsentCorpusTests {
    /// The records of IHE's cases are known; each is decided by itself.
    @Test func `IHE Privacy Consent on FHIR`() throws {
        var differing: [String] = []
        var failures = Failures()
        let cases = try ConsentCase.all("ihe-pcf")
        for item in cases {
            let (expected, record) = (try #require(item.expected), try #require(item.record))
            let consents = try item.consents()
            let policies = try ConsentWorld.policies(consents)
            let situation = try ConsentSituation(item.asked, record)
            let found = PolicyVerdict(policies, situation)
            let decision: ConsentDisclosure.Decision = found.forbids ? .deny : found.permits ? .permit : .noConsent
            let verdicts = consents.map { ConsentEvaluator(item.asked, record, ConsentWorld.everyone).verdict($0) }
            failures.check(consents.count != 1 || found.agrees(with: verdicts[0]), "\(item.id): evaluator says \(verdicts)")
            // What holds where no consent applies is to deny, in all of them.
            failures.check(item.implicitPolicy?.hasSuffix("Policy-deny") == true, "\(item.id): \(item.implicitPolicy ?? "")")
            if decision.rawValue != expected.decision || (decision == .permit) != expected.release {
                differing.append("\(item.id): \(decision.rawValue), expected \(expected.decision)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(cases.count >= 200)
        #expect(differing == Self.differingInIHE, "\(differing.joined(separator: "\n"))")
    }

    /// To break the glass is a purpose below treatment (clause 4), so that consents to treatment cover it, and their bounds hold for it.
    static let differingInIHE = [
        "ihe-ex-consent-advanced-normal-focused-psy-or-sdv-02: CONSENT_DENY, expected NO_CONSENT",
        "ihe-ex-consent-basic-treat-05: CONSENT_PERMIT, expected NO_CONSENT",
        "ihe-ex-consent-basic-treat-infant-01: CONSENT_PERMIT, expected NO_CONSENT",
        "ihe-ex-consent-expired-treat-00: CONSENT_PERMIT, expected NO_CONSENT",
        "ihe-ex-consent-intermediate-data-06: CONSENT_PERMIT, expected NO_CONSENT",
        "ihe-ex-consent-intermediate-encounter-05: CONSENT_PERMIT, expected NO_CONSENT",
        "ihe-ex-consent-intermediate-not-authoredby-03: CONSENT_PERMIT, expected NO_CONSENT",
        "ihe-ex-consent-intermediate-not-timeframe-00: CONSENT_PERMIT, expected NO_CONSENT",
    ]

    /// No record is known: what is to be dropped is said.
    @Test func `LEAP consent decision service`() throws {
        let cases = try ConsentCase.all("leap-r4")
        var differing: [String] = []
        var applied = 0
        for item in cases {
            guard item.nonconformantInput != true else {
                #expect(throws: FHIRConsentError.self, "\(item.id)") { try item.consents() }
                continue
            }
            let expected = try #require(item.expected)
            differing += try Self.differences(item, expected)
            applied += 1
        }
        #expect(applied >= 16)
        #expect(differing.isEmpty, "\(differing.joined(separator: "\n"))")
    }

    @Test func `several consents on file`() throws {
        let cases = try ConsentCase.all("several-consents")
        #expect(cases.count >= 5)
        var differing: [String] = []
        for item in cases {
            differing += try Self.differences(item, try #require(item.expectedByRule?["deny-overrides"]))
        }
        #expect(differing.isEmpty, "\(differing.joined(separator: "\n"))")
    }

    private static func differences(_ item: ConsentCase, _ expected: ConsentCase.Expected) throws -> [String] {
        let found = try ConsentDisclosure(
            item.consents(), item.asked, classes: item.request?.class?.map(\.coding) ?? [], ConsentWorld.everyone)
        var differences: [String] = []
        if found.decision.rawValue != expected.decision {
            differences.append("\(item.id): \(found.decision.rawValue), expected \(expected.decision)")
        }
        let redactions = expected.obligations?.flatMap(\.redactions) ?? []
        if expected.obligationsMatch != "ignored", Set(found.redactions.map(\.sorted)) != Set(redactions.map(\.sorted)) {
            differences.append("\(item.id): \(found.redactions), expected \(redactions)")
        }
        return differences
    }

    /// HL7's own examples say in prose what they mean and decide nothing.
    @Test func `HL7's examples are left to people, but for one`() throws {
        let cases = try ConsentCase.all("hl7-r4-examples")
        var computable: [String] = []
        for item in cases {
            let consent = try FHIRConsent(try #require(item.documents.first))
            #expect(consent.isCandidate, "\(item.id)")
            if case .success = consent.tree() { computable.append(item.id) }
        }
        #expect(cases.count >= 8)
        #expect(computable == ["r4-basic"])
    }
}

extension ConsentCase.Obligation {
    fileprivate var redactions: [ConsentDisclosure.Redaction] {
        guard id.code == "REDACT" else { return [] }
        let any = parameters.codes.map { ConsentDisclosure.Redaction.anyOf($0.map(\.coding)) }
        let except = parameters.exceptAnyOfCodes.map { ConsentDisclosure.Redaction.exceptAnyOf($0.map(\.coding)) }
        return [any, except].compactMap { $0 }
    }
}

extension ConsentDisclosure.Redaction {
    fileprivate var sorted: Self {
        switch self {
        case .anyOf(let codes): .anyOf(codes.sorted())
        case .exceptAnyOf(let codes): .exceptAnyOf(codes.sorted())
        }
    }
}
