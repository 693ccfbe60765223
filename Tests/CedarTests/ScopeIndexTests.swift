import TestSupport
import Testing

@testable import Cedar

struct `The scope index` {
    /// What a scope means, said once more and without an index.
    private static func isMet(_ constraint: ScopeConstraint, _ uid: EntityUID, _ entities: Entities) -> Bool {
        switch constraint {
        case .any: true
        case .equal(.uid(let other)): uid == other
        case .in(.uid(let other)): entities.isIn(uid, other)
        case .is(let type): uid.type == type
        case .isIn(let type, .uid(let other)): uid.type == type && entities.isIn(uid, other)
        case .equal(.slot), .in(.slot), .isIn(_, .slot): false
        }
    }

    private static func isMet(_ constraint: ActionConstraint, _ uid: EntityUID, _ entities: Entities) -> Bool {
        switch constraint {
        case .any: true
        case .equal(let other): uid == other
        case .in(let other): entities.isIn(uid, other)
        case .inAny(let others): others.contains { entities.isIn(uid, $0) }
        }
    }

    /// The answer when every policy's scope is looked at, one after the other, and what is left has none.
    private static func scan(_ set: PolicySet, _ request: Request, _ entities: Entities) throws -> Response {
        var bodies = set.policies.mapValues(\.body)
        for link in set.links.values {
            guard var body = set.templates[link.templateID]?.body else { continue }
            if let uid = link.values[.principal] { body.principal = body.principal.filled(with: uid) }
            if let uid = link.values[.resource] { body.resource = body.resource.filled(with: uid) }
            bodies[link.id] = body
        }
        var plain = PolicySet()
        for (id, body) in bodies
        where isMet(body.principal, request.principal, entities) && isMet(body.action, request.action, entities)
            && isMet(body.resource, request.resource, entities)
        {
            try plain.add(PolicyBody(effect: body.effect, conditions: body.conditions), id: id)
        }
        return plain.authorize(request, entities: entities)
    }

    @Test func `answers as a full scan does, while policies and links come and go`() throws {
        var generator = PolicyGenerator(seed: 20_261_123)
        var failures = Failures()
        var allowed = 0
        for _ in 0..<150 {
            let entities = try generator.entities()
            var set = PolicySet()
            var ids: [PolicyID] = []
            for number in 0..<60 {
                let id = CedarString("p\(number)")
                let isTemplate = generator.chance(30)
                try set.add(generator.body(slots: isTemplate, depth: 2), id: id)
                if let template = set.templates[id] {
                    for link in 0..<generator.number(0...3) {
                        let values = Dictionary(uniqueKeysWithValues: template.slots.map { ($0, generator.uid()) })
                        try set.add(Link(id: CedarString("\(id)-\(link)"), templateID: id, values: values))
                        ids.append(CedarString("\(id)-\(link)"))
                    }
                } else {
                    ids.append(id)
                }
                if generator.chance(30), !ids.isEmpty { try set.remove(ids.remove(at: generator.number(0...ids.count - 1))) }
            }
            for _ in 0..<12 {
                let request = generator.request()
                let answer = set.authorize(request, entities: entities)
                let expected = try Self.scan(set, request, entities)
                if answer.decision == .allow { allowed += 1 }
                failures.check(answer == expected, "\(request): \(answer), by scan \(expected)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(allowed > 100)
    }

    @Test func `several sets answer as one of all their policies does`() throws {
        var generator = PolicyGenerator(seed: 20_261_122)
        var failures = Failures()
        var (allowed, forbidden, failed) = (0, 0, 0)
        for _ in 0..<100 {
            let entities = try generator.entities()
            var whole = PolicySet()
            var parts = [PolicySet(), PolicySet(), PolicySet()]
            for number in 0..<20 {
                let (id, body) = (CedarString("p\(number)"), generator.body(slots: false, depth: 2))
                try whole.add(body, id: id)
                try parts[generator.number(0...2)].add(body, id: id)
            }
            for _ in 0..<12 {
                let request = generator.request()
                let expected = whole.authorize(request, entities: entities)
                failures.check(parts.authorize(request, entities: entities) == expected, "\(request): not \(expected)")
                if expected.decision == .allow { allowed += 1 } else if !expected.diagnostics.reasons.isEmpty { forbidden += 1 }
                if !expected.diagnostics.errors.isEmpty { failed += 1 }
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(allowed > 50 && forbidden > 50 && failed > 50, "\(allowed) \(forbidden) \(failed)")
    }

    @Test func `a policy that names no action applies to none`() throws {
        let set = try PolicySet(parsing: "permit(principal, action in [], resource);")
        let request = Request(principal: "U::\"a\"", action: "Action::\"a\"", resource: "U::\"b\"")
        #expect(set.authorize(request, entities: .empty).decision == .deny)
    }

    @Test func `a policy that names an action twice, or a group and its member, is one reason`() throws {
        let set = try PolicySet(parsing: "permit(principal, action in [Action::\"a\", Action::\"g\", Action::\"a\"], resource);")
        let entities = try Entities([Entity(uid: "Action::\"a\"", parents: ["Action::\"g\""])])
        let request = Request(principal: "U::\"a\"", action: "Action::\"a\"", resource: "U::\"b\"")
        #expect(set.authorize(request, entities: entities).diagnostics.reasons == ["policy0"])
    }

    @Test func `looks at none of ten thousand policies that cannot apply`() throws {
        var index = ScopeIndex()
        for number in 0..<10_000 {
            let principal = EntityUID(type: "User", id: CedarString("\(number)"))
            index.insert(
                Int32(number), Scope(principal: .equal(.uid(principal)), action: .any, resource: .in(.uid("R::\"shared\""))))
        }
        let entities = try Entities([Entity(uid: "R::\"r\"", parents: ["R::\"shared\""])])
        let request = Request(principal: "User::\"77\"", action: "Action::\"a\"", resource: "R::\"r\"")
        #expect(index.candidates(Situation(request, entities)) == [77])
    }
}
