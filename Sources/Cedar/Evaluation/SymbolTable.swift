/// Small numbers for the entities and types that constraints name, so that a request hashes each of its entities once and all further
/// look-ups are of integers. A number that no constraint uses any more is used again.
struct SymbolTable: Sendable {
    /// What a constraint says of an entity.
    enum Subject: Hashable, Sendable {
        case any
        case type(EntityType)
        case itself(EntityUID)
        case within(EntityUID)
    }

    /// A subject as a number.
    typealias Key = Int32

    private struct Symbol: Sendable {
        let number: Int32
        var uses: Int
    }

    private static let anyKey: Key = 0

    private var entities: [EntityUID: Symbol] = [:]
    private var types: [EntityType: Symbol] = [:]
    private var free: [Int32] = []
    private var next: Int32 = 1

    mutating func intern(_ constraint: ScopeConstraint) -> Key { intern(Subject(constraint)) }

    /// The key the constraint was filed under, which may be given to another one from now on.
    mutating func release(_ constraint: ScopeConstraint) -> Key? { release(Subject(constraint)) }

    mutating func intern(_ subject: Subject) -> Key {
        switch subject {
        case .any: return Self.anyKey
        case .type(let type):
            var symbol = types[type] ?? Symbol(number: unused(), uses: 0)
            symbol.uses += 1
            types[type] = symbol
            return Self.key(symbol.number, subject.place)
        case .itself(let uid), .within(let uid):
            var symbol = entities[uid] ?? Symbol(number: unused(), uses: 0)
            symbol.uses += 1
            entities[uid] = symbol
            return Self.key(symbol.number, subject.place)
        }
    }

    mutating func release(_ subject: Subject) -> Key? {
        switch subject {
        case .any: return Self.anyKey
        case .type(let type):
            guard var symbol = types[type] else { return nil }
            symbol.uses -= 1
            types[type] = symbol.uses == 0 ? nil : symbol
            if symbol.uses == 0 { free.append(symbol.number) }
            return Self.key(symbol.number, subject.place)
        case .itself(let uid), .within(let uid):
            guard var symbol = entities[uid] else { return nil }
            symbol.uses -= 1
            entities[uid] = symbol.uses == 0 ? nil : symbol
            if symbol.uses == 0 { free.append(symbol.number) }
            return Self.key(symbol.number, subject.place)
        }
    }

    /// Everything that is true of the participant and that some constraint says.
    func keys(of participant: Situation.Participant, in known: Entities) -> [Key] {
        var keys = [Self.anyKey]
        if !types.isEmpty, let symbol = types[participant.uid.type] { keys.append(Self.key(symbol.number, 0)) }
        guard !entities.isEmpty else { return keys }
        if let symbol = entities[participant.uid] {
            keys.append(Self.key(symbol.number, 1))
            keys.append(Self.key(symbol.number, 2))
        }
        guard let handle = participant.handle else { return keys }
        known.forEachAncestor(of: handle) { ancestor in
            if let symbol = entities[ancestor] { keys.append(Self.key(symbol.number, 2)) }
        }
        return keys
    }

    private mutating func unused() -> Int32 {
        if let number = free.popLast() { return number }
        defer { next += 1 }
        return next
    }

    private static func key(_ number: Int32, _ place: Int32) -> Key { number * 4 + place }
}

extension SymbolTable.Subject {
    init(_ constraint: ScopeConstraint) {
        switch constraint {
        case .any, .equal(.slot), .in(.slot), .isIn(_, .slot): self = .any
        case .equal(.uid(let uid)): self = .itself(uid)
        case .in(.uid(let uid)), .isIn(_, .uid(let uid)): self = .within(uid)
        case .is(let type): self = .type(type)
        }
    }

    fileprivate var place: Int32 {
        switch self {
        case .any, .type: 0
        case .itself: 1
        case .within: 2
        }
    }
}
