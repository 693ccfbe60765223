import TestSupport
import Testing

@testable import EnvelopeEncryption

/// Pieces that become ready in any order, and what must see them in theirs.
@Suite struct PieceScheduleTests {
    /// What goes on at a time, as a line would have it.
    private struct Run {
        var schedule: PieceSchedule
        let slotCount: Int
        var working: Set<UInt64> = []
        var looking: [Int: UInt64] = [:]
        var collected: [UInt64] = []
        var seen: [[UInt64]]
        var mostAtOnce = 0

        init(pieces: UInt64, slots: Int, views: Int, workers: Int) {
            schedule = PieceSchedule(pieceCount: pieces, slotCount: slots, viewCount: views, workersAtMost: workers)
            slotCount = slots
            seen = Array(repeating: [], count: views)
        }

        /// Begins what may begin. A slot that is still in use must not be given away.
        mutating func begin() {
            for step in schedule.next() {
                switch step {
                case .work(let index):
                    let unseen = collected.filter { index in seen.contains { !$0.contains(index) } }
                    let inUse = working.union(looking.values).union(unseen)
                    #expect(!inUse.contains { $0 % UInt64(slotCount) == index % UInt64(slotCount) })
                    working.insert(index)
                case .view(let view, let index):
                    #expect(looking[view] == nil && collected.contains(index))
                    looking[view] = index
                }
            }
            mostAtOnce = max(mostAtOnce, working.count)
        }

        /// Ends one of the things that go on. `false` if nothing does.
        mutating func endOne(_ generator: inout SeededGenerator) -> Bool {
            let views = looking.keys.sorted()
            let choice = Int.random(in: 0..<max(1, working.count + views.count), using: &generator)
            if choice < views.count, let index = looking.removeValue(forKey: views[choice]) {
                seen[views[choice]].append(index)
                schedule.viewed(by: views[choice])
                return true
            }
            guard let index = working.sorted().randomElement(using: &generator) else { return false }
            working.remove(index)
            collected += schedule.worked(index)
            return true
        }
    }

    @Test(arguments: [0, 1, 2], [1, 2, 3, 8])
    func `every piece is worked on once and seen in its order by all`(views: Int, slots: Int) {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for pieces in [0, 1, 2, 7, 40] as [UInt64] {
            for workers in [1, 2, 6] {
                var run = Run(pieces: pieces, slots: slots, views: views, workers: workers)
                run.begin()
                while run.endOne(&generator) { run.begin() }
                let all = Array(0..<pieces)
                #expect(run.collected == all && run.seen.allSatisfy { $0 == all }, "seed \(seed)")
                #expect(run.mostAtOnce <= min(workers, slots))
            }
        }
    }

    @Test func `a piece that takes long holds up what must come after it, and nothing else`() {
        var schedule = PieceSchedule(pieceCount: 10, slotCount: 4, viewCount: 1, workersAtMost: 4)
        #expect(schedule.next().count == 4)
        #expect(schedule.worked(2).isEmpty && schedule.worked(1).isEmpty)
        #expect(schedule.next().isEmpty)
        #expect(schedule.worked(0) == 0..<3)
        #expect(schedule.next().count == 1)
        schedule.viewed(by: 0)
        #expect(schedule.next().count == 2)
    }
}
