/// What a resource says, field by field, in the order of its schema. Only what stands in the resource itself counts, never what it
/// contains, refers to or says in words.
package struct ResourceClaims: Sendable {
    package let schema: ClaimsSchema
    /// The resource's `id`.
    package let id: String?
    /// The entry's `fullUrl` in a bundle, else `Type/id`.
    package let reference: String?
    /// As many as the schema has fields.
    package let values: [ClaimValue]

    /// The value of the field of this name. `nil` if the schema has none.
    package subscript(name: String) -> ClaimValue? {
        schema.fields.firstIndex { $0.name == name }.map { values[$0] }
    }
}

extension ResourceClaims {
    /// `nil` if its type has no schema.
    package init?(resource: Resource, in source: RecordSource) throws(ClaimsError) {
        try self.init(resource, source.bytes)
    }

    /// - Parameter bytes: one resource in JSON, and nothing else.
    ///
    /// `nil` if they are JSON but no resource, or if its type has no schema.
    package init?(resource bytes: [UInt8]) throws(ClaimsError) {
        let resource: Resource?
        do throws(JSONError) {
            resource = try FHIRDocument.resource(bytes, in: bytes.indices)
        } catch {
            throw .json(error)
        }
        guard let resource else { return nil }
        try self.init(resource, bytes)
    }

    private init?(_ resource: Resource, _ bytes: [UInt8]) throws(ClaimsError) {
        guard let schema = ClaimsSchema.all.first(where: { $0.name == resource.type }) else { return nil }
        let reader = try ClaimsReader(resource, bytes, schema)
        var values: [ClaimValue] = []
        for field in schema.fields { values.append(try reader.value(of: field)) }
        self.schema = schema
        self.values = values
        id = resource.id
        reference = resource.fullURL?.text(in: bytes) ?? resource.id.map { "\(resource.type)/\($0)" }
    }
}

/// The claims of all resources of a record.
package struct RecordClaims: Sendable {
    package struct Refusal: Hashable, Sendable {
        /// Among the record's resources, from 0.
        package let position: Int
        package let type: String
        package let error: ClaimsError
    }

    /// In the order of the resources. A resource of a type without schema has none.
    package let claims: [ResourceClaims]
    /// The resources of which nothing can be claimed, though their type has a schema. They do not hinder the others.
    package let refusals: [Refusal]

    /// - Parameter content: what `Record.content` holds, or any other source of resources. A file that is not looked into has no claims.
    package init(content: [UInt8]) throws(SourceError) {
        self.init(try RecordSource(content))
    }

    package init(_ source: RecordSource) {
        var (claims, refusals): ([ResourceClaims], [Refusal]) = ([], [])
        for (position, resource) in source.resources.enumerated() {
            do throws(ClaimsError) {
                if let claim = try ResourceClaims(resource: resource, in: source) { claims.append(claim) }
            } catch {
                refusals.append(Refusal(position: position, type: resource.type, error: error))
            }
        }
        (self.claims, self.refusals) = (claims, refusals)
    }
}
