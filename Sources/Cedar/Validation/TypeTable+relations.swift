// Subtypes and least upper bounds.
//
// Strict validation knows next to no subtypes: two types that meet must be equal but for the singleton booleans and the empty set, so
// that what is checked could run on any representation of values. Permissive validation lets a record have further attributes, an
// optional attribute stand for a required one, and an entity be one of several types.
//
// A type can occur in others many times over, so each pair of types is compared once.
extension TypeTable {
    mutating func isSubtype(_ left: TypeID, of right: TypeID, _ mode: ValidationMode) -> Bool {
        if left == right { return true }
        let pair = Pair(left: left, right: right, mode: mode)
        if let known = subtypes[pair] { return known }
        let result = compare(left, right, mode)
        subtypes[pair] = result
        return result
    }

    private mutating func compare(_ left: TypeID, _ right: TypeID, _ mode: ValidationMode) -> Bool {
        switch (self[left], self[right]) {
        case (.never, _), (.singleton, .bool), (.set, .anySet): return true
        case (.set(let left), .set(let right)): return isSubtype(left, of: right, mode)
        case (.record(let left), .record(let right)): return isSubtype(left, of: right, mode)
        case (.entity(let left), .entity(let right)): return mode == .permissive && left.allSatisfy(right.contains)
        case (.entity, .anyEntity): return mode == .permissive
        default: return false
        }
    }

    private mutating func isSubtype(_ left: RecordType, of right: RecordType, _ mode: ValidationMode) -> Bool {
        guard !left.isOpen || right.isOpen else { return false }
        let mayHaveMore = right.isOpen && mode == .permissive
        guard mayHaveMore || left.attributes.count == right.attributes.count else { return false }
        for expected in right.attributes {
            guard let attribute = left[expected.name] else { return false }
            let fits = mode == .strict ? attribute.isRequired == expected.isRequired : attribute.isRequired || !expected.isRequired
            guard fits, isSubtype(attribute.type, of: expected.type, mode) else { return false }
        }
        return true
    }

    /// The least type that both are subtypes of, if there is one.
    mutating func leastUpperBound(_ left: TypeID, _ right: TypeID, _ mode: ValidationMode) -> TypeID? {
        if left == right || isSubtype(left, of: right, mode) { return right }
        if isSubtype(right, of: left, mode) { return left }
        let pair = Pair(left: left, right: right, mode: mode)
        if let known = bounds[pair] { return known }
        let result = bound(left, right, mode)
        bounds[pair] = .some(result)
        return result
    }

    private mutating func bound(_ left: TypeID, _ right: TypeID, _ mode: ValidationMode) -> TypeID? {
        switch (self[left], self[right]) {
        case (.singleton, .singleton): return .bool
        case (.set(let left), .set(let right)): return leastUpperBound(left, right, mode).map { id(of: .set($0)) }
        case (.record(let left), .record(let right)):
            return mode == .strict ? strictBound(left, right) : permissiveBound(left, right)
        case (.entity(let left), .entity(let right)) where mode == .permissive:
            return id(of: .entity(Set(left + right).sorted()))
        case (.entity, .anyEntity), (.anyEntity, .entity): return mode == .permissive ? .anyEntity : nil
        default: return nil
        }
    }

    private mutating func strictBound(_ left: RecordType, _ right: RecordType) -> TypeID? {
        guard left.attributes.count == right.attributes.count else { return nil }
        var attributes: [RecordType.Attribute] = []
        for (left, right) in zip(left.attributes, right.attributes) {
            guard left.name == right.name, left.isRequired == right.isRequired,
                let type = leastUpperBound(left.type, right.type, .strict)
            else { return nil }
            attributes.append(.init(name: left.name, type: type, isRequired: left.isRequired))
        }
        return id(of: .record(RecordType(attributes: attributes, isOpen: left.isOpen || right.isOpen)))
    }

    /// What both have. Where that is not all that either has, a value may have others.
    private mutating func permissiveBound(_ left: RecordType, _ right: RecordType) -> TypeID {
        var attributes: [RecordType.Attribute] = []
        for attribute in left.attributes {
            guard let other = right[attribute.name], let type = leastUpperBound(attribute.type, other.type, .permissive) else {
                continue
            }
            attributes.append(.init(name: attribute.name, type: type, isRequired: attribute.isRequired && other.isRequired))
        }
        let isOpen =
            left.isOpen || right.isOpen || attributes.count < left.attributes.count || attributes.count < right.attributes.count
        return id(of: .record(RecordType(attributes: attributes, isOpen: isOpen)))
    }
}
