/// Why an entity is not what a schema says.
package struct EntityValidationError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// No such entity type is declared.
        case undeclaredType
        /// No such action is declared, or it has other parents, or it has attributes or tags.
        case notTheDeclaredAction
        /// This entity, or one named in a value: its type is enumerated and lists others, or it is an action that is not declared.
        case notListed(EntityUID)
        case missingAttribute(CedarString)
        case undeclaredAttribute(CedarString)
        case wrongType(attribute: CedarString, expected: String)
        /// The type declares no tags.
        case tagsNotDeclared
        case wrongTagType(tag: CedarString, expected: String)
        /// The type cannot lie in entities of that type.
        case undeclaredParent(EntityUID)
    }

    package let entity: EntityUID
    package let reason: Reason
}

extension EntityValidationError: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .undeclaredType: "\(entity): the schema declares no entity type `\(entity.type)`"
        case .notTheDeclaredAction: "\(entity): not the action that the schema declares"
        case .notListed(let uid): "\(entity): \(uid) is none of those that the schema lists"
        case .missingAttribute(let name): "\(entity): the attribute `\(name)` is missing"
        case .undeclaredAttribute(let name): "\(entity): no attribute `\(name)` is declared"
        case .wrongType(let name, let expected): "\(entity): the attribute `\(name)` is expected to be \(expected)"
        case .tagsNotDeclared: "\(entity): entities of this type have no tags"
        case .wrongTagType(let tag, let expected): "\(entity): the tag `\(tag)` is expected to be \(expected)"
        case .undeclaredParent(let parent): "\(entity): entities of this type cannot lie in \(parent)"
        }
    }
}
