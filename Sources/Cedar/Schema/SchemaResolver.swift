/// Turns the declarations of a fragment into those of a schema.
struct SchemaResolver {
    let fragment: SchemaFragment
    let names: SchemaNames
    private(set) var types = TypeTable()
    /// What each common type stands for.
    private var common: [TypeID?]

    init(_ fragment: SchemaFragment) throws(SchemaError) {
        self.fragment = fragment
        names = try SchemaNames(fragment)
        common = Array(repeating: nil, count: names.commonTypes.count)
        try resolveCommonTypes()
    }

    /// In the order of their names.
    mutating func entityTypes() throws(SchemaError) -> [EntityTypeDefinition] {
        var kinds: [(name: EntityType, kind: EntityTypeDefinition.Kind, parents: [Int])] = []
        for namespace in fragment.namespaces {
            for type in namespace.entityTypes {
                let name = EntityType(SchemaName.join(namespace.name, type.name))
                let place = "entity type `\(name)`"
                switch type.kind {
                case .enumerated(let ids): kinds.append((name, .enumerated(ids), []))
                case .standard(let parents, let shape, let tags):
                    let parents = try declared(parents, in: namespace.name, place: place).map { Int($0.index) }
                    let shape = try record(shape, in: namespace.name, place: place)
                    let tags = try tags.map { type throws(SchemaError) in try resolve(type, in: namespace.name, place: place) }
                    kinds.append((name, .standard(shape: shape, tags: tags), parents))
                }
            }
        }
        kinds.sort { $0.name < $1.name }
        let ancestors = BitSet.ancestors(kinds.map(\.parents))
        return zip(kinds, ancestors).map { EntityTypeDefinition(name: $0.name, kind: $0.kind, ancestors: $1) }
    }

    /// In the order of their names.
    mutating func actions() throws(SchemaError) -> [ActionDefinition] {
        var actions: [ActionDefinition] = []
        var environments = 0
        for namespace in fragment.namespaces {
            let type = EntityType(SchemaName.join(namespace.name, "Action"))
            guard let typeID = names.entityTypeIDs[type] else { continue }
            for action in namespace.actions {
                let uid = EntityUID(type: type, id: action.name)
                let parents = try parents(action, in: namespace.name, uid: uid)
                let scope = try scope(action, in: namespace.name, uid: uid)
                environments += scope.principals.count * scope.resources.count
                guard environments <= SchemaLimits.maximumEnvironments else { throw .tooLarge }
                actions.append(
                    ActionDefinition(
                        uid: uid, type: typeID, parents: parents, principals: scope.principals, resources: scope.resources,
                        context: scope.context))
            }
        }
        actions.sort { $0.uid < $1.uid }
        for (place, ancestors) in BitSet.ancestors(actions.map(\.parents)).enumerated() {
            guard !ancestors.contains(place) else { throw .cyclicAction(actions[place].uid.description) }
            actions[place].ancestors = ancestors
        }
        return actions
    }
}

extension SchemaResolver {
    private func parents(_ action: SchemaFragment.Action, in namespace: CedarString, uid: EntityUID) throws(SchemaError) -> [Int] {
        var parents: [Int] = []
        for reference in action.parents {
            guard let parent = names.action(reference, in: namespace) else {
                let written = EntityUID(type: EntityType(reference.type ?? "Action"), id: reference.id)
                throw .undefinedAction(written.description, in: "action \(uid)")
            }
            if !parents.contains(parent) { parents.append(parent) }
        }
        return parents
    }

    private mutating func scope(
        _ action: SchemaFragment.Action, in namespace: CedarString, uid: EntityUID
    ) throws(SchemaError) -> (principals: [EntityTypeID], resources: [EntityTypeID], context: TypeID) {
        guard let scope = action.appliesTo else { return ([], [], .emptyRecord) }
        let place = "action \(uid)"
        let principals = Set(try declared(scope.principals, in: namespace, place: place)).sorted()
        let resources = Set(try declared(scope.resources, in: namespace, place: place)).sorted()
        return (principals, resources, try record(scope.context, in: namespace, place: "the context of \(place)"))
    }

