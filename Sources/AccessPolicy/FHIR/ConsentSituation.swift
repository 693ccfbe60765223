package import Cedar

/// A request and a record as Cedar sees them, where both are known outside of a gateway: for callers that keep records of their own.
package struct ConsentSituation: Sendable {
    package let request: Cedar.Request
    package let entities: Entities

    /// - Parameter principal: who asks, where it is to have a name of its own.
    /// - Throws: for names that lie in themselves.
    package init(
        _ request: ConsentRequest, _ record: ConsentRecord, in patient: EntityUID, as principal: EntityUID? = nil
    ) throws(EntitiesError) {
        let requester = request.requester.isEmpty ? .unstatedOrganization : principal ?? .organization(named: "requester")
        let author = record.authors.isEmpty ? .unstatedOrganization : EntityUID.organization(named: "author")
        let resource = EntityUID(type: "Record", id: "record")
        var entities = [
            Entity(uid: requester, parents: Set(request.requester.map(EntityUID.organization(named:))).subtracting([requester])),
            Entity(
                uid: resource, attributes: record.attributes(author), parents: Set(record.labels.map(EntityUID.label) + [patient])),
            Entity(
                uid: EntityUID(type: "Action", id: CedarString(request.action)),
                parents: [EntityUID(type: "Action", id: "disclose")]),
        ]
        if !record.authors.isEmpty {
            entities.append(Entity(uid: author, parents: Set(record.authors.map(EntityUID.organization(named:)))))
        }
        entities += Self.tree(SensitivityCodes.tree, record.labels, EntityUID.label)
        entities += Self.tree(PurposeCodes.tree, request.purposes) { .purpose($0) }
        // One that matches is enough: they lie in one that stands for all.
        let purpose = EntityUID.purpose("request")
        entities.append(Entity(uid: purpose, parents: Set(request.purposes.map { .purpose($0) })))
        self.entities = try Entities(entities)
        self.request = Cedar.Request(
            principal: requester, action: EntityUID(type: "Action", id: CedarString(request.action)), resource: resource,
            context: [
                "now": .datetime(DatetimeValue(milliseconds: request.now)), "consent": .record(Consented().record),
                "purpose": .entity(request.purposes.isEmpty ? .unstatedPurpose : purpose),
            ])
    }

    /// The codes with all that they lie in.
    private static func tree(_ tree: CodeTree, _ codes: Set<String>, _ name: (String) -> EntityUID) -> [Entity] {
        let all = codes.union(codes.flatMap { tree.ancestors(of: $0) })
        return all.sorted().map { code in
            Entity(uid: name(code), parents: Set(tree.parent(of: code).map { [name($0)] } ?? []))
        }
    }
}

extension ConsentRecord {
    fileprivate func attributes(_ author: EntityUID) -> Cedar.Record {
        func texts(_ texts: Set<String>) -> Value { .set(ValueSet(texts.map { .string(CedarString($0)) })) }
        func day(_ milliseconds: Int64) -> Value { .datetime(DatetimeValue(milliseconds: milliseconds)) }
        var fields: [(CedarString, Value?)] = [
            ("category", .string(CedarString(category))), ("labelled", .bool(isLabelled)),
            ("confidentiality", .long(confidentiality)),
            ("mediaType", .string(CedarString(mediaType))), ("types", texts(types)), ("author", .entity(author)),
            ("sensitivities", .set(ValueSet(sensitivities.map { .entity(.label($0)) }))),
        ]
        fields += [("earliest", earliest.map(day)), ("latest", latest.map(day))]
        fields += [("codes", codes.map(texts)), ("resources", resources.map(texts))]
        fields += [("refersTo", refersTo.map(texts)), ("dependsOn", dependsOn.map(texts))]
        return Cedar.Record(fields.compactMap { name, value in value.map { Cedar.Record.Field(name: name, value: $0) } }) ?? .empty
    }
}
