import TestSupport
import Testing

@testable import Cedar

struct `A policy set` {
    private static let ann = EntityUID(type: "User", id: "ann")
    private static let read = EntityUID(type: "Action", id: "read")
    private static let file = EntityUID(type: "File", id: "f")
    private static let request = Request(principal: ann, action: read, resource: file)

    private static func set(_ text: String) throws -> PolicySet { try PolicySet(parsing: text) }

    private static func decide(_ set: PolicySet) -> (Decision, [PolicyID], [PolicyID]) {
        let response = set.authorize(request, entities: .empty)
        return (response.decision, response.diagnostics.reasons, response.diagnostics.errors.map(\.id))
    }

    @Test func `denies where nothing applies, and names no reason`() throws {
        #expect(Self.decide(PolicySet()) == (.deny, [], []))
        #expect(try Self.decide(Self.set("permit(principal == User::\"bob\", action, resource);")) == (.deny, [], []))
    }

    @Test func `a forbid wins, and is the only reason`() throws {
        let set = try Self.set(
            "permit(principal, action, resource); forbid(principal, action, resource); permit(principal, action, resource);")
        #expect(Self.decide(set) == (.deny, ["policy1"], []))
    }

    @Test func `every permit that applies is a reason, sorted as strings are`() throws {
        let text = String(repeating: "permit(principal, action, resource);", count: 12)
        let expected = (0..<12).map { CedarString("policy\($0)") }.sorted()
        #expect(try Self.decide(Self.set(text)) == (.allow, expected, []))
    }

    @Test func `a policy that fails is reported and changes no decision`() throws {
        let text = """
            permit(principal, action, resource);
            forbid(principal, action, resource) when { principal.x };
            permit(principal, action, resource) when { 1 };
            """
        #expect(try Self.decide(Self.set(text)) == (.allow, ["policy0"], ["policy1", "policy2"]))
    }

    @Test func `conditions are joined, and the first that does not hold ends them`() throws {
        #expect(
            try Self.decide(Self.set("permit(principal, action, resource) when { true } unless { false };")) == (
                .allow, ["policy0"], []
            ))
        #expect(try Self.decide(Self.set("permit(principal, action, resource) when { false } when { 1 };")) == (.deny, [], []))
        #expect(try Self.decide(Self.set("permit(principal, action, resource) unless { true } when { 1 };")) == (.deny, [], []))
    }

    @Test func `a template decides by its links alone`() throws {
        var set = try Self.set("permit(principal == ?principal, action, resource in ?resource);")
        #expect(Self.decide(set) == (.deny, [], []))
        try set.add(Link(id: "one", templateID: "policy0", values: [.principal: Self.ann, .resource: Self.file]))
        try set.add(Link(id: "two", templateID: "policy0", values: [.principal: Self.file, .resource: Self.file]))
        #expect(Self.decide(set) == (.allow, ["one"], []))
        try set.remove("one")
        #expect(Self.decide(set) == (.deny, [], []))
    }

    @Test func `refuses what does not fit, and stays as it was`() throws {
        var set = try Self.set("permit(principal == ?principal, action, resource); permit(principal, action, resource);")
        try set.add(Link(id: "link", templateID: "policy0", values: [.principal: Self.ann]))
        func refuses(_ error: PolicySetError, _ change: (inout PolicySet) throws -> Void) {
            var changed = set
            #expect(throws: error) { try change(&changed) }
            #expect(changed.json == set.json && changed.count == set.count)
        }
        for id: PolicyID in ["policy0", "policy1", "link"] {
            refuses(.duplicateID(id)) { try $0.add(PolicyBody(effect: .permit), id: id) }
            refuses(.duplicateID(id)) { try $0.add(PolicyBody(effect: .permit, principal: .equal(.slot)), id: id) }
            refuses(.duplicateID(id)) { try $0.add(Link(id: id, templateID: "policy0", values: [.principal: Self.ann])) }
        }
        refuses(.noSuchTemplate("policy1")) { try $0.add(Link(id: "x", templateID: "policy1", values: [:])) }
        refuses(.slotsDiffer("x", expected: [.principal])) { try $0.add(Link(id: "x", templateID: "policy0", values: [:])) }
        refuses(.slotsDiffer("x", expected: [.principal])) {
            try $0.add(Link(id: "x", templateID: "policy0", values: [.principal: Self.ann, .resource: Self.file]))
        }
        refuses(.noSuchPolicy("x")) { try $0.remove("x") }
        refuses(.templateInUse("policy0")) { try $0.remove("policy0") }
        var deep = Expression(.variable(.context))
        for _ in 0..<Limits.expressionDepth { deep = Expression(.attribute(deep, "a")) }
        refuses(.tooDeep("x")) { try $0.add(PolicyBody(effect: .permit, conditions: [.init(.when, deep)]), id: "x") }
    }

    @Test func `the order in which policies are added changes nothing`() throws {
        var generator = PolicyGenerator(seed: 11)
        for _ in 0..<100 {
            let bodies = (0..<8).map { (CedarString("p\($0)"), generator.body(depth: 3)) }
            let entities = try generator.entities()
            let request = generator.request()
            var answers: Set<Response> = []
            for _ in 0..<3 {
                var set = PolicySet()
                for (id, body) in bodies.shuffled(using: &generator.random) { try set.add(body, id: id) }
                answers.insert(set.authorize(request, entities: entities))
            }
            #expect(answers.count == 1)
        }
    }
}