    /// Entity types that are declared as such: actions are neither parents nor principals.
    private func declared(_ paths: [CedarString], in namespace: CedarString, place: String) throws(SchemaError) -> [EntityTypeID] {
        var ids: [EntityTypeID] = []
        for path in paths {
            guard let id = names.entityType(path, in: namespace), id.index < names.declaredEntityTypes else {
                throw .undefinedType(path.text, in: place)
            }
            ids.append(id)
        }
        return ids
    }

    private mutating func record(
        _ type: SchemaFragment.TypeExpression, in namespace: CedarString, place: String
    ) throws(SchemaError) -> TypeID {
        let id = try resolve(type, in: namespace, place: place)
        guard case .record = types[id] else { throw .notARecord(place) }
        return id
    }

    /// The common types that `type` names must be resolved already.
    private mutating func resolve(
        _ type: SchemaFragment.TypeExpression, in namespace: CedarString, place: String
    ) throws(SchemaError) -> TypeID {
        let id = try unbounded(type, in: namespace, place: place)
        guard types.depth(of: id) <= SchemaLimits.maximumDepth else { throw .tooDeep(place) }
        return id
    }

    private mutating func unbounded(
        _ type: SchemaFragment.TypeExpression, in namespace: CedarString, place: String
    ) throws(SchemaError) -> TypeID {
        switch type {
        case .bool: return .bool
        case .long: return .long
        case .string: return .string
        case .set(let element): return types.id(of: .set(try unbounded(element, in: namespace, place: place)))
        case .record(let attributes):
            var resolved: [RecordType.Attribute] = []
            for attribute in attributes {
                let type = try unbounded(attribute.type, in: namespace, place: place)
                resolved.append(.init(name: attribute.name, type: type, isRequired: attribute.isRequired))
            }
            return types.id(of: .record(RecordType(attributes: resolved.sorted { $0.name < $1.name })))
        case .extension(let name):
            guard let type = ExtensionType(rawValue: name.text) else { throw .undefinedType(name.text, in: place) }
            return .extension(type)
        case .entity(let name):
            guard let id = names.entityType(name, in: namespace) else { throw .undefinedType(name.text, in: place) }
            return types.id(of: .entity([id]))
        case .common(let name): return try id(of: names.commonType(name, in: namespace), name: name, place: place)
        case .named(let name): return try id(of: names.type(name, in: namespace), name: name, place: place)
        }
    }

    private mutating func id(of meaning: SchemaNames.Meaning?, name: CedarString, place: String) throws(SchemaError) -> TypeID {
        switch meaning {
        case .builtIn(let id): return id
        case .entity(let id): return types.id(of: .entity([id]))
        case .common(let place):
            guard let id = common[place] else { throw .cyclicType(name.text) }
            return id
        case nil: throw .undefinedType(name.text, in: place)
        }
    }
}

// Common types, each after those that it names: one after the other and not one inside the other, however long the chain is.
extension SchemaResolver {
    private mutating func resolveCommonTypes() throws(SchemaError) {
        let uses = names.commonTypes.map { type in
            var uses: Set<Int> = []
            collect(type.type, in: type.namespace, into: &uses)
            return uses
        }
        var users = [[Int]](repeating: [], count: uses.count)
        for (place, used) in uses.enumerated() {
            for use in used { users[use].append(place) }
        }
        var open = uses.map(\.count)
        var ready = open.indices.filter { open[$0] == 0 }
        var done = 0
        while let place = ready.popLast() {
            let type = names.commonTypes[place]
            common[place] = try resolve(type.type, in: type.namespace, place: "common type `\(type.path)`")
            done += 1
            for user in users[place] {
                open[user] -= 1
                if open[user] == 0 { ready.append(user) }
            }
        }
        if done < uses.count, let cyclic = open.firstIndex(where: { $0 > 0 }) {
            throw .cyclicType(names.commonTypes[cyclic].path.text)
        }
    }

    private func collect(_ type: SchemaFragment.TypeExpression, in namespace: CedarString, into uses: inout Set<Int>) {
        switch type {
        case .set(let element): collect(element, in: namespace, into: &uses)
        case .record(let attributes):
            for attribute in attributes { collect(attribute.type, in: namespace, into: &uses) }
        case .common(let name):
            if case .common(let place)? = names.commonType(name, in: namespace) { uses.insert(place) }
        case .named(let name):
            if case .common(let place)? = names.type(name, in: namespace) { uses.insert(place) }
        case .bool, .long, .string, .extension, .entity: break
        }
    }
}
