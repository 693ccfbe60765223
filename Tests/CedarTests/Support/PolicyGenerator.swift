import TestSupport

@testable import Cedar

/// Random policies, entities and requests over few names, so that scopes meet and errors happen. The same seed gives the same.
struct PolicyGenerator {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }

    mutating func uid() -> EntityUID {
        EntityUID(type: pick(["User", "Group", "N::Record"]), id: pick(["a", "b", "c", "d", "é\n\"", ""]))
    }

    mutating func action() -> EntityUID {
        EntityUID(type: pick(["Action", "N::Action"]), id: pick(["read", "write", "all", "some"]))
    }

    mutating func name() -> CedarString { pick(["x", "y", "if", "a b", "é", "e\u{301}", "permit"]) }
}

// Policies
extension PolicyGenerator {
    mutating func body(slots: Bool = false, depth: Int = 4) -> PolicyBody {
        PolicyBody(
            effect: pick([.permit, .permit, .forbid]), principal: scope(slots), action: actionScope(), resource: scope(slots),
            conditions: (0..<pick([0, 0, 1, 1, 2])).map { _ in
                PolicyBody.Condition(pick([.when, .unless]), expression(depth))
            },
            annotations: chance(20) ? [pick(["id", "if", "_a1"]): pick(["", "a\u{301}\"\\", "\0\r\n\u{202e}"])] : [:])
    }

    mutating func scope(_ slots: Bool) -> ScopeConstraint {
        let reference: EntityReference = slots && chance(60) ? .slot : .uid(uid())
        return switch number(0...5) {
        case 0: .equal(reference)
        case 1, 2: .in(reference)
        case 3: .is(uid().type)
        case 4: .isIn(uid().type, reference)
        default: slots ? .in(reference) : .any
        }
    }

    mutating func actionScope() -> ActionConstraint {
        switch number(0...4) {
        case 0: .equal(action())
        case 1: .in(action())
        case 2, 3: .inAny((0..<number(0...3)).map { _ in action() })
        default: .any
        }
    }
}

// Expressions
extension PolicyGenerator {
    mutating func expression(_ depth: Int) -> Expression {
        guard depth > 1 else { return leaf() }
        let inner = depth - 1
        switch number(0...16) {
        case 0: return Expression(.not(expression(inner)))
        case 1: return Expression(.negate(expression(inner)))
        case 2: return Expression(.and(expressions(2...4, inner)))
        case 3: return Expression(.or(expressions(2...4, inner)))
        case 4:
            return Expression(.conditional(expression(inner), then: expression(inner), else: expression(inner)))
        case 5, 6, 7: return Expression(.binary(pick(BinaryOperator.allCases), expression(inner), expression(inner)))
        case 8: return Expression(.isEmpty(expression(inner)))
        case 9: return Expression(.isType(expression(inner), uid().type, in: chance(50) ? expression(inner) : nil))
        case 10: return Expression(.has(expression(inner), name()))
        case 11: return Expression(.like(expression(inner), pattern()))
        case 12: return Expression(.attribute(expression(inner), name()))
        case 13: return Expression(.set(expressions(0...3, inner)))
        case 14: return record(inner)
        default: return call(inner)
        }
    }

    private mutating func expressions(_ count: ClosedRange<Int>, _ depth: Int) -> [Expression] {
        (0..<number(count)).map { _ in expression(depth) }
    }

    private mutating func record(_ depth: Int) -> Expression {
        let names = Set((0..<number(0...3)).map { _ in name() }).sorted()
        return Expression(.record(names.map { Expression.Field(name: $0, value: expression(depth)) }))
    }

    private mutating func call(_ depth: Int) -> Expression {
        let function = pick(ExtensionFunction.allCases)
        guard function.isConstructor, chance(90) else { return Expression(.call(function, expressions(1...2, depth))) }
        return Expression(.call(function, [Expression(.literal(.string(extensionText())))]))
    }

    mutating func extensionText() -> CedarString {
        pick(["1.5", "-0.0001", "10.0.0.0/8", "::1", "2024-01-01", "1969-12-31T23:59:59.999-0130", "1d2h", "-5ms", "x"])
    }

    private mutating func leaf() -> Expression {
        switch number(0...6) {
        case 0: Expression(.literal(.bool(chance(50))))
        case 1: Expression(.literal(.long(pick([0, 1, -1, 5, .max, .min]))))
        case 2: Expression(.literal(.string(pick(["", "a", "ab*\\", "é", "e\u{301}", "\u{1F600}\0\u{FEFF}"]))))
        case 3: Expression(.literal(.entity(chance(80) ? uid() : action())))
        default: Expression(.variable(pick(Variable.allCases)))
        }
    }

    private mutating func pattern() -> Pattern {
        Pattern((0..<number(0...4)).map { _ in chance(40) ? .wildcard : .scalar(pick(["a", "*", "\\", "\"", "\u{301}"])) })
    }
}

// Entities and requests
extension PolicyGenerator {
    mutating func value(_ depth: Int) -> Value {
        switch number(0...(depth > 0 ? 9 : 7)) {
        case 0: .bool(chance(50))
        case 1: .long(pick([0, 1, 5, .max]))
        case 2: .string(pick(["", "a", "ab", "é"]))
        case 3: .entity(uid())
        case 4: .decimal(DecimalValue(tenThousandths: pick([15_000, -1, .min])))
        case 5: .ipaddr(IPAddressValue("10.1.0.0/16") ?? IPAddressValue(address: 0, prefix: 32, isIPv6: false))
        case 6: .datetime(DatetimeValue(milliseconds: pick([0, -1, .min, .max])))
        case 7: .duration(DurationValue(milliseconds: pick([5, .min])))
        case 8: .set(ValueSet((0..<number(0...3)).map { _ in value(depth - 1) }))
        default: .record(record(depth - 1))
        }
    }

    mutating func record(_ depth: Int) -> Record {
        Record(Set((0..<number(0...4)).map { _ in name() }).map { Record.Field(name: $0, value: value(depth)) }) ?? .empty
    }

    /// Parents stand before their children in one order, so that there is no cycle.
    mutating func entities() throws -> Entities {
        let uids = Set((0..<number(0...14)).map { _ in uid() }).sorted()
        var entities: [Entity] = []
        for (place, uid) in uids.enumerated() {
            let parents = Set((0..<number(0...3)).compactMap { _ in place > 0 ? uids[number(0...place - 1)] : nil })
            entities.append(Entity(uid: uid, attributes: record(2), tags: record(1), parents: parents))
        }
        let all = EntityUID(type: "Action", id: "all")
        let some = EntityUID(type: "Action", id: "some")
        entities.append(Entity(uid: EntityUID(type: "Action", id: "read"), parents: [all, some]))
        entities.append(Entity(uid: EntityUID(type: "Action", id: "write"), parents: [all]))
        return try Entities(entities)
    }

    mutating func request() -> Request {
        Request(principal: uid(), action: action(), resource: uid(), context: record(2))
    }
}

extension EntityUID: ExpressibleByStringLiteral {
    /// For tests: `"User::\"ann\""`.
    package init(stringLiteral text: String) {
        self = (try? EntityUID(parsing: text)) ?? EntityUID(type: "Invalid", id: CedarString(text))
    }
}
