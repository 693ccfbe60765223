import Cedar
import MedicalRecords

/// The criteria of one rule as conditions of a policy.
///
/// What is not known makes two of each condition: it holds *surely* if it holds whatever the unknown is, and *possibly* if it could. A
/// permit counts if it surely holds and a denial if it possibly does.
struct ConsentCriteria {
    enum Bound {
        case surely, possibly
    }

    let rule: ConsentRule
    let kind: ConsentRule.Kind
    let audience: ConsentAudience
    /// Whether it stands inside another rule.
    let isException: Bool

    /// Who asks, why, what for and when: no exception reaches outside of that.
    func applies(_ bound: Bound) -> ConsentFormula {
        .all([period, actors(bound), purposes(bound), actions])
    }

    /// What it is about, read as this rule means it.
    ///
    /// - Parameter kind: whose way of reading: a label is a ceiling for a permit and a floor for a denial.
    func matches(_ kind: ConsentRule.Kind, _ bound: Bound) -> ConsentFormula {
        .all([
            labels(kind, bound), classes(kind, bound), codes(kind, bound), dataPeriod(kind, bound), data(kind, bound),
            authors(kind, bound),
        ])
    }

    private var resource: Expression { Expression(.variable(.resource)) }
    private var isLabelled: ConsentFormula { .holds(.attribute("labelled", of: .resource)) }
}

// The request
extension ConsentCriteria {
    private var period: ConsentFormula {
        let now = Expression.attribute("now", of: .context)
        return .all([
            rule.period?.first.map { .test(.greaterOrEqual, now, ConsentFormula.instant($0)) } ?? .always,
            rule.period?.next.map { .test(.less, now, ConsentFormula.instant($0)) } ?? .always,
        ])
    }

    private func actors(_ bound: Bound) -> ConsentFormula {
        guard !rule.recipients.isEmpty else { return .always }
        let known = rule.recipients.filter { ConsentCodes.isRecipient($0.roles) && audience.knows($0.reference) }
        if known.count < rule.recipients.count, kind == .deny { return .always }
        return isOne(Expression(.variable(.principal)), of: known.map(\.reference), bound)
    }

    private func isOne(_ who: Expression, of references: [ConsentReference], _ bound: Bound) -> ConsentFormula {
        let names = Set(references.flatMap(\.names).map(EntityUID.organization(named:)))
        let isNamed = ConsentFormula.isIn(who, names)
        guard bound == .possibly, !names.isEmpty else { return isNamed }
        return .any([isNamed, .test(.equal, who, .entity(.unstatedOrganization))])
    }

    private func purposes(_ bound: Bound) -> ConsentFormula {
        guard !rule.purposes.isEmpty else { return .always }
        let purpose = Expression.attribute("purpose", of: .context)
        let names = Set(rule.purposes.flatMap { ConsentCodes.purposes($0, kind) }.map { EntityUID.purpose($0) })
        let isListed = ConsentFormula.isIn(purpose, names)
        guard bound == .possibly else { return isListed }
        // One that is none of HL7's may be any: no exception lets it slip through.
        guard isException else { return .any([isListed, .test(.equal, purpose, .entity(.unstatedPurpose))]) }
        return .any([isListed, !.isIn(purpose, [.purpose("PurposeOfUse")])])
    }

    private var actions: ConsentFormula {
        guard !rule.actions.isEmpty else { return .always }
        let names = rule.actions.reduce(into: Set<String>()) { $0.formUnion(ConsentCodes.actions($1, kind)) }
        if names == ConsentCodes.disclosures { return .always }
        return .isIn(Expression(.variable(.action)), Set(names.map { EntityUID(type: "Action", id: CedarString($0)) }))
    }
}

// The data
extension ConsentCriteria {
    private func labels(_ kind: ConsentRule.Kind, _ bound: Bound) -> ConsentFormula {
        guard !rule.labels.isEmpty else { return .always }
        let ranks = ConsentCodes.ranks(rule.labels, kind)
        let names = ConsentCodes.topics(rule.labels, kind)
        let isTopic = ConsentFormula.isIn(resource, Set(names.map { EntityUID.label($0) }))
        let confidentiality = Expression.attribute("confidentiality", of: .resource)
        switch kind {
        case .permit:
            let covered = Set(names.flatMap { SensitivityCodes.tree.family(of: $0) }.map { EntityUID.label($0) })
            let all = ConsentFormula.test(
                .containsAll, .entities(covered), .attribute("sensitivities", of: .resource))
            let isBelow = ranks.max().map {
                ConsentFormula.test(.lessOrEqual, confidentiality, Expression(.literal(.long($0))))
            }
            return .all([isLabelled, isBelow ?? .always, names.isEmpty ? .always : .all([isTopic, all])])
        case .deny:
            let isAbove = ranks.min().map {
                ConsentFormula.test(.greaterOrEqual, confidentiality, Expression(.literal(.long($0))))
            }
            let isMeant = ConsentFormula.any([isAbove ?? .never, isTopic])
            return bound == .surely ? .all([isLabelled, isMeant]) : .any([!isLabelled, isMeant])
        }
    }

