import Cedar
import MedicalRecords
import TestSupport
import Testing

@testable import AccessPolicy

/// The clauses of docs/consent.md, one by one, each decided by the rules and by Cedar.
@Suite struct ConsentRulesTests {
    private enum Answer: String {
        case permit, deny, silent
    }

    /// - Throws: if the two do not agree.
    private static func answer(
        _ root: ConsentRule, _ request: ConsentRequest = asked(), _ record: ConsentRecord = labelled(),
        _ audience: ConsentAudience = ConsentWorld.everyone
    ) throws -> Answer {
        let consent = FHIRConsent(provision: root)
        let found = PolicyVerdict(
            try ConsentWorld.policies([consent], audience), try ConsentSituation(request, record, patient: audience.patient))
        try #require(found.isDisjoint && found.agrees(with: ConsentEvaluator(request, record, audience).verdict(consent)))
        return found.permits ? .permit : found.forbids ? .deny : .silent
    }

    private static func rule(_ kind: ConsentRule.Kind, _ change: (inout ConsentRule) -> Void = { _ in }) -> ConsentRule {
        var rule = ConsentRule(kind)
        change(&rule)
        return rule
    }

    private static func asked(_ purpose: String = "TREAT", by names: Set<String> = ["Organization/1"]) -> ConsentRequest {
        ConsentRequest(now: 1_773_576_000_000, requester: names, purposes: [purpose])
    }

    private static func labelled(_ topics: Set<String> = [], _ rank: Int64 = 3) -> ConsentRecord {
        ConsentRecord(
            confidentiality: rank, labels: topics, sensitivities: topics, types: ["Observation"], authors: ["Organization/9"])
    }

    private static func topic(_ code: String) -> Coding { Coding(system: RandomConsents.actCode, code: code) }
    private static func level(_ code: String) -> Coding { Coding(system: Confidentiality.system, code: code) }
    private static func purpose(_ code: String) -> Coding { Coding(system: PurposeOfUse.system, code: code) }
    private static func actor(_ address: String, _ role: String? = nil) -> ConsentRule.Actor {
        let system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
        return .init(roles: role.map { [Coding(system: system, code: $0)] } ?? [], reference: ConsentReference(address: address))
    }

