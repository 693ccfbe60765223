import RecordGateway
import Synchronization
import Testing

/// Times on the ledger never decrease, so a clock that is wrong for a moment must not get there.
@Suite struct SteadyClocks {
    /// Two clocks that stand where a test puts them, and how often an operator was told that they parted.
    private final class Clocks: Sendable {
        static let start: Int64 = 1_795_200_000
        let wall = Atomic(start)
        let elapsed = Atomic<Int64>(0)
        let warnings = Atomic(0)

        func steady() -> SteadyClock {
            SteadyClock(
                wall: { self.wall.load(ordering: .relaxed) }, elapsed: { self.elapsed.load(ordering: .relaxed) },
                warning: { self.warnings.add(1, ordering: .relaxed) })
        }

        /// Real time goes on, and the wall clock with it, or with a jump.
        func pass(_ seconds: Int64, wall change: Int64? = nil) {
            elapsed.add(seconds, ordering: .relaxed)
            wall.add(change ?? seconds, ordering: .relaxed)
        }

        var told: Int { warnings.load(ordering: .relaxed) }
    }

    @Test func `time goes on as long as the clock goes with it`() {
        let clocks = Clocks()
        let steady = clocks.steady()
        for seconds in [0, 1, 60, 86_400, 40_000_000] as [Int64] {
            clocks.pass(seconds)
            #expect(steady.seconds == clocks.wall.load(ordering: .relaxed))
        }
        #expect(clocks.told == 0)
    }

    @Test(arguments: [7_200, 86_400 * 30, 86_400 * 3_650, -7_200, -86_400 * 30, -Clocks.start] as [Int64])
    func `a clock that jumps is not followed, whichever way`(jump: Int64) {
        let clocks = Clocks()
        let steady = clocks.steady()
        clocks.pass(100)
        #expect(steady.seconds == Clocks.start + 100)
        clocks.pass(1, wall: 1 + jump)
        #expect(steady.seconds == Clocks.start + 101)
        clocks.pass(1_000)
        #expect(steady.seconds == Clocks.start + 1_101)
        #expect(clocks.told == 1)
    }

    @Test(arguments: [1, -1, 59, -59, 3_600, -3_600] as [Int64])
    func `a clock that is set right a little is believed`(correction: Int64) {
        let clocks = Clocks()
        let steady = clocks.steady()
        clocks.pass(100, wall: 100 + correction)
        #expect(steady.seconds == Clocks.start + 100 + correction)
        #expect(clocks.told == 0)
    }

    /// However small the steps are, what counts is how far it has come from where it began.
    @Test func `small corrections do not add up to a large one`() {
        let clocks = Clocks()
        let steady = clocks.steady()
        for _ in 0..<60 { clocks.pass(60, wall: 120) }
        #expect(steady.seconds == Clocks.start + 7_200 && clocks.told == 0)
        clocks.pass(0, wall: 1)
        #expect(steady.seconds == Clocks.start + 3_600 && clocks.told == 1)
    }

    @Test func `a clock that stands still is left behind`() {
        let clocks = Clocks()
        let steady = clocks.steady()
        clocks.pass(3_600, wall: 0)
        #expect(steady.seconds == Clocks.start && clocks.told == 0)
        clocks.pass(1, wall: 0)
        #expect(steady.seconds == Clocks.start + 3_601 && clocks.told == 1)
        clocks.pass(86_400, wall: 0)
        #expect(steady.seconds == Clocks.start + 90_001)
    }

    @Test func `an operator is told once, however often the time is asked`() {
        let clocks = Clocks()
        let steady = clocks.steady()
        clocks.pass(0, wall: 86_400)
        for _ in 0..<10 { _ = steady.seconds }
        #expect(clocks.told == 1)
        // Set right, the clock is believed again. That it goes wrong a second time is no news.
        clocks.pass(0, wall: -86_400)
        #expect(steady.seconds == Clocks.start)
        clocks.pass(0, wall: -86_400)
        #expect(steady.seconds == Clocks.start && clocks.told == 1)
    }
}
