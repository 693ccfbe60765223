import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

@testable import AccessPolicy

/// What is read to a patient before a consent is signed.
@Suite struct ReadbackTests {
    private static let setting = Readback.Setting(
        grantee: "Lakeside Hospital", category: "laboratory", until: Day("2027-01-01"),
        name: { $0 == "urn:ids|7" ? "Dr. Okafor's practice" : nil })

    private static func label(_ code: String) -> Coding { Coding(system: RandomConsents.actCode, code: code) }
    private static func purpose(_ code: String) -> Coding { Coding(system: PurposeOfUse.system, code: code) }

    private static func rule(_ kind: ConsentRule.Kind, _ change: (inout ConsentRule) -> Void = { _ in }) -> ConsentRule {
        var rule = ConsentRule(kind)
        change(&rule)
        return rule
    }

    private static func rules(_ root: ConsentRule) -> [String] { Readback(FHIRConsent(provision: root), setting).rules }

    @Test func `one sentence says who, what, why, until when, and what not`() {
        let root = Self.rule(.permit) { root in
            root.purposes = [Self.purpose("TREAT")]
            root.rules = [Self.rule(.deny) { $0.labels = [Self.label("HIV")] }]
        }
        #expect(
            Self.rules(root) == [
                "Lakeside Hospital may read your laboratory records for treatment until 1 January 2027, except anything about HIV."
            ])
    }

    @Test func `an exception of its own is a sentence of its own`() {
        let root = Self.rule(.permit) { root in
            root.labels = [Coding(system: Confidentiality.system, code: "N")]
            root.period = ConsentPeriod(start: ConsentInstant("2026-03-01"), end: ConsentInstant("2026-06-30"))
            root.rules = [
                Self.rule(.deny) { rule in
                    rule.actors = [.init(reference: ConsentReference(identifier: Identifier(system: "urn:ids", value: "7")))]
                    rule.rules = [Self.rule(.permit) { $0.purposes = [Self.purpose("ETREAT")] }]
                }
            ]
        }
        #expect(
            Self.rules(root) == [
                "Lakeside Hospital may read your laboratory records that are at most normally confidential from 1 March 2026 "
                    + "until 1 July 2026.",
                "But Dr. Okafor's practice may not read any of these records.",
                "Even so, Dr. Okafor's practice may read these records for emergency treatment.",
            ])
    }

    @Test func `each rule is found by its place`() {
        let root = Self.rule(.permit) { root in
            root.rules = [
                Self.rule(.deny) { $0.labels = [Self.label("HIV")] },
                Self.rule(.deny) { rule in
                    rule.actors = [.init(reference: ConsentReference(identifier: Identifier(system: "urn:ids", value: "7")))]
                    rule.rules = [Self.rule(.permit) { $0.purposes = [Self.purpose("ETREAT")] }]
                },
            ]
        }
        let consent = FHIRConsent(provision: root)
        func sentence(_ place: String) -> String? { Readback.sentence(at: place, of: consent, Self.setting) }
        #expect(sentence("provision") == Self.rules(root).first)
        #expect(sentence("provision.provision[0]") == "But Lakeside Hospital may not read anything about HIV.")
        #expect(sentence("provision.provision[1]") == "But Dr. Okafor's practice may not read any of these records.")
        #expect(
            sentence("provision.provision[1].provision[0]")
                == "Even so, Dr. Okafor's practice may read these records for emergency treatment.")
        for place in [
            "", "provisions", "provision.provision[2]", "provision.provision[-1]", "provision.provision[x]", "provision.a",
        ] {
            #expect(sentence(place) == nil, "\(place)")
        }
        #expect(Readback.sentence(at: "provision", of: FHIRConsent(provision: ConsentRule()), Self.setting) == nil)
    }

    @Test func `a consent that denies is told with what follows`() {
        let root = Self.rule(.deny) { $0.classes = [Coding(system: RandomConsents.types, code: "Condition")] }
        let readback = Readback(FHIRConsent(provision: root), Self.setting)
        #expect(readback.rules == ["Nobody may read diagnoses among your laboratory records until 1 January 2027."])
        #expect(readback.consequences.contains { $0.contains("stays forbidden even if you allow it elsewhere") })
        #expect(!readback.consequences.contains { $0.contains("cannot be taken back") })
    }

    @Test func `what a gateway cannot know is told`() {
        let permit = Self.rule(.permit) { $0.codes = [[Coding(system: "http://loinc.org", code: "4548-4")]] }
        let denial = Self.rule(.permit) { root in
            root.rules = [Self.rule(.deny) { $0.data = [.init(.instance, ConsentReference(address: "Observation/1"))] }]
        }
        #expect(Readback(FHIRConsent(provision: permit), Self.setting).consequences.contains { $0.contains("therefore not shown") })
        #expect(Readback(FHIRConsent(provision: denial), Self.setting).consequences.contains { $0.contains("all is withheld") })
    }

    @Test func `what cannot be computed says why and nothing else`() {
        let root = Self.rule(.permit) { $0.rules = [ConsentRule()] }
        let readback = Readback(FHIRConsent(provision: root), Self.setting)
        #expect(readback.rules.isEmpty && readback.consequences.isEmpty)
        #expect(readback.review.count == 2 && readback.review[0].hasPrefix("This allows nothing"))
        #expect(readback.review[1] == "At provision.provision[0].type: an exception that does not say what it does.")
        #expect(Readback(FHIRConsent(status: .draft, provision: root), Self.setting).review.count == 1)
    }

    /// No rule is passed over in silence.
    @Test func `every rule of a random consent is told`() {
        var random = RandomConsents(seed: 0x5A1D)
        for _ in 0..<300 {
            let consent = random.consent()
            guard let root = consent.provision, case .success = consent.tree() else { continue }
            let short = root.kind == .permit ? root.rules.filter(\.isTold) : []
            let lines = Self.rules(root)
            #expect(lines.count == root.count - short.count)
            #expect(lines.allSatisfy { $0.hasSuffix(".") && !$0.contains("  ") && !$0.contains(" .") }, "\(lines)")
        }
    }
}

extension ConsentRule {
    /// In the first sentence.
    fileprivate var isTold: Bool {
        kind == .deny && rules.isEmpty && period == nil && actors.isEmpty && actions.isEmpty && purposes.isEmpty && hasDataCriteria
    }
}