    @Test func `clause 3: outside the root's period, actors and purposes it is silent`() throws {
        #expect(try Self.answer(Self.rule(.permit)) == .permit)
        for kind in ConsentRule.Kind.allCases {
            let over = Self.rule(kind) { $0.period = ConsentPeriod(end: ConsentInstant("2026-03-14")) }
            let others = Self.rule(kind) { $0.actors = [Self.actor("Organization/2")] }
            let otherwise = Self.rule(kind) { $0.purposes = [Self.purpose("HPAYMT")] }
            for root in [over, others, otherwise] { #expect(try Self.answer(root) == .silent) }
        }
    }

    /// The request is made at 12:00 UTC on 15 March 2026.
    @Test(
        arguments: [
            ("2026-03-15", "2026-03-15", true), ("2026-03-16", nil, false), (nil, "2026-03-14", false),
            ("2026-03", "2026-03", true),
            ("2026-03-15T12:00:00Z", nil, true), ("2026-03-15T12:00:01Z", nil, false), (nil, "2026-03-15T12:00:00Z", true),
            (nil, "2026-03-15T11:59:59Z", false), (nil, "2026-03-15T13:59:59+02:00", false), (nil, "9999-12-31", true),
            ("2027", nil, false),
        ] as [(String?, String?, Bool)])
    func `clause 3: bounds of a period are in it`(start: String?, end: String?, isIn: Bool) throws {
        let period = ConsentPeriod(start: start.flatMap(ConsentInstant.init), end: end.flatMap(ConsentInstant.init))
        #expect(try Self.answer(Self.rule(.permit) { $0.period = period }) == (isIn ? .permit : .silent))
    }

    @Test func `clause 4: purposes lie below others, and one is enough`() throws {
        let root = Self.rule(.permit) { $0.purposes = [Self.purpose("TREAT"), Self.purpose("HPAYMT")] }
        for (purpose, answer) in [("TREAT", Answer.permit), ("BTG", .permit), ("COVERAGE", .permit), ("PurposeOfUse", .silent)] {
            #expect(try Self.answer(root, Self.asked(purpose)) == answer, "\(purpose)")
        }
        var several = Self.asked("HRESCH")
        #expect(try Self.answer(root, several) == .silent)
        several.purposes.insert("TREAT")
        #expect(try Self.answer(root, several) == .permit)
    }

    @Test func `clause 4: a requester is who has the name, and who is in a group that has it`() throws {
        let root = Self.rule(.permit) { root in
            root.actors = [
                Self.actor("Group/1", "IRCP"),
                .init(reference: ConsentReference(identifier: Identifier(system: "urn:ids", value: "7"))),
            ]
        }
        for (name, answer) in [("Group/1", Answer.permit), ("urn:ids|7", .permit), ("urn:ids|8", .silent), ("7", .silent)] {
            #expect(try Self.answer(root, Self.asked(by: ["x", name])) == answer, "\(name)")
        }
    }

    @Test func `clause 4: a custodian or an author limits the data, an unknown role a permit alone`() throws {
        for role in ["CST", "AUT"] {
            let ours = Self.rule(.permit) { $0.actors = [Self.actor("Organization/9", role)] }
            let others = Self.rule(.permit) { $0.actors = [Self.actor("Organization/8", role)] }
            #expect(try Self.answer(ours) == .permit && Self.answer(others) == .deny)
        }
        #expect(try Self.answer(Self.rule(.permit) { $0.actors = [Self.actor("Organization/1", "WIT")] }) == .silent)
        #expect(try Self.answer(Self.rule(.deny) { $0.actors = [Self.actor("Organization/2", "WIT")] }) == .deny)
    }

    @Test(arguments: [
        ("access", "read", true, true), ("access", "share", false, true), ("disclose", "read", false, true),
        ("disclose", "export", true, true),
        ("use", "read", false, true), ("correct", "read", false, false), ("collect", "search", false, true),
        ("burn", "read", false, true),
    ])
    func `clause 4: actions`(code: String, action: String, isPermitted: Bool, isDenied: Bool) throws {
        let actions = [[Coding(system: "http://terminology.hl7.org/CodeSystem/consentaction", code: code)]]
        var request = Self.asked()
        request.action = action
        #expect(try Self.answer(Self.rule(.permit) { $0.actions = actions }, request) == (isPermitted ? .permit : .silent))
        #expect(try Self.answer(Self.rule(.deny) { $0.actions = actions }, request) == (isDenied ? .deny : .silent))
    }

    @Test func `clause 5: a level is a ceiling for a permit and a floor for a denial`() throws {
        for rank in Int64(0)...5 {
            let record = Self.labelled([], rank)
            let permit = Self.rule(.permit) { $0.labels = [Self.level("N"), Self.level("L")] }
            let denial = Self.rule(.deny) { $0.labels = [Self.level("R"), Self.level("V")] }
            #expect(try Self.answer(permit, Self.asked(), record) == (rank <= 3 ? .permit : .deny))
            #expect(try Self.answer(denial, Self.asked(), record) == (rank >= 4 ? .deny : .silent))
        }
    }

    @Test func `clause 5: a permit covers every topic of a record, a denial needs one`() throws {
        let codes = [Self.topic("SUD"), Self.topic("HIV")]
        let cases: [(Set<String>, Answer, Answer)] = [
            (["SUD"], .permit, .deny), (["ETHUD", "HIV"], .permit, .deny), (["ETHUD", "PSY"], .deny, .deny),
            (["SPI"], .deny, .silent),
            ([], .deny, .silent), (["HIV", "urn:x|secret"], .deny, .deny),
        ]
        for (topics, permit, denial) in cases {
            let record = Self.labelled(topics)
            #expect(try Self.answer(Self.rule(.permit) { $0.labels = codes }, Self.asked(), record) == permit, "\(topics)")
            #expect(try Self.answer(Self.rule(.deny) { $0.labels = codes }, Self.asked(), record) == denial, "\(topics)")
        }
        // Both kinds: a permit wants both, a denial one.
        let both = [Self.topic("HIV"), Self.level("N")]
        #expect(try Self.answer(Self.rule(.permit) { $0.labels = both }, Self.asked(), Self.labelled(["HIV"], 4)) == .deny)
        #expect(try Self.answer(Self.rule(.deny) { $0.labels = both }, Self.asked(), Self.labelled(["HIV"], 0)) == .deny)
    }

    @Test func `clause 5: what nobody labelled satisfies no permit about labels, and each denial`() throws {
        var record = Self.labelled([], 0)
        record.isLabelled = false
        #expect(try Self.answer(Self.rule(.permit) { $0.labels = [Self.level("V")] }, Self.asked(), record) == .deny)
        #expect(try Self.answer(Self.rule(.deny) { $0.labels = [Self.topic("HIV")] }, Self.asked(), record) == .deny)
        #expect(try Self.answer(Self.rule(.permit), Self.asked(), record) == .permit)
    }

    @Test func `clause 5: a permit covers every type in a record, a denial needs one`() throws {
        func type(_ codes: String...) -> [Coding] { codes.map { Coding(system: RandomConsents.types, code: $0) } }
        let permit = Self.rule(.permit) { $0.classes = type("Observation", "Condition") }
        let denial = Self.rule(.deny) { $0.classes = type("Observation", "Condition") }
        for (types, first, second) in [
            (["Observation"], Answer.permit, Answer.deny), (["Observation", "Condition"], .permit, .deny),
            (["Observation", "Patient"], .deny, .deny), (["Patient"], .deny, .silent), ([], .deny, .deny),
        ] {
            var record = Self.labelled()
            record.types = Set(types)
            #expect(try Self.answer(permit, Self.asked(), record) == first, "\(types)")
            #expect(try Self.answer(denial, Self.asked(), record) == second, "\(types)")
        }
        // Everything is a Resource, and of a document type nobody can tell.
        for unknown in [type("Resource"), [Coding(system: "http://loinc.org", code: "34133-9")]] {
            #expect(try Self.answer(Self.rule(.permit) { $0.classes = unknown }) == .deny)
            #expect(try Self.answer(Self.rule(.deny) { $0.classes = unknown }) == .deny)
        }
    }

    @Test func `clause 5: days, codes and references that are not known satisfy no permit, and each denial`() throws {
        let reference = ConsentReference(address: "Observation/1")
        let changes: [(inout ConsentRule) -> Void] = [
            { $0.codes = [[Coding(system: "urn:x", code: "1")]] }, { $0.dataPeriod = ConsentPeriod(start: ConsentInstant("1900")) },
            { $0.data = [.init(.instance, reference)] }, { $0.data = [.init(.related, reference)] },
            { $0.data = [.init(.dependents, reference)] },
        ]
        for change in changes {
            #expect(try Self.answer(Self.rule(.permit, change)) == .deny && Self.answer(Self.rule(.deny, change)) == .deny)
        }
        var known = Self.labelled()
        (known.codes, known.resources, known.refersTo, known.dependsOn) = (["urn:x|1"], ["Observation/1"], [], [])
        (known.earliest, known.latest) = (0, 0)
        for change in changes {
            #expect(try Self.answer(Self.rule(.permit, change), Self.asked(), known) == .permit)
        }
        (known.codes, known.resources, known.earliest, known.latest) = ([], [], -3_000_000_000_000, -3_000_000_000_000)
        for change in changes { #expect(try Self.answer(Self.rule(.deny, change), Self.asked(), known) == .silent) }
    }

    @Test func `clause 5: a permit is about records that lie in its time, a denial about those that touch it`() throws {
        let period = ConsentPeriod(start: ConsentInstant("1970-01-02"), end: ConsentInstant("1970-01-04"))
        for (first, last, permit, denial) in [
            (1, 3, Answer.permit, Answer.deny), (1, 1, .permit, .deny), (0, 1, .deny, .deny), (3, 4, .deny, .deny),
            (4, 5, .deny, .silent),
            (0, 0, .deny, .silent),
        ] as [(Int64, Int64, Answer, Answer)] {
            var record = Self.labelled()
            (record.earliest, record.latest) = (first * 86_400_000, last * 86_400_000)
            #expect(try Self.answer(Self.rule(.permit) { $0.dataPeriod = period }, Self.asked(), record) == permit)
            #expect(try Self.answer(Self.rule(.deny) { $0.dataPeriod = period }, Self.asked(), record) == denial)
        }
    }

    @Test func `clause 7: exceptions reverse what they are in, to any depth, and of siblings one that denies wins`() throws {
        func nested(_ depth: Int) -> ConsentRule {
            Self.rule(depth.isMultiple(of: 2) ? .deny : .permit) { $0.rules = depth == 1 ? [] : [nested(depth - 1)] }
        }
        for depth in 1...FHIRConsent.maximumDepth {
            // The innermost permits.
            #expect(try Self.answer(nested(depth)) == .permit)
        }
        let siblings = Self.rule(.permit) { $0.rules = [Self.rule(.permit), Self.rule(.deny), Self.rule(.permit)] }
        #expect(try Self.answer(siblings) == .deny)
    }

    @Test func `clause 7: an exception reaches outside the data around it, and never outside actors and purposes`() throws {
        let root = Self.rule(.permit) { root in
            root.labels = [Self.level("N")]
            root.purposes = [Self.purpose("TREAT")]
            root.rules = [
                Self.rule(.permit) { rule in
                    rule.labels = [Self.level("R")]
                    rule.purposes = [Self.purpose("BTG"), Self.purpose("HRESCH")]
                }
            ]
        }
        #expect(try Self.answer(root, Self.asked("TREAT"), Self.labelled([], 4)) == .deny)
        #expect(try Self.answer(root, Self.asked("BTG"), Self.labelled([], 4)) == .permit)
        #expect(try Self.answer(root, Self.asked("HRESCH"), Self.labelled([], 4)) == .silent)
    }

    @Test func `clause 7: a permit that does not say what it is about is about no more than the rule around it`() throws {
        let inPermit = Self.rule(.permit) { root in
            root.labels = [Self.level("N")]
            root.rules = [Self.rule(.deny) { $0.rules = [Self.rule(.permit) { $0.purposes = [Self.purpose("ETREAT")] }] }]
        }
        #expect(try Self.answer(inPermit, Self.asked("ETREAT"), Self.labelled([], 3)) == .permit)
        #expect(try Self.answer(inPermit, Self.asked("ETREAT"), Self.labelled([], 4)) == .deny)
        let inDenial = Self.rule(.deny) { root in
            root.labels = [Self.topic("PSY")]
            root.rules = [Self.rule(.permit) { $0.purposes = [Self.purpose("ETREAT")] }]
        }
        #expect(try Self.answer(inDenial, Self.asked("ETREAT"), Self.labelled(["PSY"])) == .permit)
        #expect(try Self.answer(inDenial, Self.asked("ETREAT"), Self.labelled(["PSY", "HIV"])) == .deny)
        #expect(try Self.answer(inDenial, Self.asked("ETREAT"), Self.labelled()) == .silent)
    }

    @Test func `clause 9: a grant's permit is for its recipient, and a forbid that names nobody too`() throws {
        let audience = ConsentAudience(try ConsentWorld.grant(), category: "general")
        let root = Self.rule(.permit) { $0.rules = [Self.rule(.deny) { $0.labels = [Self.topic("HIV")] }] }
        let (his, others) = (Self.asked(by: [RandomConsents.key]), Self.asked(by: ["Organization/2"]))
        #expect(try Self.answer(root, his, Self.labelled(), audience) == .permit)
        #expect(try Self.answer(root, others, Self.labelled(), audience) == .silent)
        #expect(try Self.answer(root, his, Self.labelled(["HIV"]), audience) == .deny)
        #expect(try Self.answer(root, others, Self.labelled(["HIV"]), audience) == .silent)
        #expect(try Self.answer(Self.rule(.deny), others, Self.labelled(), audience) == .deny)
    }

    @Test func `a purpose that nobody knows slips through no exception`() throws {
        let root = Self.rule(.permit) { $0.rules = [Self.rule(.deny) { $0.purposes = [Self.purpose("HMARKT")] }] }
        for (purpose, answer) in [("HMARKT", Answer.deny), ("urn:x|ads", .deny), ("TREAT", .permit)] {
            #expect(try Self.answer(root, Self.asked(purpose)) == answer)
        }
    }
}
