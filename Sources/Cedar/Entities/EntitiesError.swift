/// Why something is not a set of entities, or not one that a schema allows.
package enum EntitiesError: Error, Hashable, Sendable {
    /// Not JSON.
    case json(JSONError)
    /// JSON that is not entities.
    case format(JSONFormatError)
    /// Two different entities of one name.
    case duplicate(EntityUID)
    /// An entity that lies in itself.
    case cycle(EntityUID)
    /// More pairs of an entity and one it lies in than are kept.
    case tooManyAncestors
    /// Not what the schema says.
    case invalid(EntityValidationError)
    /// A value that JSON cannot say: an attribute has the name of an escape.
    case notExpressible(CedarString)
}

extension EntitiesError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .json(let error): error.description
        case .format(let error): error.description
        case .duplicate(let uid): "two different entities are called \(uid)"
        case .cycle(let uid): "\(uid) lies in itself"
        case .tooManyAncestors: "more than \(AncestorClosure.maximumPairs) pairs of an entity and one it lies in"
        case .invalid(let error): error.description
        case .notExpressible(let name): "an attribute called `\(name)` cannot be written in JSON, where it is an escape"
        }
    }
}
