/// A thing that policies speak of: attributes, tags, and the entities it is directly in.
package struct Entity: Hashable, Sendable {
    package let uid: EntityUID
    package let attributes: Record
    package let tags: Record
    package let parents: Set<EntityUID>

    package init(uid: EntityUID, attributes: Record = .empty, tags: Record = .empty, parents: Set<EntityUID> = []) {
        self.uid = uid
        self.attributes = attributes
        self.tags = tags
        self.parents = parents
    }
}
