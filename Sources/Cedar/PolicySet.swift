/// Policies, templates and links, compiled and filed by scope. All three share one name space of ids.
package struct PolicySet: Sendable {
    package private(set) var policies: [PolicyID: Policy] = [:]
    package private(set) var templates: [PolicyID: Template] = [:]
    package private(set) var links: [PolicyID: Link] = [:]

    /// What decides: each policy and each link.
    private var entries: [Entry?] = []
    private var numbers: [PolicyID: ScopeIndex.Number] = [:]
    private var free: [ScopeIndex.Number] = []
    private var index = ScopeIndex()
    /// Shared by a template's links.
    private var templatePrograms: [PolicyID: Program] = [:]
    private var linkCounts: [PolicyID: Int] = [:]

    package init() {}

    /// How many policies and links there are; templates decide nothing and do not count.
    package var count: Int { numbers.count }
    package var isEmpty: Bool { numbers.isEmpty }
}

// What decides
extension PolicySet {
    /// Small, for there may be many: what the scope says is in the index.
    struct Entry: Sendable {
        let id: PolicyID
        let effect: Effect
        /// Nil where the scope names no types beside entities.
        let types: ScopeTypes?
        /// Nil where the scope is all the policy says.
        let program: Program?
    }

    /// Calls `visit` with every policy and link whose scope the request is in.
    func forEachApplicable(_ situation: Situation, _ visit: (Entry) -> Void) {
        for number in index.candidates(situation) {
            guard let entry = entries[Int(number)], entry.types?.fit(situation) ?? true else { continue }
            visit(entry)
        }
    }

    private mutating func file(_ id: PolicyID, _ effect: Effect, _ scope: Scope, _ program: Program?) {
        let entry = Entry(id: id, effect: effect, types: ScopeTypes(scope), program: program)
        let number = free.popLast() ?? ScopeIndex.Number(entries.count)
        if Int(number) == entries.count { entries.append(entry) } else { entries[Int(number)] = entry }
        numbers[id] = number
        index.insert(number, scope)
    }

    private mutating func unfile(_ id: PolicyID, _ scope: Scope) {
        guard let number = numbers.removeValue(forKey: id) else { return }
        index.remove(number, scope)
        entries[Int(number)] = nil
        free.append(number)
    }
}

/// The types in `is T in e`, of which the index knows `e` alone.
final class ScopeTypes: Sendable {
    private let principal: EntityType?
    private let resource: EntityType?

    init?(_ scope: Scope) {
        principal = Self.type(scope.principal)
        resource = Self.type(scope.resource)
        if principal == nil && resource == nil { return nil }
    }

    func fit(_ situation: Situation) -> Bool {
        (principal.map { $0 == situation.principal.uid.type } ?? true)
            && (resource.map { $0 == situation.resource.uid.type } ?? true)
    }

    private static func type(_ constraint: ScopeConstraint) -> EntityType? {
        guard case .isIn(let type, _) = constraint else { return nil }
        return type
    }
}

extension Scope {
    init(_ body: PolicyBody, _ values: [Slot: EntityUID] = [:]) {
        principal = values[.principal].map(body.principal.filled) ?? body.principal
        action = body.action
        resource = values[.resource].map(body.resource.filled) ?? body.resource
    }
}

// Adding and removing
extension PolicySet {
    /// - Throws: `.duplicateID`, `.tooDeep`.
    package mutating func add(_ policy: Policy) throws(PolicySetError) {
        try check(policy.id, policy.body)
        policies[policy.id] = policy
        file(policy.id, policy.effect, Scope(policy.body), Compiler.program(policy.body.conditions))
    }

    /// - Throws: `.duplicateID`, `.tooDeep`.
    package mutating func add(_ template: Template) throws(PolicySetError) {
        try check(template.id, template.body)
        templates[template.id] = template
        templatePrograms[template.id] = Compiler.program(template.body.conditions)
    }

    /// - Throws: `.duplicateID`, `.noSuchTemplate`, `.slotsDiffer`.
    package mutating func add(_ link: Link) throws(PolicySetError) {
        guard isFree(link.id) else { throw .duplicateID(link.id) }
        guard let template = templates[link.templateID] else { throw .noSuchTemplate(link.templateID) }
        let body = template.body
        guard Set(link.values.keys) == Set(template.slots) else { throw .slotsDiffer(link.id, expected: template.slots) }
        links[link.id] = link
        linkCounts[link.templateID, default: 0] += 1
        file(link.id, body.effect, Scope(body, link.values), templatePrograms[link.templateID])
    }

    /// Removes a policy, a link, or a template that has no links.
    /// - Throws: `.noSuchPolicy`, `.templateInUse`.
    package mutating func remove(_ id: PolicyID) throws(PolicySetError) {
        if let policy = policies.removeValue(forKey: id) {
            unfile(id, Scope(policy.body))
        } else if let link = links.removeValue(forKey: id), let template = templates[link.templateID] {
            linkCounts[link.templateID, default: 1] -= 1
            unfile(id, Scope(template.body, link.values))
        } else if templates[id] != nil {
            guard linkCounts[id, default: 0] == 0 else { throw .templateInUse(id) }
            templates[id] = nil
            templatePrograms[id] = nil
            linkCounts[id] = nil
        } else {
            throw .noSuchPolicy(id)
        }
    }

    private func isFree(_ id: PolicyID) -> Bool {
        policies[id] == nil && templates[id] == nil && links[id] == nil
    }

    private func check(_ id: PolicyID, _ body: PolicyBody) throws(PolicySetError) {
        guard isFree(id) else { throw .duplicateID(id) }
        let isTooDeep = body.conditions.contains { $0.expression.height > Limits.expressionDepth }
        guard !isTooDeep else { throw .tooDeep(id) }
    }
}

/// Why a set does not take a change. The set is as it was.
package enum PolicySetError: Error, Hashable, Sendable {
    case duplicateID(PolicyID)
    case noSuchPolicy(PolicyID)
    case noSuchTemplate(PolicyID)
    /// A link must fill each slot of its template and no other.
    case slotsDiffer(PolicyID, expected: [Slot])
    case templateInUse(PolicyID)
    /// A condition nests deeper than `Limits.expressionDepth`.
    case tooDeep(PolicyID)
}

extension PolicySetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .duplicateID(let id): "there are two policies \(StringEscapes.quoted(id))"
        case .noSuchPolicy(let id): "there is no policy \(StringEscapes.quoted(id))"
        case .noSuchTemplate(let id): "there is no template \(StringEscapes.quoted(id))"
        case .slotsDiffer(let id, let expected):
            "the link \(StringEscapes.quoted(id)) must fill \(expected.map(\.rawValue).joined(separator: " and ")) and nothing else"
        case .templateInUse(let id): "the template \(StringEscapes.quoted(id)) has links"
        case .tooDeep(let id): "a condition of \(StringEscapes.quoted(id)) nests deeper than \(Limits.expressionDepth) levels"
        }
    }
}
