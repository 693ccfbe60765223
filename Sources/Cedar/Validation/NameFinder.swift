/// Finds the entity types, actions and enumerated entities that a policy names and its schema does not have. They are looked for
/// everywhere, also where an expression can never be reached.
struct NameFinder {
    private let schema: Schema
    private(set) var findings: Set<Finding> = []
    /// How many it has looked at.
    private(set) var expressions = 0

    init(_ schema: Schema) {
        self.schema = schema
    }

    mutating func look(_ body: PolicyBody) {
        look(body.principal, at: body.position)
        look(body.resource, at: body.position)
        switch body.action {
        case .any: break
        case .equal(let uid), .in(let uid): look(uid, at: body.position)
        case .inAny(let uids): for uid in uids { look(uid, at: body.position) }
        }
        for condition in body.conditions { look(condition.expression) }
    }

    private mutating func look(_ constraint: ScopeConstraint, at position: SourcePosition) {
        if case .uid(let uid)? = constraint.reference { look(uid, at: position) }
        switch constraint {
        case .is(let type), .isIn(let type, _): look(type, at: position)
        case .any, .equal, .in: break
        }
    }

    mutating func look(_ type: EntityType, at position: SourcePosition) {
        guard !type.isAction, schema.entityType(type) == nil else { return }
        let meant = guesses ? Suggestion.closest(to: type.name, among: schema.entityTypes.map(\.name.name)) : nil
        insert(.unknownEntityType(type, meant: meant.map(EntityType.init)), at: position)
    }

    private mutating func look(_ uid: EntityUID, at position: SourcePosition) {
        if uid.type.isAction {
            guard schema.action(uid) == nil else { return }
            insert(.unknownAction(uid, meant: guesses ? schema.actions.first { $0.uid.id == uid.id }?.uid : nil), at: position)
        } else if !schema.isListed(uid) {
            insert(.notListed(uid), at: position)
        } else {
            look(uid.type, at: position)
        }
    }

    private mutating func insert(_ problem: ValidationError.Problem, at position: SourcePosition) {
        findings.insert(Finding(position: position, problem: problem))
    }

    /// To guess what was meant takes longer than to see that something is wrong.
    private var guesses: Bool { findings.count < Suggestion.maximum }

    private mutating func look(_ expression: Expression) {
        expressions += 1
        switch expression.kind {
        case .literal(.entity(let uid)): look(uid, at: expression.position)
        case .isType(_, let type, _): look(type, at: expression.position)
        default: break
        }
        expression.kind.forEachChild { look($0) }
    }
}

/// What a person may have meant.
enum Suggestion {
    /// So many are made for one policy.
    static let maximum = 20

    /// The candidate with the fewest changes, if they are few: or one whose last part is the same.
    static func closest(to word: CedarString, among candidates: [CedarString]) -> CedarString? {
        if let qualified = candidates.first(where: { $0.text.hasSuffix("::\(word)") }) { return qualified }
        let best = candidates.lazy.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
        guard let best, best.1 <= 2, best.1 < word.utf8.count else { return nil }
        return best.0
    }

    /// Insertions, deletions and replacements of bytes. Long names are not compared: it takes the product of the lengths.
    private static func distance(_ left: CedarString, _ right: CedarString) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        guard max(left.count, right.count) <= 64, abs(left.count - right.count) <= 2 else { return .max }
        var row = Array(0...right.count)
        for (place, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = place + 1
            for column in right.indices {
                let replaced = diagonal + (byte == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
