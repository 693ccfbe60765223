/// Turns conditions into a `Program`. What needs neither request nor entities, such as `ip("10.0.0.0/8")` or `["a", "b"]`, is computed
/// here; where that fails it is left for the evaluator, for then the error is the policy's.
struct Compiler {
    private var nodes: [Program.Node] = []
    private var positions: [SourcePosition] = []
    private var operands: [Int32] = []
    private var constants: [Value] = []
    private var constantIndices: [Value: Int32] = [:]
    private var names: [CedarString] = []
    private var nameIndices: [CedarString: Int32] = [:]
    private var patterns: [WildcardMatcher] = []

    private init() {}

    /// The conditions joined: every `when` holds and no `unless` does.
    static func program(_ conditions: [PolicyBody.Condition]) -> Program? {
        guard !conditions.isEmpty else { return nil }
        var compiler = Compiler()
        let indices = conditions.map { condition in
            let index = compiler.compile(condition.expression)
            return condition.kind == .when ? index : compiler.append(.not(index), condition.expression.position)
        }
        guard indices.count > 1 else { return compiler.finish(root: indices[0]) }
        let start = compiler.run(indices)
        let root = compiler.append(.and(start: start, count: Int32(indices.count)), conditions[0].expression.position)
        return compiler.finish(root: root)
    }

    static func program(_ expression: Expression) -> Program {
        var compiler = Compiler()
        let root = compiler.compile(expression)
        return compiler.finish(root: root)
    }

    /// Copied, so that nothing keeps room to grow in.
    private func finish(root: Program.Index) -> Program {
        Program(
            nodes: nodes.map(\.self), positions: positions.map(\.self), operands: operands.map(\.self),
            constants: constants.map(\.self), names: names.map(\.self), patterns: patterns, root: root)
    }

    private mutating func append(_ node: Program.Node, _ position: SourcePosition) -> Program.Index {
        nodes.append(node)
        positions.append(position)
        return Int32(nodes.count - 1)
    }

    private mutating func run(_ indices: [Int32]) -> Int32 {
        operands.append(contentsOf: indices)
        return Int32(operands.count - indices.count)
    }

    private mutating func constant(_ value: Value, _ position: SourcePosition) -> Program.Index {
        if constantIndices[value] == nil {
            constantIndices[value] = Int32(constants.count)
            constants.append(value)
        }
        return append(.constant(constantIndices[value] ?? 0), position)
    }

    private mutating func name(_ name: CedarString) -> Int32 {
        if let index = nameIndices[name] { return index }
        nameIndices[name] = Int32(names.count)
        names.append(name)
        return Int32(names.count - 1)
    }

    private mutating func compile(_ expression: Expression) -> Program.Index {
        let position = expression.position
        if let value = expression.constantValue { return constant(value, position) }
        switch expression.kind {
        case .literal(let value): return constant(value, position)
        case .variable(let variable): return append(.variable(variable), position)
        case .not(let operand): return append(.not(compile(operand)), position)
        case .negate(let operand): return append(.negate(compile(operand)), position)
        case .isEmpty(let operand): return append(.isEmpty(compile(operand)), position)
        case .and(let operands): return append(.and(start: conjunction(operands), count: Int32(operands.count)), position)
        case .or(let operands): return append(.or(start: runOf(operands), count: Int32(operands.count)), position)
        case .set(let elements): return append(.set(start: runOf(elements), count: Int32(elements.count)), position)
        case .call(let function, let arguments):
            return append(.call(function, start: runOf(arguments), count: Int32(arguments.count)), position)
        case .conditional(let condition, let then, let otherwise):
            return append(.conditional(start: runOf([condition, then, otherwise])), position)
        case .binary(let operation, let left, let right):
            let left = compile(left)
            return append(.binary(operation, left, compile(right)), position)
        case .has(let operand, let attribute): return append(.has(compile(operand), name: name(attribute)), position)
        case .attribute(let operand, let attribute): return append(.attribute(compile(operand), name: name(attribute)), position)
        case .isType, .like, .record: return compileOther(expression)
        }
    }

    private mutating func compileOther(_ expression: Expression) -> Program.Index {
        let position = expression.position
        switch expression.kind {
        case .isType(let operand, let type, let ancestor):
            let operand = compile(operand)
            let test = append(.isType(operand, type: name(type.name)), position)
            guard let ancestor else { return test }
            let membership = append(.binary(.in, operand, compile(ancestor)), position)
            let start = run([test, membership])
            return append(.and(start: start, count: 2), position)
        case .like(let operand, let pattern):
            let operand = compile(operand)
            patterns.append(WildcardMatcher(pattern))
            return append(.like(operand, pattern: Int32(patterns.count - 1)), position)
        case .record(let fields):
            let pairs = fields.flatMap { [name($0.name), compile($0.value)] }
            let start = run(pairs)
            return append(.record(start: start, count: Int32(fields.count)), position)
        default: return compile(expression)
        }
    }

    /// In `a has b && a.b has c && a.b.c has d` each target is the one before with one more step, and is made of it: otherwise a long
    /// `has` would grow with the square of its length.
    private mutating func conjunction(_ operands: [Expression]) -> Int32 {
        var indices: [Int32] = []
        var last: (target: Expression, name: CedarString, index: Program.Index)?
        for operand in operands {
            guard case .has(let target, let attribute) = operand.kind else {
                last = nil
                indices.append(compile(operand))
                continue
            }
            let index: Program.Index
            if let last, case .attribute(let base, last.name) = target.kind, base == last.target {
                index = append(.attribute(last.index, name: name(last.name)), target.position)
            } else {
                index = compile(target)
            }
            last = (target, attribute, index)
            indices.append(append(.has(index, name: name(attribute)), operand.position))
        }
        return run(indices)
    }

    private mutating func runOf(_ expressions: [Expression]) -> Int32 {
        let indices = expressions.map { compile($0) }
        return run(indices)
    }
}

extension Expression {
    /// The value, where it is the same in every request.
    fileprivate var constantValue: Value? {
        switch kind {
        case .literal(let value): return value
        case .set(let elements):
            let values = elements.compactMap(\.constantValue)
            return values.count == elements.count ? .set(ValueSet(values)) : nil
        case .call(let function, let arguments) where function.isConstructor && arguments.count == 1:
            guard case .literal(.string(let text)) = arguments[0].kind else { return nil }
            return function.construct(from: text)
        default: return nil
        }
    }
}

extension ExtensionFunction {
    /// The value that a constructor reads from a text.
    func construct(from text: CedarString) -> Value? {
        switch self {
        case .decimal: DecimalValue(text).map(Value.decimal)
        case .ip: IPAddressValue(text).map(Value.ipaddr)
        case .datetime: DatetimeValue(text).map(Value.datetime)
        case .duration: DurationValue(text).map(Value.duration)
        default: nil
        }
    }
}
