// Attributes and tags, and the tests that make them safe to use.
extension Typechecker {
    mutating func attribute(_ operand: Expression, _ name: CedarString, _ expression: Expression) -> Answer {
        let target = expect(.entityOrRecord, operand)
        guard let type = target.type else { return .faulty(nil) }
        guard let attribute = self.attribute(name, of: type) else {
            let guesses = findings.count < Suggestion.maximum
            let meant = guesses ? Suggestion.closest(to: name, among: attributeNames(of: type)) : nil
            report(.undeclaredAttribute(name, of: self.name(type), meant: meant), at: expression)
            return .faulty(nil)
        }
        guard attribute.isRequired || known.contains(capability(operand, name)) else {
            report(.optionalAttribute(name), at: expression)
            return .faulty(attribute.type)
        }
        return Answer(type: attribute.type).following(target)
    }

    /// An entity may not exist, so of an entity even a required attribute may be missing; of a record it is there.
    mutating func has(_ operand: Expression, _ name: CedarString) -> Answer {
        let target = expect(.entityOrRecord, operand)
        guard let type = target.type else { return .faulty(.bool) }
        guard let attribute = self.attribute(name, of: type) else {
            return Answer(type: mayHave(name, type) ? .bool : .false).following(target)
        }
        let capability = capability(operand, name)
        var isRecord = false
        if case .record = types[type] { isRecord = true }
        let isCertain = known.contains(capability) || (isRecord && attribute.isRequired)
        return Answer(type: isCertain ? .true : .bool, capabilities: [capability]).following(target)
    }

    private mutating func capability(_ target: Expression, _ name: CedarString) -> Capability {
        Capability(kind: .attribute, target: numbers.number(target), name: numbers.number(name))
    }

    private mutating func attribute(_ name: CedarString, of type: TypeID) -> RecordType.Attribute? {
        switch types[type] {
        case .record(let record): return record[name]
        case .entity(let ids):
            var result: RecordType.Attribute?
            for id in ids {
                guard let attribute = shape(id)?[name] else { return nil }
                guard let other = result else {
                    result = attribute
                    continue
                }
                guard let bound = types.leastUpperBound(other.type, attribute.type, .permissive) else { return nil }
                result = .init(name: name, type: bound, isRequired: other.isRequired && attribute.isRequired)
            }
            return result
        default: return nil
        }
    }

    private func mayHave(_ name: CedarString, _ type: TypeID) -> Bool {
        switch types[type] {
        case .record(let record): record.isOpen || record[name] != nil
        case .entity(let ids): ids.contains { shape($0)?[name] != nil }
        case .anyEntity, .never: true
        default: false
        }
    }

    private func attributeNames(of type: TypeID) -> [CedarString] {
        switch types[type] {
        case .record(let record): record.attributes.map(\.name)
        case .entity(let ids): ids.flatMap { shape($0)?.attributes.map(\.name) ?? [] }
        default: []
        }
    }

    private func shape(_ id: EntityTypeID) -> RecordType? {
        guard let type = schema.entityType(id), case .record(let record) = types[type.shape] else { return nil }
        return record
    }
}

extension Typechecker {
    mutating func hasTag(_ entity: Expression, _ tag: Expression) -> Answer {
        let target = expect(.entity, entity)
        let key = expect(.string, tag)
        guard let type = target.type else { return .faulty(nil) }
        let capability = tagCapability(entity, tag)
        let result: TypeID = tagTypes(type).isEmpty ? .false : known.contains(capability) ? .true : .bool
        return Answer(type: result, capabilities: [capability]).following(target, key)
    }

    mutating func getTag(_ entity: Expression, _ tag: Expression, _ expression: Expression) -> Answer {
        let target = expect(.entity, entity)
        let key = expect(.string, tag)
        guard let type = target.type else { return .faulty(nil) }
        guard known.contains(tagCapability(entity, tag)) else {
            report(.untestedTag, at: expression)
            return .faulty(nil)
        }
        let tags = tagTypes(type)
        guard !tags.isEmpty else {
            report(.noTags(name(type)), at: expression)
            return .faulty(nil)
        }
        guard let bound = bound(of: tags.map { Answer(type: $0) }, at: expression) else { return .faulty(nil) }
        return Answer(type: bound).following(target, key)
    }

    private mutating func tagCapability(_ target: Expression, _ tag: Expression) -> Capability {
        Capability(kind: .tag, target: numbers.number(target), name: numbers.number(tag))
    }

    /// Of those entity types that have tags.
    private func tagTypes(_ type: TypeID) -> [TypeID] {
        switch types[type] {
        case .entity(let ids): ids.compactMap { schema.entityType($0)?.tags }
        case .anyEntity: schema.entityTypes.compactMap(\.tags)
        default: []
        }
    }
}
