// Two schemas are equal where they describe the same entities, actions and requests, however they were written.
extension Schema: Equatable {
    package static func == (left: Schema, right: Schema) -> Bool {
        var comparison = TypeComparison(left: left.types, right: right.types)
        return left.actionTypes == right.actionTypes
            && left.entityTypes.count == right.entityTypes.count && left.actions.count == right.actions.count
            && zip(left.entityTypes, right.entityTypes).allSatisfy { comparison.areEqual($0, $1) }
            && zip(left.actions, right.actions).allSatisfy { comparison.areEqual($0, $1) }
    }
}

/// Compares types of two tables. Each pair is looked at once, however often it occurs within others. Places of entity types are the
/// same in both, since their names were compared before.
private struct TypeComparison {
    let left: TypeTable
    let right: TypeTable
    private var equal: [TypeID: TypeID] = [:]

    init(left: TypeTable, right: TypeTable) {
        self.left = left
        self.right = right
    }

    mutating func areEqual(_ first: EntityTypeDefinition, _ second: EntityTypeDefinition) -> Bool {
        guard first.name == second.name, first.ancestors == second.ancestors else { return false }
        switch (first.kind, second.kind) {
        case (.enumerated(let first), .enumerated(let second)): return first == second
        case (.standard(let firstShape, let firstTags), .standard(let secondShape, let secondTags)):
            guard areEqual(firstShape, secondShape) else { return false }
            guard let firstTags, let secondTags else { return firstTags == nil && secondTags == nil }
            return areEqual(firstTags, secondTags)
        default: return false
        }
    }

    mutating func areEqual(_ first: ActionDefinition, _ second: ActionDefinition) -> Bool {
        first.uid == second.uid && first.ancestors == second.ancestors && first.principals == second.principals
            && first.resources == second.resources && areEqual(first.context, second.context)
    }

    private mutating func areEqual(_ first: TypeID, _ second: TypeID) -> Bool {
        if let known = equal[first] { return known == second }
        guard compare(first, second) else { return false }
        equal[first] = second
        return true
    }

    private mutating func compare(_ first: TypeID, _ second: TypeID) -> Bool {
        switch (left[first], right[second]) {
        case (.set(let first), .set(let second)): return areEqual(first, second)
        case (.record(let first), .record(let second)):
            guard first.attributes.count == second.attributes.count, first.isOpen == second.isOpen else { return false }
            for (first, second) in zip(first.attributes, second.attributes) {
                guard first.name == second.name, first.isRequired == second.isRequired, areEqual(first.type, second.type) else {
                    return false
                }
            }
            return true
        case (let first, let second): return first == second
        }
    }
}
