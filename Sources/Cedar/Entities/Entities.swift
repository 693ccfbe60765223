/// The entities a request is decided over, and which of them lie in which.
///
/// Every entity that is named, be it only as a parent, has a handle: a small number. For each entity the handles of all it lies in are
/// kept sorted, so that `isIn` is a search in one short array and follows no parents.
package struct Entities: Sendable {
    /// A named entity. It means nothing to other `Entities`.
    package struct Handle: Hashable, Sendable {
        let index: Int32
    }

    private var handles: [EntityUID: Int32] = [:]
    /// By handle.
    private var names: [EntityUID] = []
    /// By handle; `nil` where the entity is only named.
    private var byHandle: [Entity?] = []
    /// The ancestors of an entity stand in `ancestors` from its offset to the next one's.
    private var offsets: [Int32] = [0]
    private var ancestors: [Int32] = []

    package static let empty = Entities()

    private init() {}

    /// - Throws: `.duplicate` for two different entities of one name, `.cycle` for one that lies in itself, `.tooManyAncestors`.
    package init(_ entities: some Sequence<Entity>) throws(EntitiesError) {
        for entity in entities {
            let handle = Int(handle(naming: entity.uid))
            if let other = byHandle[handle], other != entity { throw .duplicate(entity.uid) }
            byHandle[handle] = entity
            for parent in entity.parents { _ = self.handle(naming: parent) }
        }
        var closure = AncestorClosure(parents: byHandle.map { entity in (entity?.parents ?? []).compactMap { handles[$0] } })
        switch closure.compute() {
        case .complete:
            offsets = closure.offsets
            ancestors = closure.ancestors
        case .cycle(let index): throw .cycle(names[Int(index)])
        case .tooLarge: throw .tooManyAncestors
        }
    }

    private mutating func handle(naming uid: EntityUID) -> Int32 {
        if let handle = handles[uid] { return handle }
        let handle = Int32(byHandle.count)
        handles[uid] = handle
        names.append(uid)
        byHandle.append(nil)
        return handle
    }

    package subscript(uid: EntityUID) -> Entity? { handles[uid].flatMap { byHandle[Int($0)] } }

    package subscript(handle: Handle) -> Entity? { byHandle[Int(handle.index)] }

    /// `nil` for an entity that is not named here: it is in nothing and nothing is in it but itself.
    package func handle(of uid: EntityUID) -> Handle? { handles[uid].map(Handle.init) }

    /// Those that are here and not only named, in no order.
    package var all: some Sequence<Entity> { byHandle.lazy.compactMap { $0 } }

    package var count: Int { byHandle.lazy.filter { $0 != nil }.count }

    /// Every entity that this one lies in, directly or not; itself not counted. An entity that is not here lies in none.
    package func ancestors(of uid: EntityUID) -> Set<EntityUID> { Set(allAncestors(of: uid)) }

    /// Each once, in no order that means anything.
    package func allAncestors(of uid: EntityUID) -> some Sequence<EntityUID> {
        let places = handles[uid].map(range) ?? 0..<0
        return ancestors[places].lazy.map { names[Int($0)] }
    }

    /// The same, without making a set of them.
    package func forEachAncestor(of handle: Handle, _ visit: (EntityUID) -> Void) {
        for place in range(handle.index) { visit(names[Int(ancestors[place])]) }
    }

    /// Whether the first is the second or lies in it.
    package func isIn(_ uid: EntityUID, _ ancestor: EntityUID) -> Bool {
        if uid == ancestor { return true }
        guard let uid = handles[uid], let ancestor = handles[ancestor] else { return false }
        return isIn(Handle(index: uid), Handle(index: ancestor))
    }

    /// Whether the first is the second or lies in it.
    package func isIn(_ handle: Handle, _ ancestor: Handle) -> Bool {
        if handle == ancestor { return true }
        var range = range(handle.index)
        // Few at a time are compared one by one.
        while range.count > 8 {
            let middle = (range.lowerBound + range.upperBound) / 2
            if ancestors[middle] > ancestor.index {
                range = range.lowerBound..<middle
            } else {
                range = middle..<range.upperBound
            }
        }
        for place in range where ancestors[place] == ancestor.index { return true }
        return false
    }

    private func range(_ handle: Int32) -> Range<Int> {
        Int(offsets[Int(handle)])..<Int(offsets[Int(handle) + 1])
    }
}
