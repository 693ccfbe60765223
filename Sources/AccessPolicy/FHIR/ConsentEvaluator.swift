import Cedar
import MedicalRecords

/// What a consent says of one record and one request.
package enum ConsentVerdict: Hashable, Sendable {
    /// By the rule at this place, such as `provision.provision[1]`.
    case permit(String)
    case deny(String)
    /// It does not apply.
    case silent
    case notComputable([CompiledConsent.Review])
}

/// Decides by the tree of rules itself. What is made into policies is made another way, and tests hold the two against each other; this
/// one says which rule it was.
package struct ConsentEvaluator {
    let request: ConsentRequest
    let record: ConsentRecord
    let audience: ConsentAudience

    package init(_ request: ConsentRequest, _ record: ConsentRecord, _ audience: ConsentAudience) {
        self.request = request
        self.record = record
        self.audience = audience
    }

    package func verdict(_ consent: FHIRConsent) -> ConsentVerdict {
        guard consent.isCandidate else { return .silent }
        switch consent.tree() {
        case .failure(let error): return .notComputable(error.reviews)
        case .success(let root): return limited(verdict(root), root)
        }
    }

    /// To whom the grant names and what it opens.
    private func limited(_ verdict: ConsentVerdict, _ root: ConsentRule) -> ConsentVerdict {
        let isGrantee = audience.requester.map { request.requester.contains($0.id.description) } ?? true
        switch verdict {
        case .permit: return isGrantee && audience.category.map { $0 == record.category } ?? true ? verdict : .silent
        case .deny: return isGrantee || audience.reachesOthers(root) ? verdict : .silent
        case .silent, .notComputable: return verdict
        }
    }

    private func verdict(_ root: ConsentRule) -> ConsentVerdict {
        let applies = applies(root, isException: false)
        guard applies != .no else { return .silent }
        var outcomes = outcomesWhereApplied(root, at: "provision", inside: [])
        // Nothing but what the permit is about.
        if root.kind == .permit, let place = outcomes.places.removeValue(forKey: .nothing) {
            outcomes.places[.denies] = outcomes.places[.denies] ?? place
        }
        if applies == .unknown { outcomes.places[.nothing] = "provision" }
        if let place = outcomes.places[.denies] { return .deny(place) }
        guard let place = outcomes.places[.permits], outcomes.places.count == 1 else { return .silent }
        return .permit(place)
    }
}

/// Yes, no, or that depends on what is not known.
private enum Match {
    case no, unknown, yes

    init(_ holds: Bool) { self = holds ? .yes : .no }

    static func all(_ matches: [Match]) -> Match {
        matches.contains(.no) ? .no : matches.contains(.unknown) ? .unknown : .yes
    }

    static func any(_ matches: [Match]) -> Match {
        matches.contains(.yes) ? .yes : matches.contains(.unknown) ? .unknown : .no
    }
}

/// Whatever a rule may come to, with the place of the rule that decides it.
private struct Outcomes {
    enum Outcome: Int, Comparable {
        case nothing, permits, denies

        static func < (left: Outcome, right: Outcome) -> Bool { left.rawValue < right.rawValue }
    }

    var places: [Outcome: String]

    /// Of two siblings: one that denies wins over one that permits.
    func combined(with other: Outcomes) -> Outcomes {
        var places: [Outcome: String] = [:]
        for (mine, myPlace) in self.places.sorted(by: { $0.key < $1.key }) {
            for (its, itsPlace) in other.places.sorted(by: { $0.key < $1.key }) {
                let stronger = max(mine, its)
                places[stronger] = places[stronger] ?? (mine == stronger ? myPlace : itsPlace)
            }
        }
        return Outcomes(places: places)
    }
}

// The tree
extension ConsentEvaluator {
    private func outcomes(of rule: ConsentRule, at place: String, inside outer: [ConsentRule]) -> Outcomes {
        let applies = applies(rule, isException: true)
        guard applies != .no else { return Outcomes(places: [.nothing: place]) }
        var outcomes = outcomesWhereApplied(rule, at: place, inside: outer)
        if applies == .unknown { outcomes.places[.nothing] = outcomes.places[.nothing] ?? place }
        return outcomes
    }

    private func outcomesWhereApplied(_ rule: ConsentRule, at place: String, inside outer: [ConsentRule]) -> Outcomes {
        let inner = rule.rules.enumerated().reduce(Outcomes(places: [.nothing: place])) { outcomes, exception in
            outcomes.combined(
                with: self.outcomes(of: exception.element, at: "\(place).provision[\(exception.offset)]", inside: outer + [rule]))
        }
        var places = inner.places
        if places.removeValue(forKey: .nothing) != nil {
            let own: Outcomes.Outcome = rule.kind == .permit ? .permits : .denies
            let matches = isAbout(rule, outer)
            if matches != .no { places[own] = places[own] ?? place }
            if matches != .yes { places[.nothing] = place }
        }
        return Outcomes(places: places)
    }

    private func applies(_ rule: ConsentRule, isException: Bool) -> Match {
        let kind = rule.kind ?? .deny
        if let first = rule.period?.first, request.now < first { return .no }
        if let next = rule.period?.next, request.now >= next { return .no }
        if !rule.actions.isEmpty, !rule.actions.contains(where: { ConsentCodes.actions($0, kind).contains(request.action) }) {
            return .no
        }
        return .all([isFor(rule.recipients, kind), isPurpose(rule.purposes, kind, isException: isException)])
    }

    private func isFor(_ actors: [ConsentRule.Actor], _ kind: ConsentRule.Kind) -> Match {
        if actors.isEmpty { return .yes }
        return .any(
            actors.map { actor in
                guard ConsentCodes.isRecipient(actor.roles), audience.knows(actor.reference) else { return Match(kind == .deny) }
                return isNamed(actor.reference, among: request.requester)
            })
    }

