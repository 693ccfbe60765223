/// Why a request is not one that a schema allows.
package enum RequestValidationError: Error, Hashable, Sendable {
    case undeclaredPrincipalType(EntityType)
    case undeclaredResourceType(EntityType)
    case undeclaredAction(EntityUID)
    /// The action does not apply to principals of this type.
    case principalNotApplicable(EntityType, action: EntityUID)
    case resourceNotApplicable(EntityType, action: EntityUID)
    /// A principal, a resource or an entity in the context: its type is enumerated and lists others, or it is an action that is not
    /// declared.
    case notListed(EntityUID)
    /// The context is not of the type that the action declares.
    case invalidContext(action: EntityUID, expected: String)
}

extension RequestValidationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .undeclaredPrincipalType(let type), .undeclaredResourceType(let type): "the schema declares no entity type `\(type)`"
        case .undeclaredAction(let action): "the schema declares no action \(action)"
        case .principalNotApplicable(let type, let action): "a principal of type `\(type)` cannot do \(action)"
        case .resourceNotApplicable(let type, let action): "\(action) cannot be done to a resource of type `\(type)`"
        case .notListed(let uid): "\(uid) is none of those that the schema lists"
        case .invalidContext(let action, let expected): "the context of \(action) is expected to be \(expected)"
        }
    }
}
