/// Why an expression has no value.
package struct EvaluationError: Error, Hashable, Sendable {
    package enum Problem: Hashable, Sendable {
        /// The operand is of another type than the operator takes.
        case typeMismatch(expected: String, found: String)
        case noSuchEntity(EntityUID)
        case noSuchAttribute(CedarString, of: String)
        case noSuchTag(CedarString, of: EntityUID)
        /// A result does not fit into 64 bits.
        case overflow
        /// A text is none that the function reads.
        case invalidText(function: ExtensionFunction, CedarString)
        case wrongArgumentCount(function: ExtensionFunction, given: Int)
    }

    package let problem: Problem
    /// Of the expression that failed.
    package let position: SourcePosition

    package init(_ problem: Problem, at position: SourcePosition) {
        self.problem = problem
        self.position = position
    }
}

extension EvaluationError: CustomStringConvertible {
    package var description: String { position == .none ? "\(problem)" : "\(position): \(problem)" }
}

extension EvaluationError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .typeMismatch(let expected, let found): "expected \(expected), got \(found)"
        case .noSuchEntity(let uid): "there is no entity \(uid)"
        case .noSuchAttribute(let name, let owner): "\(owner) has no attribute \(StringEscapes.quoted(name))"
        case .noSuchTag(let name, let uid): "\(uid) has no tag \(StringEscapes.quoted(name))"
        case .overflow: "the result does not fit into 64 bits"
        case .invalidText(let function, let text): "\(StringEscapes.quoted(text)) is no text that \(function.rawValue) reads"
        case .wrongArgumentCount(let function, let given):
            "\(function.rawValue) takes \(function.arity) arguments, its receiver counted, and was given \(given)"
        }
    }
}
