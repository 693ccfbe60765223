/// A request with what is looked up once for all policies.
struct Situation: Sendable {
    struct Participant: Sendable {
        let uid: EntityUID
        /// Nil where the entity is not known.
        let entity: Entity?
        let ancestors: Set<EntityUID>

        init(_ uid: EntityUID, in entities: Entities) {
            self.uid = uid
            entity = entities[uid]
            ancestors = entities.ancestors(of: uid)
        }

        func isIn(_ other: EntityUID) -> Bool { uid == other || ancestors.contains(other) }
    }

    let principal: Participant
    let action: Participant
    let resource: Participant
    let context: Record
    let entities: Entities

    init(_ request: Request, _ entities: Entities) {
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
}
