/// Writes policies as text that is read back as the same policy.
struct Printer {
    private(set) var text = ""

    mutating func write(_ body: PolicyBody) {
        for (name, value) in body.annotations.sorted(by: { $0.key < $1.key }) {
            text += "@\(name)(\(StringEscapes.quoted(value)))\n"
        }
        text += "\(body.effect.rawValue)(\(scope("principal", body.principal)), \(scope(body.action)), "
        text += "\(scope("resource", body.resource)))"
        for condition in body.conditions {
            text += "\n\(condition.kind.rawValue) { "
            write(condition.expression)
            text += " }"
        }
        text += ";"
    }

    private func scope(_ variable: String, _ constraint: ScopeConstraint) -> String {
        func name(_ reference: EntityReference) -> String {
            switch reference {
            case .uid(let uid): uid.description
            case .slot: "?\(variable)"
            }
        }
        return switch constraint {
        case .any: variable
        case .equal(let reference): "\(variable) == \(name(reference))"
        case .in(let reference): "\(variable) in \(name(reference))"
        case .is(let type): "\(variable) is \(type)"
        case .isIn(let type, let reference): "\(variable) is \(type) in \(name(reference))"
        }
    }

    private func scope(_ constraint: ActionConstraint) -> String {
        switch constraint {
        case .any: "action"
        case .equal(let uid): "action == \(uid)"
        case .in(let uid): "action in \(uid)"
        case .inAny(let uids): "action in [\(uids.map(\.description).joined(separator: ", "))]"
        }
    }
}

// Expressions
extension Printer {
    /// How tightly an expression holds together; one that is looser than its place allows gets parentheses.
    private enum Tightness: Int, Comparable {
        case conditional, disjunction, conjunction, relation, sum, product, unary, member

        static func < (left: Tightness, right: Tightness) -> Bool { left.rawValue < right.rawValue }
    }

    mutating func write(_ expression: Expression) {
        write(expression, .conditional)
    }

    private mutating func write(_ expression: Expression, _ least: Tightness) {
        let needsParentheses = Self.tightness(expression.kind) < least
        if needsParentheses { text += "(" }
        writeBare(expression.kind)
        if needsParentheses { text += ")" }
    }

    private static func tightness(_ kind: Expression.Kind) -> Tightness {
        switch kind {
        case .conditional: .conditional
        case .or: .disjunction
        case .and: .conjunction
        case .isType, .has, .like: .relation
        case .not, .negate: .unary
        case .literal(.long(let number)) where number < 0: .unary
        case .binary(let operation, _, _): tightness(operation)
        case .literal, .variable, .isEmpty, .attribute, .set, .record, .call: .member
        }
    }

    private static func tightness(_ operation: BinaryOperator) -> Tightness {
        switch operation {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: .relation
        case .plus, .minus: .sum
        case .times: .product
        case .contains, .containsAll, .containsAny, .getTag, .hasTag: .member
        }
    }

    private mutating func writeBare(_ kind: Expression.Kind) {
        switch kind {
        case .literal(let value): text += Self.literal(value)
        case .variable(let variable): text += variable.rawValue
        case .not(let operand): prefix("!", operand)
        case .negate(let operand): negate(operand)
        case .and(let operands): join(operands, " && ", .relation)
        case .or(let operands): join(operands, " || ", .conjunction)
        case .conditional(let condition, let then, let otherwise): conditional(condition, then, otherwise)
        case .binary(let operation, let left, let right): binary(operation, left, right)
        case .isEmpty(let operand): call("isEmpty", on: operand, [])
        case .isType(let operand, let type, let ancestor): typeTest(operand, type, ancestor)
        case .has(let operand, let name):
            write(operand, .sum)
            text += " has \(Self.name(name))"
        case .like(let operand, let pattern):
            write(operand, .sum)
            text += " like \(StringEscapes.quoted(pattern))"
        case .attribute(let operand, let name): attribute(operand, name)
        case .set(let elements): list("[", elements, "]")
        case .record(let fields): record(fields)
        case .call(let function, let arguments): call(function, arguments)
        }
    }