    private func classes(_ kind: ConsentRule.Kind, _ bound: Bound) -> ConsentFormula {
        guard !rule.classes.isEmpty else { return .always }
        var types: Set<String> = []
        var media: [ConsentFormula] = []
        for coding in rule.classes {
            switch ConsentCodes.recordClass(coding) {
            case .type(let type): types.insert(type)
            case .mediaType(let type): media.append(.test(.equal, .attribute("mediaType", of: .resource), .text(type)))
            case .unknown: if bound == .possibly { return .always }
            }
        }
        let held = Expression.attribute("types", of: .resource)
        let isOfTypes: ConsentFormula = kind == .permit ? .isCovered(held, types) : .shares(held, types)
        // Nobody looks into a file, so it may hold anything.
        let isFile: ConsentFormula = bound == .possibly && !types.isEmpty ? .holds(Expression(.isEmpty(held))) : .never
        return .any(media + [isOfTypes, isFile])
    }

    private func codes(_ kind: ConsentRule.Kind, _ bound: Bound) -> ConsentFormula {
        guard !rule.codes.isEmpty else { return .always }
        let hasUnknown = rule.codes.contains(where: \.isEmpty)
        if bound == .possibly, hasUnknown { return .always }
        let codes = Set(rule.codes.flatMap { $0 }.map(\.description))
        return held("codes", bound) { .shares($0, codes) }
    }

    private func held(_ name: CedarString, _ bound: Bound, _ passes: (Expression) -> ConsentFormula) -> ConsentFormula {
        switch bound {
        case .surely: .known(name, passes)
        case .possibly: .unknown(name, or: passes)
        }
    }

    private func dataPeriod(_ kind: ConsentRule.Kind, _ bound: Bound) -> ConsentFormula {
        guard let period = rule.dataPeriod else { return .always }
        let days = ConsentDays(period, kind)
        // All of a record's days for a permit, one for a denial.
        let (behindStart, beforeEnd): (CedarString, CedarString) =
            kind == .permit ? ("earliest", "latest") : ("latest", "earliest")
        return .all([
            days.first.map { first in
                held(behindStart, bound) { .test(.greaterOrEqual, $0, ConsentFormula.instant(first)) }
            } ?? held(behindStart, bound) { _ in .always },
            days.next.map { next in
                held(beforeEnd, bound) { .test(.less, $0, ConsentFormula.instant(next)) }
            } ?? held(beforeEnd, bound) { _ in .always },
        ])
    }

    private func data(_ kind: ConsentRule.Kind, _ bound: Bound) -> ConsentFormula {
        guard !rule.data.isEmpty else { return .always }
        return .any(rule.data.map { datum($0, kind, bound) })
    }

    private func datum(_ datum: ConsentRule.Datum, _ kind: ConsentRule.Kind, _ bound: Bound) -> ConsentFormula {
        if datum.meaning == .authoredBy { return authored(by: [datum.reference], bound) }
        guard let address = datum.reference.address else { return bound == .possibly ? .always : .never }
        let isItself = held("resources", bound) { kind == .permit ? .isCovered($0, [address]) : .shares($0, [address]) }
        switch datum.meaning {
        case .instance, .authoredBy: return isItself
        case .related: return .any([isItself, held("refersTo", bound) { .shares($0, [address]) }])
        case .dependents: return .any([isItself, held("dependsOn", bound) { .shares($0, [address]) }])
        }
    }

    private func authors(_ kind: ConsentRule.Kind, _ bound: Bound) -> ConsentFormula {
        rule.authors.isEmpty ? .always : authored(by: rule.authors.map(\.reference), bound)
    }

    private func authored(by references: [ConsentReference], _ bound: Bound) -> ConsentFormula {
        let known = references.filter { audience.knows($0) }
        if known.count < references.count, bound == .possibly { return .always }
        return isOne(.attribute("author", of: .resource), of: known, bound)
    }
}

/// A data period in whole days, as clinical dates are: inwards for a permit, outwards for a denial.
struct ConsentDays {
    /// Midnights, in milliseconds since 1970.
    let first: Int64?
    let next: Int64?

    init(_ period: ConsentPeriod, _ kind: ConsentRule.Kind) {
        let isPermit = kind == .permit
        first = Self.midnight(at: period.first, up: isPermit)
        next = Self.midnight(at: period.next, up: !isPermit)
    }

    // No `map`: Swift 6.3.1 does not survive optimising one in the initialiser.
    private static func midnight(at instant: Int64?, up isUp: Bool) -> Int64? {
        guard let instant else { return nil }
        return isUp ? up(instant) : down(instant)
    }

    private static func down(_ instant: Int64) -> Int64 { instant - time(instant) }
    private static func up(_ instant: Int64) -> Int64 { time(instant) == 0 ? instant : down(instant) + ConsentInstant.day }

    private static func time(_ instant: Int64) -> Int64 {
        let time = instant % ConsentInstant.day
        return time < 0 ? time + ConsentInstant.day : time
    }
}
