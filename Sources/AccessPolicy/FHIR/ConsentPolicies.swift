package import Cedar

/// A consent as at most one permit and one forbid, which never both hold.
///
/// For each rule two conditions are made, over what surely and what possibly holds: that it permits, and that it denies. Its exceptions
/// stand inside them, and what denies says `!` of what permits, at every depth.
package struct ConsentPolicies: Sendable {
    package let permit: PolicyBody?
    package let forbid: PolicyBody?

    /// Nodes of both conditions. A consent that says more is left to people.
    package static let maximumSize = 5_000

    package init(_ root: ConsentRule, _ audience: ConsentAudience) throws(NotComputable) {
        let outcome = ConsentTree(audience: audience).root(root)
        let size = [outcome.permits, outcome.denies].reduce(0) { $0 + $1.size(upTo: Self.maximumSize) }
        guard size <= Self.maximumSize else {
            throw NotComputable(reviews: [.init(place: "provision", reason: "it says more than can be decided by")])
        }
        let category = audience.category.map {
            ConsentFormula.test(.equal, .attribute("category", of: .resource), .text($0))
        }
        let requester: ScopeConstraint = audience.requester.map { .equal(.uid($0)) } ?? .any
        permit = Self.body(.permit, requester, .all([category ?? .always, outcome.permits]), audience)
        forbid = Self.body(
            .forbid, audience.reachesOthers(root) ? .any : requester, outcome.denies, audience)
    }

    private static func body(
        _ effect: Effect, _ principal: ScopeConstraint, _ formula: ConsentFormula, _ audience: ConsentAudience
    ) -> PolicyBody? {
        let conditions: [PolicyBody.Condition]
        switch formula {
        case .never: return nil
        case .always: conditions = []
        case .holds(let expression): conditions = [.init(.when, expression)]
        }
        return PolicyBody(
            effect: effect, principal: principal, action: .in(EntityUID(type: "Action", id: "disclose")),
            resource: .in(.uid(audience.patient)), conditions: conditions)
    }
}

/// The conditions of each rule, inside out.
private struct ConsentTree {
    struct Outcome {
        let permits: ConsentFormula
        let denies: ConsentFormula
    }

    let audience: ConsentAudience

    /// Outside what a permit is about, it denies; outside what a denial is about, nothing is said.
    func root(_ rule: ConsentRule) -> Outcome {
        let parts = parts(of: rule, [])
        guard rule.kind == .permit else { return parts.outcome(.deny) }
        let isPermitted = ConsentFormula.any([parts.inner.permits, parts.surelyMatches])
        return Outcome(
            permits: .all([parts.surelyApplies, !parts.inner.denies, isPermitted]),
            denies: .all([parts.possiblyApplies, .any([parts.inner.denies, !isPermitted])]))
    }

    /// A rule, and what of it decides.
    struct Parts {
        let surelyApplies: ConsentFormula
        let possiblyApplies: ConsentFormula
        let surelyMatches: ConsentFormula
        let possiblyMatches: ConsentFormula
        /// Of its exceptions together: one that denies wins.
        let inner: Outcome

        func outcome(_ kind: ConsentRule.Kind) -> Outcome {
            switch kind {
            case .permit:
                Outcome(
                    permits: .all([surelyApplies, !inner.denies, .any([inner.permits, surelyMatches])]),
                    denies: .all([possiblyApplies, inner.denies]))
            case .deny:
                Outcome(
                    permits: .all([surelyApplies, !inner.denies, inner.permits]),
                    denies: .all(
                        [possiblyApplies, .any([inner.denies, .all([!inner.permits, possiblyMatches])])]))
            }
        }
    }

    private func parts(of rule: ConsentRule, _ outer: [ConsentRule]) -> Parts {
        let kind = rule.kind ?? .deny
        let criteria = ConsentCriteria(rule: rule, kind: kind, audience: audience, isException: !outer.isEmpty)
        let inner = rule.rules.map { parts(of: $0, outer + [rule]).outcome($0.kind ?? .deny) }
        return Parts(
            surelyApplies: criteria.applies(.surely), possiblyApplies: criteria.applies(.possibly),
            surelyMatches: kind == .permit ? permitted(criteria, outer) : .never,
            possiblyMatches: criteria.matches(.deny, .possibly),
            inner: Outcome(permits: .any(inner.map(\.permits)), denies: .any(inner.map(\.denies))))
    }

    /// A permit that does not say what it is about is about what the nearest rule around it says.
    private func permitted(_ criteria: ConsentCriteria, _ outer: [ConsentRule]) -> ConsentFormula {
        guard !criteria.rule.hasDataCriteria, let source = outer.last(where: \.hasDataCriteria) else {
            return criteria.matches(.permit, .surely)
        }
        let inherited = ConsentCriteria(rule: source, kind: source.kind ?? .deny, audience: audience, isException: true)
        let asPermit = inherited.matches(.permit, .surely)
        return source.kind == .permit ? asPermit : .all([inherited.matches(.deny, .surely), asPermit])
    }
}

extension ConsentFormula {
    /// Nodes, counted no further than a bound.
    fileprivate func size(upTo bound: Int) -> Int {
        guard case .holds(let expression) = self else { return 0 }
        var count = 0
        var waiting = [expression]
        while let next = waiting.popLast(), count <= bound {
            count += 1
            next.kind.forEachChild { waiting.append($0) }
        }
        return count
    }
}
