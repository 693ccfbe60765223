/// Which piece is worked on or looked at next, where pieces become ready in any order and are looked at in theirs.
struct PieceSchedule {
    enum Step {
        case work(UInt64)
        case view(Int, UInt64)
    }

    private let pieceCount: UInt64
    private let slotCount: UInt64
    private let workersAtMost: Int
    private var workers = 0
    private var begun: UInt64 = 0
    /// Pieces that are ready behind one that is not.
    private var isWorked: Set<UInt64> = []
    /// All pieces before this one are ready.
    private var collected: UInt64 = 0
    private var lookers: [Looker]

    /// Somebody who has to see all pieces in their order.
    private struct Looker {
        var seen: UInt64 = 0
        var isLooking = false
    }

    init(pieceCount: UInt64, slotCount: Int, viewCount: Int, workersAtMost: Int) {
        self.pieceCount = pieceCount
        self.slotCount = UInt64(slotCount)
        self.workersAtMost = workersAtMost
        lookers = Array(repeating: Looker(), count: viewCount)
    }

    /// What can begin now, and counts as begun from here on. Views come first, for nothing can make up for their waiting.
    mutating func next() -> [Step] {
        var steps: [Step] = []
        for view in lookers.indices where !lookers[view].isLooking && lookers[view].seen < collected {
            lookers[view].isLooking = true
            steps.append(.view(view, lookers[view].seen))
        }
        // A slot is free again when the piece in it is ready and everybody has looked at it.
        let end = min(pieceCount, (lookers.map(\.seen).min() ?? collected) + slotCount)
        while workers < workersAtMost, begun < end {
            steps.append(.work(begun))
            (workers, begun) = (workers + 1, begun + 1)
        }
        return steps
    }

    /// The pieces that may be looked at from now on, in order: those that are ready and have none before them that is not.
    mutating func worked(_ index: UInt64) -> Range<UInt64> {
        workers -= 1
        isWorked.insert(index)
        let start = collected
        while isWorked.remove(collected) != nil { collected += 1 }
        return start..<collected
    }

    mutating func viewed(by view: Int) {
        lookers[view].isLooking = false
        lookers[view].seen += 1
    }
}
