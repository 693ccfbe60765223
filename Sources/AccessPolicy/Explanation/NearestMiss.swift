import Cedar
package import CryptoPrimitives
import MedicalRecords

/// What kept a grant from permitting a request for a record: each condition that is not met, by the same policies that decide.
package struct NearestMiss: Hashable, Sendable {
    package enum Unmet: Hashable, Sendable {
        case ended
        case notYet(Day)
        case over(Day)
        /// It is somebody else's.
        case requester
        case action
        /// What it is about, and for.
        case category(String)
        case purposes([String])
        /// Nothing that can be decided by.
        case permitsNothing
        case unreadable
        /// A condition in words.
        case condition(String)
    }

    package let grant: ConsentScope
    /// Empty if the grant permits.
    package let unmet: [Unmet]

    /// `nil` if the inputs name no grant, or the record's facts cannot be read.
    package init?(_ inputs: DecisionInputs, _ candidate: Candidate) {
        guard let grant = inputs.grant, let facts = try? StoredFacts(canonical: candidate.facts) else { return nil }
        self.grant = grant.scope
        let compiled = ConsentCompiler.compile(inputs.consent, grant.scope)
        var unmet = Self.unmetByGrant(grant, inputs)
        if let permit = compiled.permit {
            unmet += Self.unmet(permit.body, inputs, grant, compiled.consented, candidate, facts)
        } else {
            unmet.append(compiled.review.isEmpty ? .permitsNothing : .unreadable)
        }
        self.unmet = unmet
    }

    private static func unmetByGrant(_ grant: GrantFacts, _ inputs: DecisionInputs) -> [Unmet] {
        var unmet: [Unmet] = []
        if grant.grantee != inputs.request.actor { unmet.append(.requester) }
        if grant.isRevoked { unmet.append(.ended) }
        if inputs.now.day < grant.from { unmet.append(.notYet(grant.from)) }
        if grant.until <= inputs.now.day { unmet.append(.over(grant.until)) }
        return unmet
    }

    private static func unmet(
        _ permit: PolicyBody, _ inputs: DecisionInputs, _ grant: GrantFacts, _ consented: Consented, _ candidate: Candidate,
        _ facts: StoredFacts
    ) -> [Unmet] {
        let situation = RequestEntities(inputs, of: grant.compartment, consented, inputs.policies?.library)
        let record = situation.record(candidate, facts)
        guard let entities = situation.entities(with: [record]) else { return [.unreadable] }
        let request = situation.request(for: record.uid)
        func holds(_ expression: Expression) -> Bool { (try? expression.evaluate(request, entities: entities)) == .bool(true) }
        var unmet: [Unmet] = []
        if let action = permit.action.condition, !holds(action) { unmet.append(.action) }
        for condition in permit.conditions {
            switch condition.kind {
            case .when:
                for conjunct in condition.expression.conjuncts where !holds(conjunct) { unmet.append(conjunct.unmet) }
            case .unless:
                if holds(condition.expression) { unmet.append(.condition("not if \(PolicyWords.words(condition.expression))")) }
            }
        }
        return unmet
    }
}

extension ActionConstraint {
    fileprivate var condition: Expression? {
        let action = Expression(.variable(.action))
        switch self {
        case .any: return nil
        case .equal(let uid): return Expression(.binary(.equal, action, .entity(uid)))
        case .in(let uid): return Expression(.binary(.in, action, .entity(uid)))
        case .inAny(let uids): return Expression(.binary(.in, action, .entities(uids)))
        }
    }
}

extension Expression {
    /// What must hold together, each by itself.
    fileprivate var conjuncts: [Expression] {
        if case .and(let parts) = kind { parts.flatMap(\.conjuncts) } else { [self] }
    }

    /// This, as a condition that is not met.
    fileprivate var unmet: NearestMiss.Unmet {
        if case .binary(.equal, let left, let right) = kind, left == Self.category,
            case .literal(.string(let category)) = right.kind
        {
            return .category(category.text)
        }
        if case .binary(.contains, let set, let element) = kind, element == Self.purpose, case .set(let purposes) = set.kind {
            return .purposes(purposes.compactMap(\.purpose))
        }
        return .condition(PolicyWords.words(self))
    }

    private static let category = Expression.attribute("category", of: .resource)
    private static let purpose = Expression.attribute("purpose", of: .context)

    private var purpose: String? {
        guard case .literal(.entity(let uid)) = kind, uid.type == "Purpose" else { return nil }
        return PurposeWords.words(uid.id.text)
    }
}

extension NearestMiss.Unmet: CustomStringConvertible {
    /// For the patient.
    package var description: String {
        switch self {
        case .ended: "you have ended it"
        case .notYet(let day): "it begins on \(day)"
        case .over(let day): "it was over on \(day)"
        case .requester: "it is somebody else's"
        case .action: "it does not allow that"
        case .category(let category): "it is for \(category) records"
        case .purposes(let purposes): "it is for \(PolicyWords.list(purposes, "or"))"
        case .permitsNothing: "it lets nobody read anything"
        case .unreadable: "what it says cannot be computed"
        case .condition(let words): "it asks that \(words)"
        }
    }
}
