// Whether values, entities and requests are what a schema says.
extension Schema {
    /// Neither deeper than the value nor than the type.
    func conforms(_ value: Value, to type: TypeID) -> Bool {
        switch (types[type], value) {
        case (.bool, .bool), (.long, .long), (.string, .string): true
        case (.singleton(let expected), .bool(let value)): expected == value
        case (.set(let element), .set(let set)): set.elements.allSatisfy { conforms($0, to: element) }
        case (.anySet, .set): true
        case (.record(let type), .record(let record)): conforms(record, to: type)
        case (.entity(let types), .entity(let uid)): id(of: uid.type).map(types.contains) ?? false
        case (.anyEntity, .entity): true
        case (.extension(.decimal), .decimal), (.extension(.ipaddr), .ipaddr), (.extension(.datetime), .datetime),
            (.extension(.duration), .duration):
            true
        default: false
        }
    }

    func conforms(_ record: Record, to type: RecordType) -> Bool {
        for attribute in type.attributes where attribute.isRequired && record[attribute.name] == nil { return false }
        return record.fields.allSatisfy { field in type[field.name].map { conforms(field.value, to: $0.type) } ?? type.isOpen }
    }

    /// The first entity named in a value that the schema does not list.
    func unlisted(in value: Value) -> EntityUID? {
        switch value {
        case .entity(let uid): isListed(uid) ? nil : uid
        case .set(let set): set.elements.lazy.compactMap(unlisted).first
        case .record(let record): record.fields.lazy.compactMap { unlisted(in: $0.value) }.first
        default: nil
        }
    }

    /// Whether the schema lists the entity, if it lists those of its type: actions and enumerated types.
    func isListed(_ uid: EntityUID) -> Bool {
        if uid.type.isAction { return action(uid) != nil }
        guard case .enumerated(let ids) = entityType(uid.type)?.kind else { return true }
        return ids.contains(uid.id)
    }
}

extension Schema {
    /// - Parameter ancestors: all that the entity lies in.
    package func validate(_ entity: Entity, ancestors: some Sequence<EntityUID>) throws(EntityValidationError) {
        func fault(_ reason: EntityValidationError.Reason) -> EntityValidationError {
            EntityValidationError(entity: entity.uid, reason: reason)
        }
        guard !entity.uid.type.isAction else {
            guard isDeclaredAction(entity, ancestors: Set(ancestors)) else { throw fault(.notTheDeclaredAction) }
            return
        }
        guard let type = entityType(entity.uid.type) else { throw fault(.undeclaredType) }
        guard isListed(entity.uid) else { throw fault(.notListed(entity.uid)) }
        try validateAttributes(of: entity, type)
        try validateTags(of: entity, type)
        for ancestor in ancestors {
            guard let id = id(of: ancestor.type), Int(id.index) < entityTypes.count, type.ancestors.contains(Int(id.index)) else {
                throw fault(.undeclaredParent(ancestor))
            }
            guard isListed(ancestor) else { throw fault(.notListed(ancestor)) }
        }
    }

    private func validateAttributes(of entity: Entity, _ type: EntityTypeDefinition) throws(EntityValidationError) {
        func fault(_ reason: EntityValidationError.Reason) -> EntityValidationError {
            EntityValidationError(entity: entity.uid, reason: reason)
        }
        guard case .record(let shape) = types[type.shape] else { return }
        for attribute in shape.attributes where attribute.isRequired && entity.attributes[attribute.name] == nil {
            throw fault(.missingAttribute(attribute.name))
        }
        for field in entity.attributes.fields {
            guard let attribute = shape[field.name] else { throw fault(.undeclaredAttribute(field.name)) }
            guard conforms(field.value, to: attribute.type) else {
                throw fault(.wrongType(attribute: field.name, expected: name(of: attribute.type)))
            }
            if let uid = unlisted(in: field.value) { throw fault(.notListed(uid)) }
        }
    }

    private func validateTags(of entity: Entity, _ type: EntityTypeDefinition) throws(EntityValidationError) {
        guard !entity.tags.isEmpty else { return }
        func fault(_ reason: EntityValidationError.Reason) -> EntityValidationError {
            EntityValidationError(entity: entity.uid, reason: reason)
        }
        guard let tags = type.tags else { throw fault(.tagsNotDeclared) }
        for field in entity.tags.fields {
            guard conforms(field.value, to: tags) else { throw fault(.wrongTagType(tag: field.name, expected: name(of: tags))) }
            if let uid = unlisted(in: field.value) { throw fault(.notListed(uid)) }
        }
    }

    private func isDeclaredAction(_ entity: Entity, ancestors: Set<EntityUID>) -> Bool {
        guard let action = action(entity.uid), entity.attributes.isEmpty, entity.tags.isEmpty else { return false }
        return ancestors == Set(actions.indices.filter(action.ancestors.contains).map { actions[$0].uid })
    }

    /// Every entity, the actions among them too.
    package func validate(_ entities: Entities) throws(EntityValidationError) {
        for entity in entities.all.sorted(by: { $0.uid < $1.uid }) {
            try validate(entity, ancestors: entities.allAncestors(of: entity.uid))
        }
    }
}

extension Schema {
    package func validate(_ request: Request) throws(RequestValidationError) {
        let (principal, action, resource) = (request.principal, request.action, request.resource)
        guard let principalID = id(of: principal.type), entityType(principalID) != nil else {
            throw .undeclaredPrincipalType(principal.type)
        }
        guard isListed(principal) else { throw .notListed(principal) }
        guard let resourceID = id(of: resource.type), entityType(resourceID) != nil else {
            throw .undeclaredResourceType(resource.type)
        }
        guard isListed(resource) else { throw .notListed(resource) }
        guard let definition = self.action(action) else { throw .undeclaredAction(action) }
        guard definition.principals.contains(principalID) else { throw .principalNotApplicable(principal.type, action: action) }
        guard definition.resources.contains(resourceID) else { throw .resourceNotApplicable(resource.type, action: action) }
        if let uid = unlisted(in: .record(request.context)) { throw .notListed(uid) }
        guard conforms(.record(request.context), to: definition.context) else {
            throw .invalidContext(action: action, expected: name(of: definition.context))
        }
    }
}
