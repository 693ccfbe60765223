/// Evaluates one program in one situation. Operands are evaluated from left to right; `&&`, `||`, `if` and `is … in` only as far as
/// they must be.
struct Evaluator {
    let program: Program
    let situation: Situation

    /// Whether the program's conditions hold.
    func holds() throws(EvaluationError) -> Bool {
        try truth(program.root)
    }

    func result() throws(EvaluationError) -> Value {
        try value(program.root)
    }

    /// The value, which must be a bool.
    func truth(_ index: Program.Index) throws(EvaluationError) -> Bool {
        switch program.nodes[Int(index)] {
        case .and(let start, let count):
            for operand in start..<(start + count) where try !truth(program.operands[Int(operand)]) { return false }
            return true
        case .or(let start, let count):
            for operand in start..<(start + count) where try truth(program.operands[Int(operand)]) { return true }
            return false
        case .not(let operand): return try !truth(operand)
        case .binary(let operation, let left, let right) where operation.isPredicate:
            return try predicate(operation, left, right, at: index)
        case .isType(let operand, let type): return try entity(operand).type.name == program.names[Int(type)]
        case .has(let operand, let name): return try has(operand, program.names[Int(name)])
        case .like(let operand, let pattern): return try program.patterns[Int(pattern)].matches(string(operand))
        case .isEmpty(let operand): return try set(operand).isEmpty
        default:
            let value = try value(index)
            guard case .bool(let truth) = value else { throw mismatch("bool", value, at: index) }
            return truth
        }
    }

    func value(_ index: Program.Index) throws(EvaluationError) -> Value {
        switch program.nodes[Int(index)] {
        case .constant(let constant): return program.constants[Int(constant)]
        case .variable(let variable): return situation.value(variable)
        case .attribute(let operand, let name): return try attribute(operand, program.names[Int(name)], at: index)
        case .conditional(let start):
            let isTrue = try truth(program.operands[Int(start)])
            return try value(program.operands[Int(start) + (isTrue ? 1 : 2)])
        case .negate(let operand): return try negated(operand, at: index)
        case .binary(let operation, let left, let right) where !operation.isPredicate:
            return try combined(operation, left, right, at: index)
        case .set(let start, let count): return .set(ValueSet(try values(start, count)))
        case .record(let start, let count): return try record(start, count)
        case .call(let function, let start, let count): return try call(function, try values(start, count), at: index)
        default: return .bool(try truth(index))
        }
    }

    private func values(_ start: Int32, _ count: Int32) throws(EvaluationError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(Int(count))
        for operand in start..<(start + count) { values.append(try value(program.operands[Int(operand)])) }
        return values
    }

    private func record(_ start: Int32, _ count: Int32) throws(EvaluationError) -> Value {
        var fields: [Record.Field] = []
        fields.reserveCapacity(Int(count))
        for pair in 0..<Int(count) {
            let at = Int(start) + 2 * pair
            fields.append(.init(name: program.names[Int(program.operands[at])], value: try value(program.operands[at + 1])))
        }
        return .record(Record(fields) ?? .empty)
    }
}

// Operands of one type
extension Evaluator {
    func position(_ index: Program.Index) -> SourcePosition { program.positions[Int(index)] }

    func mismatch(_ expected: String, _ value: Value, at index: Program.Index) -> EvaluationError {
        EvaluationError(.typeMismatch(expected: expected, found: value.typeName), at: position(index))
    }

    func entity(_ index: Program.Index) throws(EvaluationError) -> EntityUID {
        let value = try value(index)
        guard case .entity(let uid) = value else { throw mismatch("entity", value, at: index) }
        return uid
    }

    func set(_ index: Program.Index) throws(EvaluationError) -> ValueSet {
        let value = try value(index)
        guard case .set(let set) = value else { throw mismatch("set", value, at: index) }
        return set
    }

    func string(_ index: Program.Index) throws(EvaluationError) -> CedarString {
        let value = try value(index)
        guard case .string(let string) = value else { throw mismatch("string", value, at: index) }
        return string
    }

    func long(_ value: Value, at index: Program.Index) throws(EvaluationError) -> Int64 {
        guard case .long(let long) = value else { throw mismatch("long", value, at: index) }
        return long
    }

    /// The principal, action or resource, where the node is one of them.
    func participant(_ index: Program.Index) -> Situation.Participant? {
        guard case .variable(let variable) = program.nodes[Int(index)] else { return nil }
        return situation.participant(variable)
    }
}
