// Expressions that make values.
extension Typechecker {
    mutating func set(_ elements: [Expression], _ expression: Expression) -> Answer {
        let answers = elements.map { check($0) }
        guard let bound = bound(of: answers, at: expression) else { return .faulty(nil) }
        guard !elements.isEmpty || mode == .permissive else {
            report(.emptySet, at: expression)
            return .faulty(nil)
        }
        return Answer(type: types.id(of: .set(bound)), isSound: answers.allSatisfy(\.isSound))
    }

    mutating func record(_ fields: [Expression.Field]) -> Answer {
        var attributes: [RecordType.Attribute] = []
        var isSound = true
        for field in fields {
            let answer = check(field.value)
            isSound = isSound && answer.isSound
            if let type = answer.type { attributes.append(.init(name: field.name, type: type, isRequired: true)) }
        }
        guard attributes.count == fields.count else { return .faulty(nil) }
        return Answer(type: types.id(of: .record(RecordType(attributes: attributes))), isSound: isSound)
    }

    mutating func call(_ function: ExtensionFunction, _ arguments: [Expression], _ expression: Expression) -> Answer {
        let signature = function.signature
        guard isWellFormed(function, arguments, expression) else {
            for argument in arguments { _ = check(argument) }
            return .faulty(signature.result)
        }
        var isSound = true
        for (argument, expectation) in zip(arguments, signature.parameters) {
            isSound = expect(expectation, argument).isSound && isSound
        }
        return Answer(type: signature.result, isSound: isSound)
    }

    private mutating func isWellFormed(_ function: ExtensionFunction, _ arguments: [Expression], _ expression: Expression) -> Bool {
        guard arguments.count == function.signature.parameters.count else {
            report(.wrongArgumentCount(function, given: arguments.count), at: expression)
            return false
        }
        guard function.isConstructor else { return true }
        guard case .literal(let value) = arguments[0].kind else {
            guard mode == .strict else { return true }
            report(.argumentNotLiteral(function), at: expression)
            return false
        }
        guard case .string(let text) = value, function.construct(from: text) == nil else { return true }
        report(.invalidArgument(function), at: expression)
        return false
    }
}

extension ExtensionFunction {
    fileprivate var signature: (parameters: [Typechecker.Expectation], result: TypeID) {
        switch self {
        case .decimal: ([.string], .decimal)
        case .ip: ([.string], .ipaddr)
        case .datetime: ([.string], .datetime)
        case .duration: ([.string], .duration)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual: ([.extension(.decimal), .extension(.decimal)], .bool)
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast: ([.extension(.ipaddr)], .bool)
        case .isInRange: ([.extension(.ipaddr), .extension(.ipaddr)], .bool)
        case .offset: ([.extension(.datetime), .extension(.duration)], .datetime)
        case .durationSince: ([.extension(.datetime), .extension(.datetime)], .duration)
        case .toDate: ([.extension(.datetime)], .datetime)
        case .toTime: ([.extension(.datetime)], .duration)
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: ([.extension(.duration)], .long)
        }
    }
}
