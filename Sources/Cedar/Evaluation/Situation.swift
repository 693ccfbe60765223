/// A request with what is looked up once for all policies, of as many sets as are asked. A class, so that handing it on copies nothing.
package final class Situation: Sendable {
    final class Participant: Sendable {
        let uid: EntityUID
        /// Nil where the entity is not even named.
        let handle: Entities.Handle?
        /// Nil where the entity is not known.
        let entity: Entity?

        init(_ uid: EntityUID, in entities: Entities) {
            self.uid = uid
            handle = entities.handle(of: uid)
            entity = handle.flatMap { entities[$0] }
        }
    }

    let principal: Participant
    let action: Participant
    let resource: Participant
    let context: Record
    let entities: Entities

    package init(_ request: Request, _ entities: Entities) {
        principal = Participant(request.principal, in: entities)
        action = Participant(request.action, in: entities)
        resource = Participant(request.resource, in: entities)
        context = request.context
        self.entities = entities
    }

    /// Nil for `context`.
    func participant(_ variable: Variable) -> Participant? {
        switch variable {
        case .principal: principal
        case .action: action
        case .resource: resource
        case .context: nil
        }
    }

    func value(_ variable: Variable) -> Value {
        switch variable {
        case .principal: .entity(principal.uid)
        case .action: .entity(action.uid)
        case .resource: .entity(resource.uid)
        case .context: .record(context)
        }
    }

    /// Whether the participant is the entity or lies in it.
    func isIn(_ participant: Participant, _ other: EntityUID) -> Bool {
        if participant.uid == other { return true }
        guard let handle = participant.handle, let other = entities.handle(of: other) else { return false }
        return entities.isIn(handle, other)
    }
}
