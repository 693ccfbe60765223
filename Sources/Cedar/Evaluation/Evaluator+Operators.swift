extension BinaryOperator {
    /// Whether its value is a bool.
    var isPredicate: Bool {
        switch self {
        case .plus, .minus, .times, .getTag: false
        default: true
        }
    }
}

extension Evaluator {
    func predicate(
        _ operation: BinaryOperator, _ left: Program.Index, _ right: Program.Index, at index: Program.Index
    ) throws(EvaluationError) -> Bool {
        switch operation {
        case .equal: return try value(left) == value(right)
        case .notEqual: return try value(left) != value(right)
        case .less: return try order(left, right, at: index) < 0
        case .lessOrEqual: return try order(left, right, at: index) <= 0
        case .greater: return try order(left, right, at: index) > 0
        case .greaterOrEqual: return try order(left, right, at: index) >= 0
        case .in: return try isIn(left, right)
        case .contains:
            let set = try value(left)
            let element = try value(right)
            return try asSet(set, at: left).contains(element)
        case .containsAll:
            let (set, other) = try sets(left, right)
            return set.isSuperset(of: other)
        case .containsAny:
            let (set, other) = try sets(left, right)
            return set.intersects(other)
        case .hasTag:
            let (uid, tag) = try tagged(left, right)
            return situation.entities[uid]?.tags[tag] != nil
        case .plus, .minus, .times, .getTag:
            let result = try combined(operation, left, right, at: index)
            guard case .bool(let truth) = result else { throw mismatch("bool", result, at: index) }
            return truth
        }
    }

    /// Negative, zero or positive. Longs, datetimes and durations have an order, each among themselves.
    private func order(
        _ left: Program.Index, _ right: Program.Index, at index: Program.Index
    ) throws(EvaluationError) -> Int {
        let first = try value(left)
        let second = try value(right)
        switch (first, second) {
        case (.long(let first), .long(let second)): return Self.sign(first, second)
        case (.datetime(let first), .datetime(let second)): return Self.sign(first.milliseconds, second.milliseconds)
        case (.duration(let first), .duration(let second)): return Self.sign(first.milliseconds, second.milliseconds)
        case (.long, _): throw mismatch("long", second, at: right)
        case (.datetime, _): throw mismatch("datetime", second, at: right)
        case (.duration, _): throw mismatch("duration", second, at: right)
        default: throw mismatch("long, datetime or duration", first, at: left)
        }
    }

    private static func sign(_ left: Int64, _ right: Int64) -> Int {
        left == right ? 0 : left < right ? -1 : 1
    }

    private func asSet(_ value: Value, at index: Program.Index) throws(EvaluationError) -> ValueSet {
        guard case .set(let set) = value else { throw mismatch("set", value, at: index) }
        return set
    }

    private func sets(_ left: Program.Index, _ right: Program.Index) throws(EvaluationError) -> (ValueSet, ValueSet) {
        let first = try value(left)
        let second = try value(right)
        return (try asSet(first, at: left), try asSet(second, at: right))
    }

    private func tagged(_ left: Program.Index, _ right: Program.Index) throws(EvaluationError) -> (EntityUID, CedarString) {
        let owner = try value(left)
        let tag = try value(right)
        guard case .entity(let uid) = owner else { throw mismatch("entity", owner, at: left) }
        guard case .string(let name) = tag else { throw mismatch("string", tag, at: right) }
        return (uid, name)
    }

    func combined(
        _ operation: BinaryOperator, _ left: Program.Index, _ right: Program.Index, at index: Program.Index
    ) throws(EvaluationError) -> Value {
        guard operation != .getTag else { return try tag(left, right, at: index) }
        let first = try value(left)
        let second = try value(right)
        let number = try long(first, at: left)
        let other = try long(second, at: right)
        let (result, overflowed) =
            switch operation {
            case .plus: number.addingReportingOverflow(other)
            case .minus: number.subtractingReportingOverflow(other)
            default: number.multipliedReportingOverflow(by: other)
            }
        guard !overflowed else { throw EvaluationError(.overflow, at: position(index)) }
        return .long(result)
    }

    func negated(_ operand: Program.Index, at index: Program.Index) throws(EvaluationError) -> Value {
        let number = try long(try value(operand), at: operand)
        guard number != .min else { throw EvaluationError(.overflow, at: position(index)) }
        return .long(-number)
    }
}

// Entities and records
extension Evaluator {
    private func isIn(_ left: Program.Index, _ right: Program.Index) throws(EvaluationError) -> Bool {
        let first = try value(left)
        let second = try value(right)
        guard case .entity(let uid) = first else { throw mismatch("entity", first, at: left) }
        switch second {
        case .entity(let ancestor): return isIn(uid, ancestor, node: left)
        case .set(let set):
            // One that is no entity is an error even beside one that would do.
            for element in set.elements {
                guard case .entity = element else { throw mismatch("entity", element, at: right) }
            }
            return set.elements.contains { element in
                guard case .entity(let ancestor) = element else { return false }
                return isIn(uid, ancestor, node: left)
            }
        default: throw mismatch("entity or set of entities", second, at: right)
        }
    }

    private func isIn(_ uid: EntityUID, _ ancestor: EntityUID, node: Program.Index) -> Bool {
        participant(node).map { situation.isIn($0, ancestor) } ?? situation.entities.isIn(uid, ancestor)
    }

    /// The attributes of the entity or record, and nil where there is no such entity.
    private func attributes(_ operand: Program.Index) throws(EvaluationError) -> (Record?, owner: Value) {
        if let participant = participant(operand) { return (participant.entity?.attributes, .entity(participant.uid)) }
        let owner = try value(operand)
        switch owner {
        case .entity(let uid): return (situation.entities[uid]?.attributes, owner)
        case .record(let record): return (record, owner)
        default: throw mismatch("entity or record", owner, at: operand)
        }
    }

    func has(_ operand: Program.Index, _ name: CedarString) throws(EvaluationError) -> Bool {
        try attributes(operand).0?[name] != nil
    }

    func attribute(_ operand: Program.Index, _ name: CedarString, at index: Program.Index) throws(EvaluationError) -> Value {
        let (record, owner) = try attributes(operand)
        if let value = record?[name] { return value }
        guard case .entity(let uid) = owner else {
            throw EvaluationError(.noSuchAttribute(name, of: "the record"), at: position(index))
        }
        throw EvaluationError(record == nil ? .noSuchEntity(uid) : .noSuchAttribute(name, of: uid.description), at: position(index))
    }

    private func tag(_ left: Program.Index, _ right: Program.Index, at index: Program.Index) throws(EvaluationError) -> Value {
        let (uid, name) = try tagged(left, right)
        guard let entity = situation.entities[uid] else { throw EvaluationError(.noSuchEntity(uid), at: position(index)) }
        guard let value = entity.tags[name] else { throw EvaluationError(.noSuchTag(name, of: uid), at: position(index)) }
        return value
    }
}
