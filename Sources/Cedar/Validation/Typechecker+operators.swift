// Operators on two values.
extension Typechecker {
    mutating func check(_ binary: BinaryOperator, _ left: Expression, _ right: Expression, _ expression: Expression) -> Answer {
        switch binary {
        case .equal: return equality(left, right, expression)
        case .notEqual: return Self.negated(equality(left, right, expression))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return comparison(left, right)
        case .plus, .minus, .times:
            let left = expect(.long, left)
            return Answer(type: .long).following(left, expect(.long, right))
        case .in: return membership(left, right)
        case .contains: return contains(left, right, expression)
        case .containsAll, .containsAny:
            let left = expect(.set, left)
            let right = expect(.set, right)
            return meeting(Answer(type: .bool), left.type, right.type, at: expression).following(left, right)
        case .hasTag: return hasTag(left, right)
        case .getTag: return getTag(left, right, expression)
        }
    }

    /// Strict validation lets only values meet that could be equal.
    private mutating func meeting(_ answer: Answer, _ left: TypeID?, _ right: TypeID?, at expression: Expression) -> Answer {
        guard mode == .strict, answer.type == .bool, let left, let right,
            types.leastUpperBound(left, right, .strict) == nil
        else { return answer }
        report(.incompatibleTypes(name(left), name(right)), at: expression)
        return .faulty(answer.type)
    }

    private mutating func contains(_ left: Expression, _ right: Expression, _ expression: Expression) -> Answer {
        let set = expect(.set, left)
        let element = check(right)
        var expected: TypeID?
        if let type = set.type, case .set(let element) = types[type] { expected = element }
        return meeting(Answer(type: .bool), expected, element.type, at: expression).following(set, element)
    }

    private mutating func equality(_ left: Expression, _ right: Expression, _ expression: Expression) -> Answer {
        let first = check(left)
        let second = check(right)
        let answer = Answer(type: typeOfEquality(left, first.type, right, second.type))
        return meeting(answer, first.type, second.type, at: expression).following(first, second)
    }

    /// A singleton where it is known that both are equal, or that they cannot be.
    private func typeOfEquality(_ left: Expression, _ leftType: TypeID?, _ right: Expression, _ rightType: TypeID?) -> TypeID {
        if let leftType, let rightType, case .entity(let first) = types[leftType], case .entity(let second) = types[rightType],
            !first.contains(where: second.contains)
        {
            return .false
        }
        guard let left = literal(left), let right = literal(right) else { return .bool }
        return .bool(left == right)
    }

    /// The value of a literal, and of `action`, which is known.
    private func literal(_ expression: Expression) -> Value? {
        switch expression.kind {
        case .literal(let value): value
        case .variable(.action): .entity(schema.actions[environment.action].uid)
        default: nil
        }
    }

    private mutating func comparison(_ left: Expression, _ right: Expression) -> Answer {
        let first = check(left)
        let second = check(right)
        let answer = Answer(type: .bool).following(first, second)
        guard let firstType = first.type, let secondType = second.type else { return .faulty(.bool) }
        if isOrdered(firstType) && firstType == secondType { return answer }
        if isOrdered(firstType) && (secondType != .long || firstType == .long) {
            report(.unexpectedType(expected: name(firstType), found: name(secondType)), at: right)
        } else if isOrdered(secondType) {
            report(.unexpectedType(expected: name(secondType), found: name(firstType)), at: left)
        } else {
            let expected = "a number, a datetime or a duration"
            report(.unexpectedType(expected: expected, found: name(firstType)), at: left)
            report(.unexpectedType(expected: expected, found: name(secondType)), at: right)
        }
        return .faulty(.bool)
    }

    private func isOrdered(_ type: TypeID) -> Bool { [.long, .datetime, .duration].contains(type) }
}

// `in`, `is`
extension Typechecker {
    private mutating func membership(_ left: Expression, _ right: Expression) -> Answer {
        let first = expect(.entity, left)
        let second = expect(.entityOrEntities, right)
        guard first.isSound, second.isSound else { return .faulty(.bool) }
        if case .entity(let uid)? = literal(left), uid.type.isAction, let others = entities(right) {
            return isAction(uid, in: others)
        }
        guard let firstTypes = entityTypes(first.type), let secondTypes = entityTypes(second.type) else {
            return Answer(type: .bool)
        }
        let isPossible = firstTypes.contains { type in secondTypes.contains { type == $0 || schema.canLie(type, in: $0) } }
        return Answer(type: isPossible ? .bool : .false)
    }

    /// The entities of a literal, of `action`, or of a set of such.
    private func entities(_ expression: Expression) -> [EntityUID]? {
        if case .entity(let uid)? = literal(expression) { return [uid] }
        guard case .set(let elements) = expression.kind else { return nil }
        var uids: [EntityUID] = []
        for element in elements {
            guard case .entity(let uid)? = literal(element) else { return nil }
            uids.append(uid)
        }
        return uids
    }

    /// The groups of an action stand in the schema, so the answer is known.
    private func isAction(_ uid: EntityUID, in others: [EntityUID]) -> Answer {
        let groups = others.filter(\.type.isAction)
        let places = groups.compactMap(schema.place)
        guard places.count == groups.count, let action = schema.place(of: uid) else { return .faulty(.bool) }
        return Answer(type: .bool(places.contains { $0 == action || schema.actions[action].ancestors.contains($0) }))
    }

    private func entityTypes(_ type: TypeID?) -> [EntityTypeID]? {
        switch type.map({ types[$0] }) {
        case .entity(let ids): ids
        case .set(let element): if case .entity(let ids) = types[element] { ids } else { nil }
        default: nil
        }
    }

    mutating func typeTest(_ operand: Expression, _ type: EntityType, _ ancestor: Expression?, _ expression: Expression) -> Answer {
        guard let ancestor else { return isType(operand, type) }
        return conjunction(2) { checker, index in index == 0 ? checker.isType(operand, type) : checker.membership(operand, ancestor)
        }
    }

    private mutating func isType(_ operand: Expression, _ type: EntityType) -> Answer {
        let answer = expect(.entity, operand)
        guard let found = answer.type else { return .faulty(.bool) }
        guard case .entity(let ids) = types[found] else { return Answer(type: .bool).following(answer) }
        guard let id = schema.id(of: type), ids.contains(id) else { return Answer(type: .false).following(answer) }
        return Answer(type: ids.count == 1 ? .true : .bool).following(answer)
    }
}
