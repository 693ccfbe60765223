// What decides whether something else is looked at: `&&`, `||`, `if`. An operand that can only be true or only be false has a type of
// its own, and what can then never be reached is not checked.
extension Typechecker {
    static func negated(_ answer: Answer) -> Answer {
        let type: TypeID =
            switch answer.type {
            case .true?: .false
            case .false?: .true
            default: .bool
            }
        return Answer(type: type).following(answer)
    }

    /// Each operand is checked knowing what those before it have tested.
    ///
    /// - Parameter operand: checks the one with that number as a boolean.
    mutating func conjunction(_ count: Int, _ operand: (inout Typechecker, Int) -> Answer) -> Answer {
        let start = known.count
        defer { known.forget(downTo: start) }
        var result = Answer(type: .true)
        for index in 0..<count {
            let answer = operand(&self, index)
            if index == 0 {
                result.type = answer.type
                result.isSound = answer.isSound
            } else {
                result = Answer(type: Self.and(result.type, answer.type), isSound: result.isSound && answer.isSound)
            }
            // What a faulty operand has tested counts for nothing.
            if !result.isSound { known.forget(downTo: start) }
            if result.type == .false { return Answer(type: .false, isSound: result.isSound) }
            if result.isSound { known.learn(answer.capabilities) }
        }
        result.capabilities = result.isSound ? known.learned(since: start) : []
        return result
    }

    private static func and(_ left: TypeID?, _ right: TypeID?) -> TypeID {
        switch (left, right) {
        case (_?, .false?): .false
        case (let left?, .true?): left
        case (.true?, let right?): right
        default: .bool
        }
    }

    /// Each operand is checked knowing only what was known before: those before it were false.
    mutating func disjunction(_ operands: [Expression]) -> Answer {
        var result = Answer(type: .false)
        for (index, operand) in operands.enumerated() {
            let answer = expect(.bool, operand)
            result = index == 0 ? answer : Self.or(result, answer)
            if result.type == .true { break }
        }
        return result
    }

    private static func or(_ left: Answer, _ right: Answer) -> Answer {
        let answer: Answer =
            switch (left.type, right.type) {
            case (_?, .true?): right
            case (_?, .false?): left
            case (.false?, _?): right
            case (_?, _?): Answer(type: .bool, capabilities: intersection(left.capabilities, right.capabilities))
            default: .faulty(.bool)
            }
        return answer.following(left, right)
    }

    private static func intersection(_ left: [Capability], _ right: [Capability]) -> [Capability] {
        guard !left.isEmpty, !right.isEmpty else { return [] }
        let right = Set(right)
        return left.filter(right.contains)
    }

    mutating func conditional(
        _ expression: Expression, _ condition: Expression, _ then: Expression, _ otherwise: Expression
    ) -> Answer {
        let test = expect(.bool, condition)
        if test.type == .false { return check(otherwise).following(test) }
        let start = known.count
        known.learn(test.isSound ? test.capabilities : [])
        var first = check(then)
        known.forget(downTo: start)
        if first.isSound && test.isSound { first.capabilities += test.capabilities }
        if test.type == .true { return first.following(test) }
        let second = check(otherwise)
        guard let type = bound(of: [first, second], at: expression) else { return .faulty(nil) }
        let capabilities = Self.intersection(first.capabilities, second.capabilities)
        return Answer(type: type, capabilities: capabilities).following(test, first, second)
    }
}
