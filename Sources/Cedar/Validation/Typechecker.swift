/// What is wrong, and where.
struct Finding: Hashable {
    let position: SourcePosition
    let problem: ValidationError.Problem
}

/// Gives expressions their types, in one request environment at a time, and collects what is wrong with them.
struct Typechecker {
    /// What is known of an expression.
    struct Answer {
        /// `nil` where it has none. A faulty expression can have one: `1 == 2 && 3` is a boolean whatever is wrong with it.
        var type: TypeID?
        /// Whether neither it nor anything in it is faulty.
        var isSound = true
        /// What is known to be there once it is true.
        var capabilities: [Capability] = []

        static func faulty(_ type: TypeID?) -> Answer { Answer(type: type, isSound: false) }

        /// Faulty, too, if that one is.
        func following(_ others: Answer...) -> Answer {
            guard others.contains(where: { !$0.isSound }) else { return self }
            return .faulty(type)
        }
    }

    let schema: Schema
    let mode: ValidationMode
    var types: TypeTable
    /// One problem is found in many environments and counts once.
    private(set) var findings: Set<Finding> = []
    /// What is known to be there where the expression stands.
    var known = KnownCapabilities()
    var numbers = ExpressionNumbers()
    var environment = RequestEnvironment(action: 0, principal: EntityTypeID(index: 0), resource: EntityTypeID(index: 0))

    init(_ schema: Schema, _ mode: ValidationMode) {
        self.schema = schema
        self.mode = mode
        types = schema.types
    }

    /// Forgets what it found of the policy before.
    mutating func begin() {
        findings.removeAll(keepingCapacity: true)
        numbers = ExpressionNumbers()
    }

    /// What is known of all conditions together.
    mutating func check(_ conditions: [PolicyBody.Condition], in environment: RequestEnvironment) -> Answer {
        self.environment = environment
        known.forget(downTo: 0)
        return conjunction(conditions.count) { checker, index in
            let condition = conditions[index]
            let answer = checker.expect(.bool, condition.expression)
            return condition.kind == .when ? answer : Self.negated(answer)
        }
    }

    mutating func report(_ problem: ValidationError.Problem, at expression: Expression) {
        findings.insert(Finding(position: expression.position, problem: problem))
    }

    func name(_ type: TypeID) -> String { types.name(of: type, schema: schema) }

    mutating func check(_ expression: Expression) -> Answer {
        switch expression.kind {
        case .literal(let value): return literal(value)
        case .variable(let variable): return Answer(type: type(of: variable))
        case .not(let operand): return Self.negated(expect(.bool, operand))
        case .negate(let operand): return Answer(type: .long).following(expect(.long, operand))
        case .isEmpty(let operand): return Answer(type: .bool).following(expect(.set, operand))
        case .like(let operand, _): return Answer(type: .bool).following(expect(.string, operand))
        case .and(let operands): return conjunction(operands.count) { $0.expect(.bool, operands[$1]) }
        case .or(let operands): return disjunction(operands)
        case .conditional(let condition, let then, let otherwise): return conditional(expression, condition, then, otherwise)
        case .binary(let binary, let left, let right): return check(binary, left, right, expression)
        case .isType(let operand, let type, let ancestor): return typeTest(operand, type, ancestor, expression)
        case .has(let operand, let name): return has(operand, name)
        case .attribute(let operand, let name): return attribute(operand, name, expression)
        case .set(let elements): return set(elements, expression)
        case .record(let fields): return record(fields)
        case .call(let function, let arguments): return call(function, arguments, expression)
        }
    }

    private mutating func literal(_ value: Value) -> Answer {
        switch value {
        case .bool(let value): return Answer(type: .bool(value))
        case .long: return Answer(type: .long)
        case .string: return Answer(type: .string)
        case .entity(let uid):
            // What is not declared was reported when names were looked for.
            let isKnown = uid.type.isAction ? schema.action(uid) != nil : schema.entityType(uid.type) != nil
            guard isKnown, let id = schema.id(of: uid.type) else { return .faulty(nil) }
            return Answer(type: entity(id))
        default: return .faulty(nil)
        }
    }

    private mutating func type(of variable: Variable) -> TypeID {
        let action = schema.actions[environment.action]
        switch variable {
        case .principal: return entity(environment.principal)
        case .resource: return entity(environment.resource)
        case .action: return entity(action.type)
        case .context: return action.context
        }
    }

    private mutating func entity(_ type: EntityTypeID) -> TypeID { types.id(of: .entity([type])) }
}

// What an operator expects.
extension Typechecker {
    enum Expectation {
        case bool, long, string, set, entity, entityOrEntities, entityOrRecord
        case `extension`(ExtensionType)

        var name: String {
            switch self {
            case .bool: "a boolean"
            case .long: "a number"
            case .string: "a string"
            case .set: "a set"
            case .entity: "an entity"
            case .entityOrEntities: "an entity or a set of entities"
            case .entityOrRecord: "an entity or a record"
            case .extension(let type): type.rawValue
            }
        }
    }

    mutating func expect(_ expectation: Expectation, _ expression: Expression) -> Answer {
        let answer = check(expression)
        guard let type = answer.type else { return .faulty(nil) }
        guard !fits(types[type], expectation) else { return answer }
        report(.unexpectedType(expected: expectation.name, found: name(type)), at: expression)
        return .faulty(nil)
    }

    private func fits(_ type: CedarType, _ expectation: Expectation) -> Bool {
        switch (type, expectation) {
        case (.never, _), (.bool, .bool), (.singleton, .bool), (.long, .long), (.string, .string), (.set, .set), (.anySet, .set):
            true
        case (.entity, .entity), (.anyEntity, .entity), (.entity, .entityOrEntities), (.anyEntity, .entityOrEntities),
            (.entity, .entityOrRecord), (.anyEntity, .entityOrRecord), (.record, .entityOrRecord):
            true
        case (.set(let element), .entityOrEntities): fits(types[element], .entity)
        case (.extension(let found), .extension(let expected)): found == expected
        default: false
        }
    }

    /// A common type of all, or `nil` with a report. `nil` without one where a type is missing already.
    mutating func bound(of answers: [Answer], at expression: Expression) -> TypeID? {
        var bound = TypeID.never
        for answer in answers where answer.type == nil { return nil }
        for case let type? in answers.lazy.map(\.type) {
            guard let next = types.leastUpperBound(bound, type, mode) else {
                report(.incompatibleTypes(name(bound), name(type)), at: expression)
                return nil
            }
            bound = next
        }
        return bound
    }
}
