/// The name of a policy, a template or a link within its set.
package typealias PolicyID = CedarString

/// A policy that stands for itself: no slots.
package struct Policy: Sendable {
    /// Elsewhere, so that a table of many policies is small.
    private final class Content: Sendable {
        let id: PolicyID
        let body: PolicyBody

        init(id: PolicyID, body: PolicyBody) {
            self.id = id
            self.body = body
        }
    }

    private let content: Content

    /// Nil where the body has slots.
    package init?(id: PolicyID, _ body: PolicyBody) {
        guard body.slots.isEmpty else { return nil }
        content = Content(id: id, body: body)
    }

    package var id: PolicyID { content.id }
    package var body: PolicyBody { content.body }
    package var effect: Effect { body.effect }
}

extension Policy: Hashable {
    package static func == (left: Policy, right: Policy) -> Bool {
        left.id == right.id && left.body == right.body
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
    }
}

/// A policy with places for a principal or a resource. It decides nothing until it is linked.
package struct Template: Hashable, Sendable {
    package let id: PolicyID
    package let body: PolicyBody

    /// Nil where the body has no slot.
    package init?(id: PolicyID, _ body: PolicyBody) {
        guard !body.slots.isEmpty else { return nil }
        self.id = id
        self.body = body
    }

    package var slots: [Slot] { body.slots }
}

/// A template with entities in its slots, under an id of its own.
package struct Link: Hashable, Sendable {
    package let id: PolicyID
    package let templateID: PolicyID
    package let values: [Slot: EntityUID]

    package init(id: PolicyID, templateID: PolicyID, values: [Slot: EntityUID]) {
        self.id = id
        self.templateID = templateID
        self.values = values
    }
}