    private func isNamed(_ reference: ConsentReference, among names: Set<String>) -> Match {
        names.isEmpty ? .unknown : Match(!names.isDisjoint(with: reference.names))
    }

    private func isPurpose(_ purposes: [Coding], _ kind: ConsentRule.Kind, isException: Bool) -> Match {
        if purposes.isEmpty { return .yes }
        if request.purposes.isEmpty { return .unknown }
        let stated = request.purposes.union(request.purposes.flatMap { PurposeCodes.tree.ancestors(of: $0) })
        if purposes.contains(where: { !stated.isDisjoint(with: ConsentCodes.purposes($0, kind)) }) { return .yes }
        // One that nobody knows may be any.
        let isKnown = request.purposes.contains(where: PurposeCodes.tree.contains)
        return isException && !isKnown ? .unknown : .no
    }

    /// Whether a rule is about this record.
    private func isAbout(_ rule: ConsentRule, _ outer: [ConsentRule]) -> Match {
        let kind = rule.kind ?? .deny
        if rule.hasDataCriteria || kind == .deny { return matches(rule, as: kind) }
        guard let source = outer.last(where: \.hasDataCriteria) else { return .yes }
        return .all([matches(source, as: source.kind ?? .deny), matches(source, as: .permit)])
    }
}

// The record
extension ConsentEvaluator {
    private func matches(_ rule: ConsentRule, as kind: ConsentRule.Kind) -> Match {
        var matches: [Match] = []
        if !rule.labels.isEmpty { matches.append(labels(rule.labels, kind)) }
        if !rule.classes.isEmpty { matches.append(.any(rule.classes.map(recordClass)).and(covers(rule.classes, kind))) }
        if !rule.codes.isEmpty { matches.append(.any(rule.codes.map(code))) }
        if let period = rule.dataPeriod { matches.append(isWithin(period, kind)) }
        if !rule.data.isEmpty { matches.append(.any(rule.data.map { datum($0, kind) })) }
        if !rule.authors.isEmpty { matches.append(.any(rule.authors.map { author($0.reference) })) }
        return .all(matches)
    }

    private func labels(_ labels: [Coding], _ kind: ConsentRule.Kind) -> Match {
        guard record.isLabelled else { return .unknown }
        let (ranks, topics) = (ConsentCodes.ranks(labels, kind), ConsentCodes.topics(labels, kind))
        func isBelowTopic(_ label: String) -> Bool {
            topics.contains(label) || SensitivityCodes.tree.ancestors(of: label).contains(where: topics.contains)
        }
        switch kind {
        case .permit:
            let isLow = ranks.max().map { record.confidentiality <= $0 } ?? true
            let isTopic =
                topics.isEmpty || record.labels.contains(where: isBelowTopic) && record.sensitivities.allSatisfy(isBelowTopic)
            return Match(isLow && isTopic)
        case .deny:
            return Match(ranks.contains { record.confidentiality >= $0 } || record.labels.contains(where: isBelowTopic))
        }
    }

    private func recordClass(_ coding: Coding) -> Match {
        switch ConsentCodes.recordClass(coding) {
        case .type(let type): record.types.isEmpty ? .unknown : Match(record.types.contains(type))
        case .mediaType(let type): Match(record.mediaType == type)
        case .unknown: .unknown
        }
    }

    /// For a permit every type in the record is to be listed, unless it is permitted by its form.
    private func covers(_ classes: [Coding], _ kind: ConsentRule.Kind) -> Match {
        guard kind == .permit else { return .yes }
        let isOfForm = classes.contains { ConsentCodes.recordClass($0) == .mediaType(record.mediaType) }
        let listed = Set(classes.map(ConsentCodes.recordClass))
        return Match(isOfForm || record.types.allSatisfy { listed.contains(.type($0)) })
    }

    private func code(_ concept: [Coding]) -> Match {
        guard let codes = record.codes, !concept.isEmpty else { return .unknown }
        return Match(concept.contains { codes.contains($0.description) })
    }

    private func isWithin(_ period: ConsentPeriod, _ kind: ConsentRule.Kind) -> Match {
        let days = ConsentDays(period, kind)
        let isBehind = (kind == .permit ? record.earliest : record.latest).map { day in
            Match(days.first.map { day >= $0 } ?? true)
        }
        let isBefore = (kind == .permit ? record.latest : record.earliest).map { day in
            Match(days.next.map { day < $0 } ?? true)
        }
        return .all([isBehind ?? .unknown, isBefore ?? .unknown])
    }

    private func datum(_ datum: ConsentRule.Datum, _ kind: ConsentRule.Kind) -> Match {
        if datum.meaning == .authoredBy { return author(datum.reference) }
        guard let address = datum.reference.address else { return .unknown }
        let isItself: Match =
            record.resources.map { resources in
                Match(kind == .permit ? resources == [address] : resources.contains(address))
            } ?? .unknown
        func isAmong(_ references: Set<String>?) -> Match { references.map { Match($0.contains(address)) } ?? .unknown }
        switch datum.meaning {
        case .instance, .authoredBy: return isItself
        case .related: return .any([isItself, isAmong(record.refersTo)])
        case .dependents: return .any([isItself, isAmong(record.dependsOn)])
        }
    }

    private func author(_ reference: ConsentReference) -> Match {
        audience.knows(reference) ? isNamed(reference, among: record.authors) : .unknown
    }
}

extension Match {
    fileprivate func and(_ other: Match) -> Match { .all([self, other]) }
}
