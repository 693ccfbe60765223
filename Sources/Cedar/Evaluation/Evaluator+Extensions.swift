extension Evaluator {
    func call(_ function: ExtensionFunction, _ arguments: [Value], at index: Program.Index) throws(EvaluationError) -> Value {
        guard arguments.count == function.arity else {
            throw EvaluationError(.wrongArgumentCount(function: function, given: arguments.count), at: position(index))
        }
        switch function {
        case .decimal, .ip, .datetime, .duration: return try construct(function, arguments[0], at: index)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual:
            return .bool(try compare(function, arguments, at: index))
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast, .isInRange: return .bool(try test(function, arguments, at: index))
        case .offset, .durationSince, .toDate, .toTime: return try calendar(function, arguments, at: index)
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays:
            return .long(try quantity(function, arguments[0], at: index))
        }
    }

    private func construct(
        _ function: ExtensionFunction, _ argument: Value, at index: Program.Index
    ) throws(EvaluationError) -> Value {
        guard case .string(let text) = argument else { throw mismatch("string", argument, at: index) }
        guard let value = function.construct(from: text) else {
            throw EvaluationError(.invalidText(function: function, text), at: position(index))
        }
        return value
    }

    private func compare(
        _ function: ExtensionFunction, _ arguments: [Value], at index: Program.Index
    ) throws(EvaluationError) -> Bool {
        let left = try decimal(arguments[0], at: index)
        let right = try decimal(arguments[1], at: index)
        return switch function {
        case .lessThan: left < right
        case .lessThanOrEqual: left <= right
        case .greaterThan: left > right
        default: left >= right
        }
    }

    private func test(
        _ function: ExtensionFunction, _ arguments: [Value], at index: Program.Index
    ) throws(EvaluationError) -> Bool {
        let address = try ipaddr(arguments[0], at: index)
        return switch function {
        case .isIpv4: address.isIPv4
        case .isIpv6: address.isIPv6
        case .isLoopback: address.isLoopback
        case .isMulticast: address.isMulticast
        default: address.isInRange(try ipaddr(arguments[1], at: index))
        }
    }

    private func calendar(
        _ function: ExtensionFunction, _ arguments: [Value], at index: Program.Index
    ) throws(EvaluationError) -> Value {
        let instant = try datetime(arguments[0], at: index)
        let result: Value? =
            switch function {
            case .offset: instant.offset(by: try duration(arguments[1], at: index)).map(Value.datetime)
            case .durationSince: instant.duration(since: try datetime(arguments[1], at: index)).map(Value.duration)
            case .toDate: instant.date.map(Value.datetime)
            default: .duration(instant.time)
            }
        guard let result else { throw EvaluationError(.overflow, at: position(index)) }
        return result
    }

    private func quantity(
        _ function: ExtensionFunction, _ argument: Value, at index: Program.Index
    ) throws(EvaluationError) -> Int64 {
        let duration = try duration(argument, at: index)
        return switch function {
        case .toMilliseconds: duration.milliseconds
        case .toSeconds: duration.seconds
        case .toMinutes: duration.minutes
        case .toHours: duration.hours
        default: duration.days
        }
    }

    private func decimal(_ value: Value, at index: Program.Index) throws(EvaluationError) -> DecimalValue {
        guard case .decimal(let decimal) = value else { throw mismatch("decimal", value, at: index) }
        return decimal
    }

    private func ipaddr(_ value: Value, at index: Program.Index) throws(EvaluationError) -> IPAddressValue {
        guard case .ipaddr(let address) = value else { throw mismatch("ipaddr", value, at: index) }
        return address
    }

    private func datetime(_ value: Value, at index: Program.Index) throws(EvaluationError) -> DatetimeValue {
        guard case .datetime(let datetime) = value else { throw mismatch("datetime", value, at: index) }
        return datetime
    }

    private func duration(_ value: Value, at index: Program.Index) throws(EvaluationError) -> DurationValue {
        guard case .duration(let duration) = value else { throw mismatch("duration", value, at: index) }
        return duration
    }
}
