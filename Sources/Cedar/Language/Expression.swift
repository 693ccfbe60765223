/// An expression of a policy's condition.
///
/// Comparing and hashing look at what it says, not at where it stood. `a has b.c` is kept as `a has b && a.b has c`, which is what it
/// means; `&&` and `||` are kept as chains, whose first element is none of the same kind, since they lean to the left.
package struct Expression: Sendable {
    package indirect enum Kind: Hashable, Sendable {
        /// A bool, long, string or entity; any other value becomes the expression that says it.
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
        self.kind = Self.canonical(kind)
        self.position = position
        var tallest = 0
        self.kind.forEachChild { tallest = max(tallest, $0.height) }
        height = tallest + 1
    }

    private static func canonical(_ kind: Kind) -> Kind {
        switch kind {
        case .literal(let value): literal(value)
        // `(a && b) && c` is `a && b && c`.
        case .and(let operands): .and(leaning(operands) { if case .and(let inner) = $0 { inner } else { nil } })
        case .or(let operands): .or(leaning(operands) { if case .or(let inner) = $0 { inner } else { nil } })
        default: kind
        }
    }

    private static func leaning(_ operands: [Expression], _ chain: (Kind) -> [Expression]?) -> [Expression] {
        guard let first = operands.first.flatMap({ chain($0.kind) }) else { return operands }
        return first + operands.dropFirst()
    }

    private static func literal(_ value: Value) -> Kind {
        func text(_ function: ExtensionFunction, _ text: String) -> Kind {
            .call(function, [Expression(.literal(.string(CedarString(text))))])
        }
        return switch value {
        case .bool, .long, .string, .entity: .literal(value)
        case .set(let set): .set(set.elements.map { Expression(.literal($0)) })
        case .record(let record): .record(record.fields.map { Field(name: $0.name, value: Expression(.literal($0.value))) })
        case .decimal(let decimal): text(.decimal, decimal.description)
        case .ipaddr(let address): text(.ip, address.description)
        case .duration(let duration): text(.duration, duration.description)
        // There are datetimes whose year has no four digits.
        case .datetime(let datetime):
            .call(
                .offset,
                [
                    Expression(text(.datetime, "1970-01-01")),
                    Expression(text(.duration, DurationValue(milliseconds: datetime.milliseconds).description)),
                ])
        }
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
