/// The entities a request is decided over, and which of them lie in which.
package struct Entities: Sendable {
    private var byUID: [EntityUID: Entity]

    package static let empty = Entities(unchecked: [])

    init(unchecked entities: [Entity]) {
        byUID = Dictionary(entities.map { ($0.uid, $0) }) { $1 }
    }

    package subscript(uid: EntityUID) -> Entity? { byUID[uid] }

    /// Every entity that this one lies in, directly or not; itself not counted. An entity that is not here lies in none.
    package func ancestors(of uid: EntityUID) -> Set<EntityUID> {
        var found: Set<EntityUID> = []
        var open = Array(byUID[uid]?.parents ?? [])
        while let next = open.popLast() {
            guard found.insert(next).inserted else { continue }
            open.append(contentsOf: byUID[next]?.parents ?? [])
        }
        return found
    }

    /// Whether the first is the second or lies in it.
    package func isIn(_ uid: EntityUID, _ ancestor: EntityUID) -> Bool {
        uid == ancestor || ancestors(of: uid).contains(ancestor)
    }
}
