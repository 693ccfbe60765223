/// An expression of a policy's condition.
///
/// Comparing and hashing look at what it says, not at where it stood. `a has b.c` is kept as `a has b && a.b has c`, which is what it
/// means; `&&` and `||` are kept as chains, whose first element is none of the same kind, since they lean to the left.
package struct Expression: Sendable {
    package indirect enum Kind: Hashable, Sendable {
        /// A bool, long, string or entity.
        case literal(Value)
        case variable(Variable)
        case not(Expression)
        case negate(Expression)
        /// Two or more.
        case and([Expression])
        case or([Expression])
        case conditional(Expression, then: Expression, else: Expression)
        case binary(BinaryOperator, Expression, Expression)
        case isEmpty(Expression)
        /// `is T`, and with an entity, `is T in e`.
        case isType(Expression, EntityType, in: Expression?)
        case has(Expression, CedarString)
        case like(Expression, Pattern)
        case attribute(Expression, CedarString)
        case set([Expression])
        /// Sorted by name, none twice.
        case record([Field])
        case call(ExtensionFunction, [Expression])
    }

    package struct Field: Hashable, Sendable {
        package let name: CedarString
        package let value: Expression

        package init(name: CedarString, value: Expression) {
            self.name = name
            self.value = value
        }
    }

    package let kind: Kind
    package let position: SourcePosition
    /// The longest way down to a leaf; 1 for a leaf. What is higher than `Limits.expressionDepth` is never compiled.
    package let height: Int

    package init(_ kind: Kind, at position: SourcePosition = .none) {
        self.kind = Self.leaning(kind)
        self.position = position
        var tallest = 0
        self.kind.forEachChild { tallest = max(tallest, $0.height) }
        height = tallest + 1
    }

    /// `(a && b) && c` is `a && b && c`.
    private static func leaning(_ kind: Kind) -> Kind {
        switch kind {
        case .and(let operands):
            if case .and(let first)? = operands.first?.kind { return .and(first + operands.dropFirst()) }
        case .or(let operands):
            if case .or(let first)? = operands.first?.kind { return .or(first + operands.dropFirst()) }
        default: break
        }
        return kind
    }
}

extension Expression: Hashable {
    package static func == (left: Expression, right: Expression) -> Bool {
        left.height == right.height && left.kind == right.kind
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
    }
}

extension Expression.Kind {
    /// The expressions directly inside, in the order they are written.
    package func forEachChild(_ visit: (Expression) -> Void) {
        switch self {
        case .literal, .variable: break
        case .not(let operand), .negate(let operand), .isEmpty(let operand), .has(let operand, _), .like(let operand, _),
            .attribute(let operand, _):
            visit(operand)
        case .and(let operands), .or(let operands), .set(let operands), .call(_, let operands): operands.forEach(visit)
        case .conditional(let condition, let then, let otherwise):
            visit(condition)
            visit(then)
            visit(otherwise)
        case .binary(_, let left, let right):
            visit(left)
            visit(right)
        case .isType(let operand, _, let ancestor):
            visit(operand)
            ancestor.map(visit)
        case .record(let fields): fields.forEach { visit($0.value) }
        }
    }
}

package enum Variable: String, Hashable, Sendable, CaseIterable {
    case principal, action, resource, context
}

package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case `in` = "in"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case contains, containsAll, containsAny, getTag, hasTag

    /// Whether it is written as a method of its left operand.
    package var isMethod: Bool {
        switch self {
        case .contains, .containsAll, .containsAny, .getTag, .hasTag: true
        default: false
        }
    }
}

/// The functions of the extension types.
package enum ExtensionFunction: String, Hashable, Sendable, CaseIterable {
    case decimal, lessThan, lessThanOrEqual, greaterThan, greaterThanOrEqual
    case ip, isIpv4, isIpv6, isLoopback, isMulticast, isInRange
    case datetime, offset, durationSince, toDate, toTime
    case duration, toMilliseconds, toSeconds, toMinutes, toHours, toDays

    /// Makes a value from a string and is written `f(x)`; the others are written as methods of their first argument.
    package var isConstructor: Bool {
        switch self {
        case .decimal, .ip, .datetime, .duration: true
        default: false
        }
    }

    /// How many arguments it takes, the receiver counted.
    package var arity: Int {
        switch self {
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual, .isInRange, .offset, .durationSince: 2
        default: 1
        }
    }
}