    private static func literal(_ value: Value) -> String {
        switch value {
        case .bool(let bool): bool ? "true" : "false"
        case .long(let long): String(long)
        case .string(let string): StringEscapes.quoted(string)
        case .entity(let uid): uid.description
        default: preconditionFailure("a literal is a bool, a long, a string or an entity")
        }
    }

    /// A name that is no identifier is quoted.
    private static func name(_ name: CedarString) -> String {
        isPlain(name) ? name.text : StringEscapes.quoted(name)
    }

    private static func isPlain(_ name: CedarString) -> Bool {
        Identifier.isWellFormed(name) && !Identifier.isReserved(name)
    }

    private mutating func prefix(_ sign: String, _ operand: Expression) {
        text += sign
        write(operand, .member)
    }

    /// A number right behind a minus would be taken for a negative one.
    private mutating func negate(_ operand: Expression) {
        guard case .literal(.long(0...)) = operand.kind else { return prefix("-", operand) }
        text += "-("
        writeBare(operand.kind)
        text += ")"
    }

    private mutating func join(_ operands: [Expression], _ separator: String, _ least: Tightness) {
        for (number, operand) in operands.enumerated() {
            if number > 0 { text += separator }
            write(operand, least)
        }
    }

    private mutating func conditional(_ condition: Expression, _ then: Expression, _ otherwise: Expression) {
        text += "if "
        write(condition)
        text += " then "
        write(then)
        text += " else "
        write(otherwise)
    }

    private mutating func binary(_ operation: BinaryOperator, _ left: Expression, _ right: Expression) {
        guard !operation.isMethod else { return call(operation.rawValue, on: left, [right]) }
        // Sums and products lean to the left; comparisons do not chain.
        let tightness = Self.tightness(operation)
        write(left, tightness == .relation ? .sum : tightness)
        text += " \(operation.rawValue) "
        write(right, tightness == .relation ? .sum : tightness == .sum ? .product : .unary)
    }

    private mutating func typeTest(_ operand: Expression, _ type: EntityType, _ ancestor: Expression?) {
        write(operand, .sum)
        text += " is \(type)"
        guard let ancestor else { return }
        text += " in "
        write(ancestor, .sum)
    }

    private mutating func attribute(_ operand: Expression, _ name: CedarString) {
        write(operand, .member)
        text += Self.isPlain(name) ? ".\(name)" : "[\(StringEscapes.quoted(name))]"
    }

    private mutating func list(_ opening: String, _ elements: [Expression], _ closing: String) {
        text += opening
        join(elements, ", ", .conditional)
        text += closing
    }

    private mutating func record(_ fields: [Expression.Field]) {
        text += "{"
        for (number, field) in fields.enumerated() {
            text += "\(number > 0 ? ", " : "")\(Self.name(field.name)): "
            write(field.value)
        }
        text += "}"
    }

    private mutating func call(_ function: ExtensionFunction, _ arguments: [Expression]) {
        if function.isConstructor {
            text += function.rawValue
            list("(", arguments, ")")
        } else if let receiver = arguments.first {
            call(function.rawValue, on: receiver, Array(arguments.dropFirst()))
        }
    }

    private mutating func call(_ name: String, on receiver: Expression, _ arguments: [Expression]) {
        write(receiver, .member)
        text += ".\(name)"
        list("(", arguments, ")")
    }
}

extension PolicyBody: CustomStringConvertible {
    /// As Cedar writes it.
    package var description: String {
        var printer = Printer()
        printer.write(self)
        return printer.text
    }
}

extension Expression: CustomStringConvertible {
    package var description: String {
        var printer = Printer()
        printer.write(self)
        return printer.text
    }
}
