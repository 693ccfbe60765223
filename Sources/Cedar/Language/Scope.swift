/// Which principals or resources a policy is about.
package enum ScopeConstraint: Hashable, Sendable {
    case any
    case equal(EntityReference)
    case `in`(EntityReference)
    case `is`(EntityType)
    case isIn(EntityType, EntityReference)
}

/// Which actions a policy is about.
package enum ActionConstraint: Sendable {
    case any
    case equal(EntityUID)
    case `in`(EntityUID)
    case inAny([EntityUID])
}

/// `in [a]` is `in a`.
extension ActionConstraint: Hashable {
    package static func == (left: ActionConstraint, right: ActionConstraint) -> Bool {
        switch (left, right) {
        case (.any, .any): true
        case (.equal(let left), .equal(let right)): left == right
        case (.in(let uid), .inAny(let uids)), (.inAny(let uids), .in(let uid)): uids == [uid]
        case (.in(let left), .in(let right)): left == right
        case (.inAny(let left), .inAny(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .any: hasher.combine(0)
        case .equal(let uid): hasher.combine(uid)
        case .in(let uid): hasher.combine([uid])
        case .inAny(let uids): hasher.combine(uids)
        }
    }
}

/// An entity, or in a template the place for one: `?principal` in the principal's constraint, `?resource` in the resource's.
package enum EntityReference: Hashable, Sendable {
    case uid(EntityUID)
    case slot
}

package enum Slot: String, Hashable, Sendable, CaseIterable, Comparable {
    case principal = "?principal"
    case resource = "?resource"

    package static func < (left: Slot, right: Slot) -> Bool { left.rawValue < right.rawValue }
}

extension ScopeConstraint {
    package var reference: EntityReference? {
        switch self {
        case .any, .is: nil
        case .equal(let reference), .in(let reference), .isIn(_, let reference): reference
        }
    }

    package var hasSlot: Bool { reference == .slot }

    /// With the entity in the place of the slot.
    package func filled(with uid: EntityUID) -> ScopeConstraint {
        guard hasSlot else { return self }
        return switch self {
        case .any, .is: self
        case .equal: .equal(.uid(uid))
        case .in: .in(.uid(uid))
        case .isIn(let type, _): .isIn(type, .uid(uid))
        }
    }
}
