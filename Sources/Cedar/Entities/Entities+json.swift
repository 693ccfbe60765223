// Entities in JSON.
//
//     [{"uid": {"type": "User", "id": "ann"}, "attrs": {"age": 42}, "parents": [{"type": "Role", "id": "nurse"}], "tags": {}}]
//
// `tags` may be missing. Values are those of `ValueReader`. A name that stands where it means nothing is refused.
extension Entities {
    /// - Parameter schema: says what may be left out of values, adds its actions, and refuses whatever it does not describe.
    package init(json bytes: [UInt8], schema: Schema? = nil) throws(EntitiesError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONReader.value(bytes) } catch { throw .json(error) }
        var entities: [Entity] = []
        do throws(JSONFormatError) {
            for node in try JSONNode(value, .root("entities")).elements() {
                entities.append(try Entity(json: node, schema: schema))
            }
        } catch {
            throw .format(error)
        }
        guard let schema else {
            try self.init(entities)
            return
        }
        // What the schema says of actions counts, and what stands here must agree with it.
        let given = try Entities(entities)
        do throws(EntityValidationError) { try schema.validate(given) } catch { throw .invalid(error) }
        try self.init(entities.filter { !$0.uid.type.isAction } + schema.actionEntities)
    }

    /// On one line, sorted by name.
    package func json() throws(EntitiesError) -> [UInt8] {
        var writer = JSONWriter()
        try writer.array { writer throws(EntitiesError) in
            for entity in all.sorted(by: { $0.uid < $1.uid }) { try entity.write(to: &writer) }
        }
        return writer.bytes
    }
}

extension Entity {
    init(json node: JSONNode, schema: Schema?) throws(JSONFormatError) {
        let object = try node.object(["uid", "attrs", "parents", "tags"])
        let uid = try ValueReader.uid(object.required("uid"))
        let reader = ValueReader(schema: schema)
        let type = schema?.entityType(uid.type)
        var shape: RecordType?
        if let schema, let type, case .record(let record) = schema.types[type.shape] { shape = record }
        let attributes = try reader.record(object.required("attrs")) { shape?[$0]?.type }
        let tags = try object["tags"].map { node throws(JSONFormatError) in try reader.record(node) { _ in type?.tags } }
        var parents: Set<EntityUID> = []
        for node in try object.required("parents").elements() { parents.insert(try ValueReader.uid(node)) }
        self.init(uid: uid, attributes: attributes, tags: tags ?? .empty, parents: parents)
    }

    fileprivate func write(to writer: inout JSONWriter) throws(EntitiesError) {
        try writer.object { writer throws(EntitiesError) in
            writer.name("uid")
            writer.uid(uid)
            writer.name("attrs")
            try writer.record(attributes)
            writer.name("parents")
            writer.array { writer in
                for parent in parents.sorted() { writer.uid(parent) }
            }
            guard !tags.isEmpty else { return }
            writer.name("tags")
            try writer.record(tags)
        }
    }
}

extension Record {
    /// The context of a request.
    ///
    /// - Parameter schema: says what may be left out of values, if the action is one that it declares. Whether the context is what the
    ///   action expects is for `Schema.validate` to say.
    package init(json bytes: [UInt8], schema: Schema? = nil, action: EntityUID? = nil) throws(EntitiesError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONReader.value(bytes) } catch { throw .json(error) }
        self = try Self.context(value, schema: schema, action: action)
    }

    package static func context(_ value: JSONValue, schema: Schema?, action: EntityUID?) throws(EntitiesError) -> Record {
        var type: RecordType?
        if let schema, let definition = action.flatMap(schema.action), case .record(let record) = schema.types[definition.context] {
            type = record
        }
        do throws(JSONFormatError) {
            return try ValueReader(schema: schema).record(JSONNode(value, .root("context"))) { type?[$0]?.type }
        } catch {
            throw .format(error)
        }
    }
}
