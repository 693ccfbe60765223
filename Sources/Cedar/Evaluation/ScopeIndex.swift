/// Finds the policies whose scope fits a request, without looking at the others.
///
/// A policy is filed under what its scope says of the principal, then of the resource, then of the action. A request asks under
/// everything that is true of it: `any`, its entity's type, the entity itself, and each ancestor. So the answer is exact but for
/// `is T in e`, which is filed as `in e`; whoever asks checks the type.
struct ScopeIndex: Sendable {
    /// A policy's place in its set.
    typealias Number = Int32

    private var principals = SymbolTable()
    private var resources = SymbolTable()
    private var actions = SymbolTable()
    private var shelves: [SymbolTable.Key: Shelf] = [:]

    /// By what is said of the resource.
    private typealias Shelf = [SymbolTable.Key: Drawer]

    /// The policies of one principal's and one resource's constraint.
    private struct Drawer: Sendable {
        var anyAction: [Number] = []
        var byAction: [SymbolTable.Key: [Number]] = [:]

        var isEmpty: Bool { anyAction.isEmpty && byAction.isEmpty }
    }

    mutating func insert(_ number: Number, _ scope: Scope) {
        let principal = principals.intern(scope.principal)
        let resource = resources.intern(scope.resource)
        let keys = actionKeys(scope.action) { $0.intern($1) }
        guard let keys else { return shelves[principal, default: [:]][resource, default: Drawer()].anyAction.append(number) }
        for key in keys {
            shelves[principal, default: [:]][resource, default: Drawer()].byAction[key, default: []].append(number)
        }
    }

    mutating func remove(_ number: Number, _ scope: Scope) {
        guard let principal = principals.release(scope.principal), let resource = resources.release(scope.resource) else { return }
        let keys = actionKeys(scope.action) { $0.release($1) }
        guard var drawer = shelves[principal]?[resource] else { return }
        if let keys {
            for key in keys {
                drawer.byAction[key]?.removeAll { $0 == number }
                if drawer.byAction[key]?.isEmpty == true { drawer.byAction[key] = nil }
            }
        } else {
            drawer.anyAction.removeAll { $0 == number }
        }
        shelves[principal]?[resource] = drawer.isEmpty ? nil : drawer
        if shelves[principal]?.isEmpty == true { shelves[principal] = nil }
    }

    /// Nil where any action will do; none where none does.
    private mutating func actionKeys(
        _ constraint: ActionConstraint, _ key: (inout SymbolTable, SymbolTable.Subject) -> SymbolTable.Key?
    ) -> [SymbolTable.Key]? {
        switch constraint {
        case .any: nil
        case .equal(let uid): [key(&actions, .itself(uid))].compactMap(\.self)
        case .in(let uid): [key(&actions, .within(uid))].compactMap(\.self)
        case .inAny(let uids): Set(uids).compactMap { key(&actions, .within($0)) }
        }
    }

    /// Those that may apply, ascending, none twice.
    func candidates(_ situation: Situation) -> [Number] {
        let principalKeys = principals.keys(of: situation.principal, in: situation.entities)
        let resourceKeys = resources.keys(of: situation.resource, in: situation.entities)
        let actionKeys = actions.keys(of: situation.action, in: situation.entities)
        var found: [Number] = []
        for key in principalKeys {
            guard let shelf = shelves[key] else { continue }
            if shelf.count < resourceKeys.count {
                for (key, drawer) in shelf where resourceKeys.contains(key) { Self.collect(drawer, actionKeys, into: &found) }
            } else {
                for key in resourceKeys {
                    if let drawer = shelf[key] { Self.collect(drawer, actionKeys, into: &found) }
                }
            }
        }
        return Self.unique(found)
    }

    private static func collect(_ drawer: Drawer, _ actionKeys: [SymbolTable.Key], into found: inout [Number]) {
        found.append(contentsOf: drawer.anyAction)
        guard !drawer.byAction.isEmpty else { return }
        for key in actionKeys {
            if let numbers = drawer.byAction[key] { found.append(contentsOf: numbers) }
        }
    }

    private static func unique(_ numbers: [Number]) -> [Number] {
        var unique: [Number] = []
        unique.reserveCapacity(numbers.count)
        for number in numbers.sorted() where unique.last != number { unique.append(number) }
        return unique
    }
}

/// The three constraints of a policy without slots, or of a link.
struct Scope: Hashable, Sendable {
    let principal: ScopeConstraint
    let action: ActionConstraint
    let resource: ScopeConstraint
}
