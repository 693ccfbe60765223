/// All names that a schema declares, and what a name that is written somewhere in it means.
///
/// Common types and entity types share their names. A name without `::` is looked up in the namespace it stands in, then outside of
/// all; in each place a common type comes before an entity type. The built-in types are common types of the namespace `__cedar`, and
/// outside of all where nothing else has their name.
struct SchemaNames: Sendable {
    struct CommonType: Sendable {
        let path: CedarString
        let namespace: CedarString
        let type: SchemaFragment.TypeExpression
    }

    enum Meaning {
        case builtIn(TypeID)
        /// A place in `commonTypes`.
        case common(Int)
        case entity(EntityTypeID)
    }

    let commonTypes: [CommonType]
    private let commonPlaces: [CedarString: Int]
    private let builtIns: [CedarString: TypeID]
    /// Declared types first, both parts sorted by name.
    let entityTypeIDs: [EntityType: EntityTypeID]
    let declaredEntityTypes: Int
    let actionTypes: [EntityType]
    let actionPlaces: [EntityUID: Int]

    init(_ fragment: SchemaFragment) throws(SchemaError) {
        try Self.refuseShadowing(fragment)
        let commonTypes = fragment.namespaces.flatMap { namespace in
            namespace.commonTypes.map {
                CommonType(path: SchemaName.join(namespace.name, $0.name), namespace: namespace.name, type: $0.type)
            }
        }
        let entities = fragment.namespaces.flatMap { namespace in
            namespace.entityTypes.map { EntityType(SchemaName.join(namespace.name, $0.name)) }
        }
        let actions = fragment.namespaces.flatMap { namespace in
            namespace.actions.map { EntityUID(type: EntityType(SchemaName.join(namespace.name, "Action")), id: $0.name) }
        }
        guard max(commonTypes.count, entities.count, actions.count) <= SchemaLimits.maximumDeclarations else { throw .tooLarge }
        if let action = entities.first(where: \.isAction) { throw .actionDeclaredAsEntityType(action.description) }
        self.commonTypes = commonTypes
        commonPlaces = try Self.places(commonTypes.map(\.path)) { "the common type `\($0)`" }
        actionTypes = Set(actions.map(\.type)).sorted()
        entityTypeIDs = try Self.places(entities.sorted() + actionTypes) { "the entity type `\($0)`" }
            .mapValues { EntityTypeID(index: Int32($0)) }
        declaredEntityTypes = entities.count
        actionPlaces = try Self.places(actions.sorted()) { "the action \($0)" }
        var builtIns: [CedarString: TypeID] = [:]
        for (name, type) in Self.builtInTypes {
            builtIns[SchemaName.join(SchemaName.builtIn, name)] = type
            if commonPlaces[name] == nil, entityTypeIDs[EntityType(name)] == nil { builtIns[name] = type }
        }
        self.builtIns = builtIns
    }

    private static let builtInTypes: [(CedarString, TypeID)] =
        [("Bool", .bool), ("Long", .long), ("String", .string)]
        + ExtensionType.allCases.map { (CedarString($0.rawValue), TypeID.extension($0)) }

    private static func places<Key: Hashable>(_ keys: [Key], name: (Key) -> String) throws(SchemaError) -> [Key: Int] {
        var places: [Key: Int] = [:]
        for (place, key) in keys.enumerated() {
            guard places.updateValue(place, forKey: key) == nil else { throw .duplicate(name(key)) }
        }
        return places
    }

    /// Cedar RFC 70: nothing in a namespace has the name of something outside of all.
    private static func refuseShadowing(_ fragment: SchemaFragment) throws(SchemaError) {
        for (left, right) in zip(fragment.namespaces, fragment.namespaces.dropFirst()) where left.name == right.name {
            throw .duplicate("the namespace `\(left.name)`")
        }
        guard let outside = fragment.namespaces.first, outside.name.isEmpty else { return }
        let types = Set(outside.commonTypes.map(\.name)).union(outside.entityTypes.map(\.name))
        let actions = Set(outside.actions.map(\.name))
        for namespace in fragment.namespaces.dropFirst() {
            if let name = (namespace.commonTypes.map(\.name) + namespace.entityTypes.map(\.name)).first(where: types.contains) {
                throw .shadowed("`\(SchemaName.join(namespace.name, name))`")
            }
            if let action = namespace.actions.first(where: { actions.contains($0.name) }) {
                throw .shadowed(
                    "the action \(EntityUID(type: EntityType(SchemaName.join(namespace.name, "Action")), id: action.name))")
            }
        }
    }
}

extension SchemaNames {
    /// What a name may stand for: the most likely first.
    private func candidates(_ name: CedarString, in namespace: CedarString) -> [CedarString] {
        SchemaName.isQualified(name) || namespace.isEmpty ? [name] : [SchemaName.join(namespace, name), name]
    }

    func commonType(_ name: CedarString, in namespace: CedarString) -> Meaning? {
        for candidate in candidates(name, in: namespace) {
            if let meaning = common(candidate) { return meaning }
        }
        return nil
    }

    func entityType(_ name: CedarString, in namespace: CedarString) -> EntityTypeID? {
        for candidate in candidates(name, in: namespace) {
            if let id = entityTypeIDs[EntityType(candidate)] { return id }
        }
        return nil
    }

    func type(_ name: CedarString, in namespace: CedarString) -> Meaning? {
        for candidate in candidates(name, in: namespace) {
            if let meaning = common(candidate) { return meaning }
            if let id = entityTypeIDs[EntityType(candidate)] { return .entity(id) }
        }
        return nil
    }

    func action(_ reference: SchemaFragment.ActionReference, in namespace: CedarString) -> Int? {
        for candidate in candidates(reference.type ?? "Action", in: namespace) {
            if let place = actionPlaces[EntityUID(type: EntityType(candidate), id: reference.id)] { return place }
        }
        return nil
    }

    private func common(_ path: CedarString) -> Meaning? {
        if let place = commonPlaces[path] { return .common(place) }
        return builtIns[path].map(Meaning.builtIn)
    }
}

extension EntityType {
    /// Whether entities of this type are actions: the last part of its name is `Action`.
    var isAction: Bool { name == "Action" || name.text.hasSuffix("::Action") }
}
