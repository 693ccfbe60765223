import Cedar

extension PolicyBody {
    /// All entities of a type that its scope and its conditions name.
    func entities(of type: EntityType) -> Set<EntityUID> {
        var found: Set<EntityUID> = []
        for case .uid(let uid) in [principal.reference, resource.reference] where uid.type == type { found.insert(uid) }
        var waiting = conditions.map(\.expression)
        while let expression = waiting.popLast() {
            if case .literal(.entity(let uid)) = expression.kind, uid.type == type { found.insert(uid) }
            expression.kind.forEachChild { waiting.append($0) }
        }
        return found
    }
}
