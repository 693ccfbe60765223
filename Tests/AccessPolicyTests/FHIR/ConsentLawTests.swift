import Cedar
import MedicalRecords
import TestSupport
import Testing

@testable import AccessPolicy

/// What must hold however the rules are written: changes that can only take away, and changes that are none.
@Suite struct ConsentLawTests {
    private static let seed: UInt64 = 0x1A_4B5

    private enum Answer: Int, Comparable {
        case denied, silent, permitted

        static func < (left: Answer, right: Answer) -> Bool { left.rawValue < right.rawValue }
    }

    /// Of several consents together, by Cedar.
    private static func answer(
        _ consents: [FHIRConsent], _ request: ConsentRequest, _ record: ConsentRecord,
        _ audience: ConsentAudience = ConsentWorld.everyone
    ) throws -> Answer {
        let situation = try ConsentSituation(request, record, patient: audience.patient)
        let found = PolicyVerdict(try ConsentWorld.policies(consents, audience), situation)
        return found.forbids ? .denied : found.permits ? .permitted : .silent
    }

    /// Runs a law over random consents, and tells how often it was about something.
    private static func hold(
        _ cases: Int = 500, _ law: (inout RandomConsents) throws -> (holds: Bool, mattered: Bool, words: String)
    ) throws {
        var random = RandomConsents(seed: seed)
        var failures = Failures()
        var mattered = 0
        for _ in 0..<cases {
            let found = try law(&random)
            mattered += found.mattered ? 1 : 0
            failures.check(found.holds, found.words)
        }
        #expect(failures.isEmpty, "seed \(seed): \(failures)")
        #expect(mattered > cases / 40, "only \(mattered) of \(cases) say anything")
    }

    private static func text(_ consent: FHIRConsent) -> String { String(decoding: consent.canonicalJSON, as: UTF8.self) }

    @Test func `a rule that denies, added at the root, never widens`() throws {
        try Self.hold { random in
            let consent = random.consent()
            var root = try #require(consent.provision)
            var added = random.rule(depth: 1)
            added.kind = .deny
            root.rules.append(added)
            let (request, record) = random.meeting()
            let before = try Self.answer([consent], request, record)
            let after = try Self.answer([FHIRConsent(provision: root)], request, record)
            return (after <= before, before == .permitted, Self.text(consent))
        }
    }

    @Test func `a consent that denies never widens, and permits nothing that others deny`() throws {
        try Self.hold { random in
            let (first, other) = (random.consent(), random.consent())
            let (request, record) = random.meeting()
            let answers = try (Self.answer([first], request, record), Self.answer([other], request, record))
            let both = try Self.answer([first, other], request, record)
            let expected = min(answers.0, answers.1) == .denied ? .denied : max(answers.0, answers.1)
            return (both == expected, answers.0 == .permitted && answers.1 == .denied, Self.text(first) + Self.text(other))
        }
    }

    @Test func `a shorter period never widens what is permitted`() throws {
        try Self.hold { random in
            var root = random.rule(depth: 1)
            root.kind = .permit
            if root.period == nil { root.period = random.period() }
            var shorter = root
            let instant = ConsentInstant(random.pick(RandomConsents.instants))
            if let end = shorter.period?.end?.next, let next = instant?.next, next < end { shorter.period?.end = instant }
            if let start = shorter.period?.start?.first, let first = instant?.first, first > start {
                shorter.period?.start = instant
            }
            let (request, record) = random.meeting()
            let before = try Self.answer([FHIRConsent(provision: root)], request, record)
            let after = try Self.answer([FHIRConsent(provision: shorter)], request, record)
            return (after != .permitted || before == .permitted, before == .permitted, Self.text(FHIRConsent(provision: root)))
        }
    }

    @Test func `order changes nothing`() throws {
        try Self.hold { random in
            let consents = (0..<3).map { _ in random.consent() }
            let (request, record) = random.meeting()
            let before = try Self.answer(consents, request, record)
            let shuffled = consents.shuffled(using: &random.generator).map { consent in
                FHIRConsent(provision: consent.provision.map { $0.shuffled(&random.generator) })
            }
            let after = try Self.answer(shuffled, request, record)
            return (before == after, before != .silent, consents.map(Self.text).joined())
        }
    }

