/// A schema in which every name is looked up: what entities, actions and requests may look like.
package struct Schema: Sendable {
    /// As it was written.
    package let fragment: SchemaFragment
    let types: TypeTable
    /// Sorted by name; an `EntityTypeID` is a place in it, or one after its end for a type of actions.
    let entityTypes: [EntityTypeDefinition]
    let actionTypes: [EntityType]
    /// Sorted.
    let actions: [ActionDefinition]
    private let entityTypeIDs: [EntityType: EntityTypeID]
    private let actionPlaces: [EntityUID: Int]
    /// By type of action, the types of the actions that one of it is in.
    private let actionTypeAncestors: [EntityTypeID: Set<EntityTypeID>]

    /// Reads Cedar syntax.
    package init(cedar text: String) throws(SchemaError) {
        try self.init(SchemaFragment(cedar: text))
    }

    /// Reads JSON syntax.
    package init(json bytes: [UInt8]) throws(SchemaError) {
        guard bytes.count <= SchemaLimits.maximumSize else { throw .tooLarge }
        let value: JSONValue
        do throws(JSONError) { value = try JSONReader.value(bytes) } catch { throw .json(error) }
        try self.init(SchemaFragment(json: value))
    }

    package init(_ fragment: SchemaFragment) throws(SchemaError) {
        var resolver = try SchemaResolver(fragment)
        let entityTypes = try resolver.entityTypes()
        let actions = try resolver.actions()
        self.fragment = fragment
        types = resolver.types
        self.entityTypes = entityTypes
        self.actions = actions
        actionTypes = resolver.names.actionTypes
        entityTypeIDs = resolver.names.entityTypeIDs
        actionPlaces = resolver.names.actionPlaces
        actionTypeAncestors = actions.reduce(into: [:]) { ancestors, action in
            for place in actions.indices where action.ancestors.contains(place) {
                ancestors[action.type, default: []].insert(actions[place].type)
            }
        }
    }

    func id(of type: EntityType) -> EntityTypeID? { entityTypeIDs[type] }

    /// `nil` for a type that is not declared, and for the types of actions.
    func entityType(_ type: EntityType) -> EntityTypeDefinition? { entityTypeIDs[type].flatMap(entityType) }

    func entityType(_ id: EntityTypeID) -> EntityTypeDefinition? {
        Int(id.index) < entityTypes.count ? entityTypes[Int(id.index)] : nil
    }

    func name(_ id: EntityTypeID) -> EntityType {
        let index = Int(id.index)
        return index < entityTypes.count ? entityTypes[index].name : actionTypes[index - entityTypes.count]
    }

    /// Whether an entity of one type can be a descendant of one of another.
    func canLie(_ type: EntityTypeID, in ancestor: EntityTypeID) -> Bool {
        guard let definition = entityType(type) else { return actionTypeAncestors[type]?.contains(ancestor) ?? false }
        return Int(ancestor.index) < entityTypes.count && definition.ancestors.contains(Int(ancestor.index))
    }

    func action(_ uid: EntityUID) -> ActionDefinition? { actionPlaces[uid].map { actions[$0] } }

    func place(of action: EntityUID) -> Int? { actionPlaces[action] }

    /// The actions as entities, with the groups they are in.
    package var actionEntities: [Entity] {
        actions.map { Entity(uid: $0.uid, parents: Set($0.parents.map { actions[$0].uid })) }
    }
}

struct EntityTypeDefinition: Sendable {
    enum Kind: Sendable {
        /// `shape` is a record.
        case standard(shape: TypeID, tags: TypeID?)
        case enumerated([CedarString])
    }

    let name: EntityType
    let kind: Kind
    /// Of the type and its parents, transitively; without the type itself unless it is its own.
    let ancestors: BitSet

    var shape: TypeID {
        if case .standard(let shape, _) = kind { shape } else { .emptyRecord }
    }

    var tags: TypeID? {
        if case .standard(_, let tags) = kind { tags } else { nil }
    }
}

struct ActionDefinition: Sendable {
    let uid: EntityUID
    let type: EntityTypeID
    /// Places in `Schema.actions`.
    let parents: [Int]
    /// Places, too.
    var ancestors = BitSet(capacity: 0)
    let principals: [EntityTypeID]
    let resources: [EntityTypeID]
    /// A record.
    let context: TypeID
}
