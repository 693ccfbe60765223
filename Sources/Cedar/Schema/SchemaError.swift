/// Why a text is not a schema.
package enum SchemaError: Error, Hashable, Sendable {
    /// Not JSON.
    case json(JSONError)
    /// JSON that is not a schema.
    case format(JSONFormatError)
    /// Cedar syntax that is broken.
    case syntax(ParseError)
    /// A name that nothing declares, and what it stands in.
    case undefinedType(String, in: String)
    case undefinedAction(String, in: String)
    /// Two declarations of one name.
    case duplicate(String)
    /// A declaration in a namespace that has the name of one outside all of them, so that a reader could take either.
    case shadowed(String)
    /// A common type that is part of itself.
    case cyclicType(String)
    /// An action that is its own ancestor.
    case cyclicAction(String)
    /// The shape of an entity type or the context of an action that is no record.
    case notARecord(String)
    /// An entity type called `Action`: those are declared by `action`.
    case actionDeclaredAsEntityType(String)
    /// Types within types, deeper than `SchemaLimits.maximumDepth`.
    case tooDeep(String)
    /// More than the bounds of `SchemaLimits` allow.
    case tooLarge
    /// What Cedar syntax cannot say although JSON can, where a schema is written.
    case notExpressible(String)
}

extension SchemaError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .json(let error): error.description
        case .format(let error): error.description
        case .syntax(let error): error.description
        case .undefinedType(let name, let place): "\(place): no type `\(name)` is declared"
        case .undefinedAction(let name, let place): "\(place): no action \(name) is declared"
        case .duplicate(let name): "\(name) is declared twice"
        case .shadowed(let name): "\(name) has the name of a declaration outside every namespace; give one of them another name"
        case .cyclicType(let name): "the common type `\(name)` is part of itself"
        case .cyclicAction(let name): "the action \(name) is its own ancestor"
        case .notARecord(let place): "\(place) must be a record"
        case .actionDeclaredAsEntityType(let name): "`\(name)` is the type of actions and cannot be declared as an entity type"
        case .tooDeep(let place): "\(place): types within types, deeper than \(SchemaLimits.maximumDepth) levels"
        case .tooLarge:
            "larger than \(SchemaLimits.maximumSize) bytes, more than \(SchemaLimits.maximumDeclarations) declarations of one kind, or more than "
                + "\(SchemaLimits.maximumEnvironments) pairs of principal and resource type"
        case .notExpressible(let what): "\(what) cannot be said in Cedar syntax"
        }
    }
}