    @Test func `a label that nobody knows never widens`() throws {
        try Self.hold { random in
            let consent = random.consent()
            let (request, record) = random.meeting()
            var strange = record
            strange.labels.insert("urn:unknown|2")
            strange.sensitivities.insert("urn:unknown|2")
            let before = try Self.answer([consent], request, record)
            let after = try Self.answer([consent], request, strange)
            return (after <= before, before == .permitted, Self.text(consent))
        }
    }

    @Test func `what is permitted for a purpose that nobody knows is permitted for every purpose`() throws {
        try Self.hold { random in
            let consent = random.consent()
            var (request, record) = random.meeting()
            request.purposes = ["urn:unknown|1"]
            let strange = try Self.answer([consent], request, record)
            request.purposes = [random.pick(["TREAT", "ETREAT", "BTG", "HPAYMT", "HRESCH", "HMARKT"])]
            let known = try Self.answer([consent], request, record)
            return (strange != .permitted || known == .permitted, strange == .permitted, Self.text(consent))
        }
    }

    @Test func `a label of the wrong system never widens`() throws {
        try Self.hold { random in
            var rule = random.rule(depth: 1)
            rule.kind = random.pick([.permit, .deny])
            let known = random.pick(
                RandomConsents.labels.filter { ConsentCodes.rank($0) != nil || SensitivityCodes.tree.contains($0.code) })
            let system = ConsentCodes.rank(known) == nil ? RandomConsents.actCode : Confidentiality.system
            rule.labels.insert(Coding(system: system, code: known.code), at: 0)
            var strange = rule
            strange.labels[0] = Coding(system: "urn:unknown", code: known.code)
            // Inside the opposite, so that it has something to give or to take away.
            func answer(_ rule: ConsentRule, _ request: ConsentRequest, _ record: ConsentRecord) throws -> Answer {
                var root = ConsentRule(rule.kind == .deny ? .permit : .deny)
                root.rules = [rule]
                return try Self.answer([FHIRConsent(provision: root)], request, record)
            }
            let (request, record) = random.meeting()
            let (before, after) = (try answer(rule, request, record), try answer(strange, request, record))
            return (after <= before, before != after || before == .permitted, Self.text(FHIRConsent(provision: rule)))
        }
    }

    @Test func `what a request does not state never satisfies a permit, and what is not known of a record never does`() throws {
        try Self.hold { random in
            let consent = random.consent()
            var certain = random
            certain.isCertain = true
            let (request, record) = certain.meeting()
            random = certain
            random.isCertain = false
            let before = try Self.answer([consent], request, record)
            var (asked, known) = (request, record)
            switch random.pick([0, 1, 2, 3, 4, 5, 6, 7]) {
            case 0: asked.purposes = []
            case 1: asked.requester = []
            case 2: known.isLabelled = false
            case 3: known.types = []
            case 4: (known.earliest, known.latest) = (nil, nil)
            case 5: known.codes = nil
            case 6: (known.resources, known.refersTo, known.dependsOn) = (nil, nil, nil)
            default: known.authors = []
            }
            let after = try Self.answer([consent], asked, known)
            // Less is permitted, and nothing that was denied is let through.
            return (after <= before, before == .permitted, "\(Self.text(consent)) \(asked) \(known)")
        }
    }

    @Test func `one grant permits its recipient alone, and its category alone`() throws {
        let scope = try ConsentWorld.grant()
        let audience = ConsentAudience(scope, category: "general")
        try Self.hold { random in
            let consent = random.consent()
            let (request, record) = random.meeting()
            let isMeant = request.requester.contains(RandomConsents.key) && record.category == "general"
            let answer = try Self.answer([consent], request, record, audience)
            let everywhere = try Self.answer([consent], request, record)
            return (answer != .permitted || isMeant, everywhere == .permitted, Self.text(consent))
        }
    }
}

extension ConsentRule {
    fileprivate func shuffled(_ generator: inout SeededGenerator) -> ConsentRule {
        var rule = self
        rule.actors.shuffle(using: &generator)
        rule.actions.shuffle(using: &generator)
        rule.labels.shuffle(using: &generator)
        rule.purposes.shuffle(using: &generator)
        rule.classes.shuffle(using: &generator)
        rule.codes.shuffle(using: &generator)
        rule.data.shuffle(using: &generator)
        rule.rules = rule.rules.map { $0.shuffled(&generator) }
        rule.rules.shuffle(using: &generator)
        return rule
    }
}
