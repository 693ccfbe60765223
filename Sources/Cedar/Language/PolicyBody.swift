/// What a policy or a template says: everything but its id.
package struct PolicyBody: Sendable {
    package struct Condition: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable {
            case when, unless
        }

        package let kind: Kind
        package let expression: Expression

        package init(_ kind: Kind, _ expression: Expression) {
            self.kind = kind
            self.expression = expression
        }
    }

    package var effect: Effect
    package var principal: ScopeConstraint
    package var action: ActionConstraint
    package var resource: ScopeConstraint
    package var conditions: [Condition]
    /// `@name("value")`; one without a value has the empty string.
    package var annotations: [CedarString: CedarString]
    package var position: SourcePosition

    package init(
        effect: Effect, principal: ScopeConstraint = .any, action: ActionConstraint = .any, resource: ScopeConstraint = .any,
        conditions: [Condition] = [], annotations: [CedarString: CedarString] = [:], position: SourcePosition = .none
    ) {
        self.effect = effect
        self.principal = principal
        self.action = action
        self.resource = resource
        self.conditions = conditions
        self.annotations = annotations
        self.position = position
    }

    /// Those that a link must fill, sorted.
    package var slots: [Slot] {
        (principal.hasSlot ? [.principal] : []) + (resource.hasSlot ? [.resource] : [])
    }
}

extension PolicyBody: Hashable {
    /// Where it stood does not count.
    package static func == (left: PolicyBody, right: PolicyBody) -> Bool {
        left.effect == right.effect && left.principal == right.principal && left.action == right.action
            && left.resource == right.resource && left.conditions == right.conditions && left.annotations == right.annotations
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(effect)
        hasher.combine(principal)
        hasher.combine(action)
        hasher.combine(resource)
        hasher.combine(conditions)
    }
}

/// What a policy does when it applies.
package enum Effect: String, Hashable, Sendable {
    case permit, forbid
}
