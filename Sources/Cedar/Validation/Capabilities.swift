/// That an attribute or a tag is there, as a test before has shown: `principal has manager` earns the one of `manager` on
/// `principal`.
struct Capability: Hashable {
    enum Kind: Hashable {
        case attribute, tag
    }

    let kind: Kind
    /// What has the attribute or tag, by its number.
    let target: Int32
    /// Its name; of a tag, the expression that gives it.
    let name: Int32
}

/// What is known where an expression stands: what has been learned last is forgotten first.
struct KnownCapabilities {
    private var stack: [Capability] = []
    /// How often each stands in the stack.
    private var counts: [Capability: Int] = [:]

    var count: Int { stack.count }

    func contains(_ capability: Capability) -> Bool { counts[capability] != nil }

    mutating func learn(_ capabilities: [Capability]) {
        stack += capabilities
        for capability in capabilities { counts[capability, default: 0] += 1 }
    }

    mutating func forget(downTo count: Int) {
        while stack.count > count, let last = stack.popLast() {
            counts[last] = counts[last].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
    }

    func learned(since count: Int) -> [Capability] { Array(stack[count...]) }
}

/// Numbers for expressions: two have the same number where they say the same, wherever they stand.
struct ExpressionNumbers {
    private enum Shape: Hashable {
        case name(CedarString)
        case attribute(of: Int32, name: Int32)
        case other(Expression)
    }

    private var numbers: [Shape: Int32] = [:]

    mutating func number(_ expression: Expression) -> Int32 {
        // What is mostly tested is a path such as `context.record.owner`: it is numbered step by step.
        guard case .attribute(let target, let name) = expression.kind else { return number(.other(expression)) }
        return number(.attribute(of: number(target), name: number(name)))
    }

    mutating func number(_ name: CedarString) -> Int32 { number(.name(name)) }

    private mutating func number(_ shape: Shape) -> Int32 {
        if let number = numbers[shape] { return number }
        let number = Int32(numbers.count)
        numbers[shape] = number
        return number
    }
}
