/// How much validation asks.
package enum ValidationMode: Sendable {
    /// What is accepted neither errs nor depends on subtyping.
    case strict
    /// What is accepted does not err.
    case permissive
}

/// What a check of policies against a schema found.
package struct ValidationReport: Hashable, Sendable {
    /// By policy, then by position.
    package let errors: [ValidationError]
    /// Policies that can apply to no request, sorted.
    package let impossible: [PolicyID]

    package var isValid: Bool { errors.isEmpty }
}

/// Why a policy does not fit its schema.
package struct ValidationError: Error, Hashable, Sendable {
    package enum Problem: Hashable, Sendable {
        case unknownEntityType(EntityType, meant: EntityType?)
        case unknownAction(EntityUID, meant: EntityUID?)
        /// An entity that its enumerated type does not list.
        case notListed(EntityUID)
        /// No action can be done by such a principal to such a resource.
        case noApplicableAction
        case unexpectedType(expected: String, found: String)
        /// Two types that meet in an `if`, a set, a comparison or `contains`, and have no common type.
        case incompatibleTypes(String, String)
        case undeclaredAttribute(CedarString, of: String, meant: CedarString?)
        /// It may be missing, and nothing before tests it with `has`.
        case optionalAttribute(CedarString)
        /// It may be missing, and nothing before tests it with `hasTag`.
        case untestedTag
        case noTags(String)
        /// Strict validation cannot tell what it would hold.
        case emptySet
        case wrongArgumentCount(ExtensionFunction, given: Int)
        /// A text that the function does not take.
        case invalidArgument(ExtensionFunction)
        /// Strict validation wants to see the text.
        case argumentNotLiteral(ExtensionFunction)
        /// No rule gives a condition its type.
        case untyped
        case tooDeep
        /// To check it in all environments would take longer than is allowed.
        case tooLarge
    }

    package let policy: PolicyID
    package let position: SourcePosition
    package let problem: Problem
}

extension ValidationError: Comparable {
    package static func < (left: ValidationError, right: ValidationError) -> Bool {
        (left.policy, left.position, left.problem.description) < (right.policy, right.position, right.problem.description)
    }
}

extension ValidationError: CustomStringConvertible {
    package var description: String {
        let place = position == .none ? "" : " at \(position)"
        return "policy \(StringEscapes.quoted(policy))\(place): \(problem)"
    }
}

extension ValidationError.Problem: CustomStringConvertible {
    package var description: String {
        func question(_ meant: Any?) -> String { meant.map { "; is `\($0)` meant?" } ?? "" }
        return switch self {
        case .unknownEntityType(let type, let meant): "the schema declares no entity type `\(type)`\(question(meant))"
        case .unknownAction(let action, let meant): "the schema declares no action \(action)\(question(meant))"
        case .notListed(let uid): "\(uid) is not in the list of `\(uid.type)`"
        case .noApplicableAction: "no action can be done by such a principal to such a resource, so that the policy never applies"
        case .unexpectedType(let expected, let found): "expected \(expected), found \(found)"
        case .incompatibleTypes(let left, let right): "`\(left)` and `\(right)` have no common type"
        case .undeclaredAttribute(let name, let type, let meant): "`\(type)` has no attribute `\(name)`\(question(meant))"
        case .optionalAttribute(let name): "the attribute `\(name)` may be missing: test it with `has` first"
        case .untestedTag: "the tag may be missing: test it with `hasTag` first"
        case .noTags(let type): "`\(type)` has no tags"
        case .emptySet: "of an empty set it cannot be told what it holds"
        case .wrongArgumentCount(let function, let given):
            "`\(function.rawValue)` takes \(function.arity) arguments and not \(given)"
        case .invalidArgument(let function): "`\(function.rawValue)` does not take this text"
        case .argumentNotLiteral(let function): "`\(function.rawValue)` must be given a text in quotes"
        case .untyped: "a condition has no type"
        case .tooDeep: "nested deeper than \(Limits.expressionDepth) levels"
        case .tooLarge: "too large to be checked for all that the schema lets it apply to"
        }
    }
}
