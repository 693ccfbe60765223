extension JSONWriter {
    mutating func expression(_ expression: Expression) {
        switch expression.kind {
        case .literal(let value): tagged("Value") { $0.literal(value) }
        case .variable(let variable): tagged("Var") { $0.string(CedarString(variable.rawValue)) }
        case .not(let operand): operation("!", [("arg", operand)])
        case .negate(let operand): operation("neg", [("arg", operand)])
        case .isEmpty(let operand): operation("isEmpty", [("arg", operand)])
        case .and(let operands): chain("&&", operands)
        case .or(let operands): chain("||", operands)
        case .binary(let name, let left, let right): operation(CedarString(name.rawValue), [("left", left), ("right", right)])
        case .conditional(let condition, let then, let otherwise):
            operation("if-then-else", [("if", condition), ("then", then), ("else", otherwise)])
        case .has(let operand, let name): named("has", operand, name)
        case .attribute(let operand, let name): named(".", operand, name)
        case .isType(let operand, let type, let ancestor): typeTest(operand, type, ancestor)
        case .like(let operand, let pattern): match(operand, pattern)
        case .set(let elements): tagged("Set") { $0.expressions(elements) }
        case .record(let fields): tagged("Record") { $0.record(fields) }
        case .call(let function, let arguments): tagged(CedarString(function.rawValue)) { $0.expressions(arguments) }
        }
    }

    private mutating func tagged(_ tag: CedarString, _ write: (inout JSONWriter) -> Void) {
        object { writer in
            writer.name(tag)
            write(&writer)
        }
    }

    private mutating func operation(_ name: CedarString, _ operands: [(CedarString, Expression)]) {
        tagged(name) { writer in
            writer.object { writer in
                for (name, operand) in operands {
                    writer.name(name)
                    writer.expression(operand)
                }
            }
        }
    }

    /// The format has two operands: all but the last, and the last one. A long chain is not gone into but opened in a row.
    private mutating func chain(_ tag: CedarString, _ operands: [Expression]) {
        guard let first = operands.first else { return }
        for _ in operands.dropFirst() {
            open(UInt8(ascii: "{"))
            name(tag)
            open(UInt8(ascii: "{"))
            name("left")
        }
        expression(first)
        for operand in operands.dropFirst() {
            name("right")
            expression(operand)
            close(UInt8(ascii: "}"))
            close(UInt8(ascii: "}"))
        }
    }

    private mutating func named(_ tag: CedarString, _ operand: Expression, _ name: CedarString) {
        tagged(tag) { writer in
            writer.object { writer in
                writer.name("left")
                writer.expression(operand)
                writer.name("attr")
                writer.string(name)
            }
        }
    }

    private mutating func typeTest(_ operand: Expression, _ type: EntityType, _ ancestor: Expression?) {
        tagged("is") { writer in
            writer.object { writer in
                writer.name("left")
                writer.expression(operand)
                writer.name("entity_type")
                writer.string(type.name)
                guard let ancestor else { return }
                writer.name("in")
                writer.expression(ancestor)
            }
        }
    }

    private mutating func match(_ operand: Expression, _ pattern: Pattern) {
        tagged("like") { writer in
            writer.object { writer in
                writer.name("left")
                writer.expression(operand)
                writer.name("pattern")
                writer.array { $0.elements(pattern) }
            }
        }
    }

    private mutating func elements(_ pattern: Pattern) {
        for element in pattern.elements {
            switch element {
            case .wildcard: string("Wildcard")
            case .scalar(let scalar): tagged("Literal") { $0.string(CedarString(String(scalar))) }
            }
        }
    }

    private mutating func expressions(_ expressions: [Expression]) {
        array { writer in
            for expression in expressions { writer.expression(expression) }
        }
    }

    private mutating func record(_ fields: [Expression.Field]) {
        object { writer in
            for field in fields {
                writer.name(field.name)
                writer.expression(field.value)
            }
        }
    }

    private mutating func literal(_ value: Value) {
        switch value {
        case .bool(let value): bool(value)
        case .long(let value): long(value)
        case .string(let text): string(text)
        case .entity(let uid): tagged(ValueReader.entityEscape) { $0.uid(uid) }
        default: preconditionFailure("a literal is a bool, a long, a string or an entity")
        }
    }
}
