/// A schema as it is written, before any name in it is looked up. Cedar syntax and JSON syntax both read into it and are written
/// from it.
///
///     namespace Clinic {
///       entity Role;
///       entity User in [Role] { name: String, until?: datetime };
///       action read appliesTo { principal: User, resource: Record, context: {} };
///     }
package struct SchemaFragment: Hashable, Sendable {
    /// Sorted by name, which is empty for declarations outside every namespace.
    let namespaces: [Namespace]

    init(_ namespaces: [Namespace]) {
        self.namespaces = namespaces.sorted { $0.name < $1.name }
    }

    struct Namespace: Hashable, Sendable {
        /// Components joined by `::`.
        let name: CedarString
        var annotations: Annotations = [:]
        var commonTypes: [CommonType] = []
        var entityTypes: [EntityType] = []
        var actions: [Action] = []
    }

    /// `@doc("why")`; one without a value has the empty one.
    typealias Annotations = [CedarString: CedarString]

    struct CommonType: Hashable, Sendable {
        let name: CedarString
        var annotations: Annotations = [:]
        let type: TypeExpression
    }

    struct EntityType: Hashable, Sendable {
        let name: CedarString
        var annotations: Annotations = [:]
        let kind: Kind

        enum Kind: Hashable, Sendable {
            /// `shape` is a record, or (in JSON alone) the name of one.
            case standard(parents: [CedarString], shape: TypeExpression, tags: TypeExpression?)
            case enumerated([CedarString])
        }
    }

    struct Action: Hashable, Sendable {
        let name: CedarString
        var annotations: Annotations = [:]
        var parents: [ActionReference] = []
        /// `nil` is an action that applies to nothing: a group of others.
        var appliesTo: AppliesTo?
    }

    struct ActionReference: Hashable, Sendable {
        /// `nil` is `Action` in the namespace of the declaration.
        let type: CedarString?
        let id: CedarString
    }

    struct AppliesTo: Hashable, Sendable {
        let principals: [CedarString]
        let resources: [CedarString]
        let context: TypeExpression
    }

    struct Attribute: Hashable, Sendable {
        let name: CedarString
        var annotations: Annotations = [:]
        let type: TypeExpression
        let isRequired: Bool
    }

    /// A type as written.
    indirect enum TypeExpression: Hashable, Sendable {
        case bool
        case long
        case string
        case set(TypeExpression)
        case record([Attribute])
        case `extension`(CedarString)
        /// The name of an entity type and of nothing else.
        case entity(CedarString)
        /// The name of a common type and of nothing else.
        case common(CedarString)
        /// A name that is looked up among common types first, then among entity types.
        case named(CedarString)

        static let emptyRecord = TypeExpression.record([])
    }
}

/// Bounds of a schema, in either syntax.
enum SchemaLimits {
    /// Bytes.
    static let maximumSize = 4 << 20
    /// Types within types, after common types are replaced by what they stand for.
    static let maximumDepth = 64
    /// Entity types, common types and actions, each.
    static let maximumDeclarations = 4096
    /// Pairs of principal and resource type over all actions: what a policy is checked in, one after the other.
    static let maximumEnvironments = 1_000_000
}
