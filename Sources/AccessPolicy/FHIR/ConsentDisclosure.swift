import Cedar
package import MedicalRecords

/// What several consents together say to a caller that keeps records of its own: whether anything may be disclosed, and what is to be
/// dropped from it.
///
/// Records are better decided one by one. Where a caller wants one answer for all of them, as LEAP's interface has it, what carries one of
/// some codes, or none of them, says less than a rule can: of a rule with two criteria it drops too much, and it cannot say that all topics
/// of a record must be covered, nor that what nobody labelled is not shown.
package struct ConsentDisclosure: Hashable, Sendable {
    package enum Decision: String, Sendable {
        case permit = "CONSENT_PERMIT"
        case deny = "CONSENT_DENY"
        /// Nothing on file applies.
        case noConsent = "NO_CONSENT"
    }

    /// Labels, types of resources and clinical codes, as the consents write them. Who redacts reads a level of confidentiality as it and
    /// all above, and any other code as it and all below.
    package enum Redaction: Hashable, Sendable {
        /// Drop what carries any.
        case anyOf([Coding])
        /// Drop what carries none.
        case exceptAnyOf([Coding])
    }

    package let decision: Decision
    /// All of them hold.
    package let redactions: [Redaction]
    /// Consents on which a person has to look, by index.
    package let review: [Int: [CompiledConsent.Review]]

    package static func == (left: ConsentDisclosure, right: ConsentDisclosure) -> Bool {
        left.decision == right.decision && left.redactions == right.redactions && left.review == right.review
    }
}

extension ConsentDisclosure {
    /// - Parameter classes: the types of resources asked for; empty for all.
    package init(
        _ consents: [FHIRConsent], _ request: ConsentRequest, classes: [Coding] = [], _ audience: ConsentAudience
    ) throws(NotComputable) {
        var review: [Int: [CompiledConsent.Review]] = [:]
        var roots: [ConsentRule] = []
        for (index, consent) in consents.enumerated() where consent.isCandidate {
            switch consent.tree() {
            case .success(let root): roots.append(root)
            case .failure(let error): review[index] = error.reviews
            }
        }
        let probe = try ConsentProbe(roots, request, classes, audience)
        (decision, redactions) = probe.answer()
        self.review = review
    }
}

/// Decides made-up records, each of which carries what one rule speaks of, by the policies of all consents.
private struct ConsentProbe {
    let policies: PolicySet
    let request: ConsentRequest
    let audience: ConsentAudience
    let roots: [ConsentRule]
    let types: Set<String>
    let classes: [Coding]

    init(
        _ roots: [ConsentRule], _ request: ConsentRequest, _ classes: [Coding], _ audience: ConsentAudience
    ) throws(NotComputable) {
        var set = PolicySet()
        for (index, root) in roots.enumerated() {
            let policies = try ConsentPolicies(root, audience)
            for body in [policies.permit, policies.forbid].compactMap({ $0 }) {
                let id = CedarString("\(index)/\(body.effect.rawValue)")
                guard (try? set.add(body, id: id)) != nil else {
                    throw NotComputable(reviews: [.init(place: "provision", reason: "it nests too deep to be decided by")])
                }
            }
        }
        policies = set
        (self.roots, self.request, self.classes, self.audience) = (roots, request, classes, audience)
        types = Set(
            classes.compactMap { if case .type(let type) = ConsentCodes.recordClass($0) { type } else { nil } })
    }

    func answer() -> (ConsentDisclosure.Decision, [ConsentDisclosure.Redaction]) {
        let plain = decide(record())
        // What a permit is about bounds it: what carries nothing of that is dropped.
        let isBounded = roots.contains { $0.kind == .permit && $0.hasDataCriteria }
        guard plain == .permit, !isBounded else { return answerWhereBounded(plain) }
        let dropped = codes(of: .deny) { decide($0) != .permit }
        return (.permit, dropped.isEmpty ? [] : [.anyOf(dropped)])
    }

    private func answerWhereBounded(
        _ plain: ConsentDisclosure.Decision
    ) -> (ConsentDisclosure.Decision, [ConsentDisclosure.Redaction]) {
        let kept = codes(of: .permit, alone: true) { decide($0) == .permit }
        guard !kept.isEmpty else { return (plain == .permit ? .deny : plain, []) }
        let dropped = codes(of: .deny) { decide($0) == .deny }.filter { !kept.contains($0) }
        return (.permit, [.exceptAnyOf(kept)] + (dropped.isEmpty ? [] : [.anyOf(dropped)]))
    }

    private func decide(_ record: ConsentRecord) -> ConsentDisclosure.Decision {
        // Only names that lie in themselves throw.
        guard let situation = try? ConsentSituation(request, record, in: audience.patient) else { return .deny }
        let response = policies.authorize(situation.request, entities: situation.entities)
        guard response.diagnostics.errors.isEmpty else { return .deny }
        if response.decision == .allow { return .permit }
        return response.diagnostics.reasons.isEmpty ? .noConsent : .deny
    }
}

// Records that carry what a rule speaks of
extension ConsentProbe {
    /// Labelled, open and about nothing but these, of the types asked for.
    private func record(labels: [Coding] = [], classes: [Coding] = [], codes: [Coding] = []) -> ConsentRecord {
        let topics = ConsentCodes.topics(labels, .permit)
        var record = ConsentRecord(
            confidentiality: ConsentCodes.ranks(labels, .permit).max() ?? 0, labels: topics, sensitivities: topics,
            types: types.isEmpty ? ["Basic"] : types)
        for coding in classes {
            switch ConsentCodes.recordClass(coding) {
            case .type(let type): record.types = [type]
            case .mediaType(let type): record.mediaType = type
            case .unknown: break
            }
        }
        record.codes = Set(codes.map(\.description))
        return record
    }

    /// The codes of all rules of a kind whose record, with one code of every other criterion of the rule, is decided so.
    ///
    /// - Parameter alone: only of rules with one criterion: to keep what carries one of two would keep too much.
    private func codes(of kind: ConsentRule.Kind, alone: Bool = false, where holds: (ConsentRecord) -> Bool) -> [Coding] {
        var found: [Coding] = []
        for rule in roots.flatMap(\.all) where rule.kind == kind {
            let criteria = [rule.labels, rule.classes, rule.codes.flatMap { $0 }]
            guard !alone || criteria.count(where: { !$0.isEmpty }) == 1 && rule.isOnlyCodes else { continue }
            for (index, criterion) in criteria.enumerated() {
                for coding in criterion where isAsked(coding) && !found.contains(coding) {
                    var one = criteria.map { Array($0.prefix(1)) }
                    one[index] = [coding]
                    if holds(record(labels: one[0], classes: one[1], codes: one[2])) { found.append(coding) }
                }
            }
        }
        return found
    }

    private func isAsked(_ coding: Coding) -> Bool {
        guard case .type(let type) = ConsentCodes.recordClass(coding), !types.isEmpty else { return true }
        return types.contains(type)
    }
}

extension ConsentRule {
    fileprivate var all: [ConsentRule] { [self] + rules.flatMap(\.all) }

    /// Whether nothing beside codes says what it is about.
    fileprivate var isOnlyCodes: Bool { dataPeriod == nil && data.isEmpty && authors.isEmpty }
}
