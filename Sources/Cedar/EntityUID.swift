/// The type of an entity: a name such as `User` or `Hospital::Staff`, its parts joined by `::`.
package struct EntityType: Hashable, Comparable, Sendable {
    package let name: CedarString

    /// The name is taken as it is; parsers check that it is one.
    package init(_ name: CedarString) {
        self.name = name
    }

    package static func < (left: EntityType, right: EntityType) -> Bool { left.name < right.name }
}

extension EntityType: ExpressibleByStringLiteral, CustomStringConvertible {
    package init(stringLiteral name: String) {
        self.name = CedarString(name)
    }

    package var description: String { name.text }
}

/// The name of one entity: `User::"alice"`. The id is any string at all, as it is and not escaped.
package struct EntityUID: Hashable, Sendable {
    package let type: EntityType
    package let id: CedarString

    package init(type: EntityType, id: CedarString) {
        self.type = type
        self.id = id
    }

    package static func == (left: EntityUID, right: EntityUID) -> Bool {
        left.id == right.id && left.type == right.type
    }
}

extension EntityUID: Comparable, CustomStringConvertible {
    package static func < (left: EntityUID, right: EntityUID) -> Bool {
        left.type == right.type ? left.id < right.id : left.type < right.type
    }

    /// As Cedar writes it, the id escaped.
    package var description: String { "\(type)::\(StringEscapes.quoted(id))" }
}
