import RecordGateway
import Synchronization
import Testing

/// When answers leave whose work takes different times.
@Suite struct TimeBucketTests {
    /// Stands still but for work and sleep.
    private final class HeldClock: Clock {
        struct Instant: InstantProtocol {
            var passed: Duration

            func advanced(by duration: Duration) -> Instant { Instant(passed: passed + duration) }
            func duration(to other: Instant) -> Duration { other.passed - passed }
            static func < (one: Instant, other: Instant) -> Bool { one.passed < other.passed }
        }

        private let time = Mutex(Instant(passed: .seconds(7)))

        var now: Instant { time.withLock(\.self) }
        var minimumResolution: Duration { .nanoseconds(1) }

        func work(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }

        func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            try Task.checkCancellation()
            time.withLock { $0 = max($0, deadline) }
        }
    }

    @Test(arguments: [
        (0, 10_000), (1, 10_000), (2_900, 10_000), (3_050, 10_000), (9_999, 10_000), (10_000, 20_000), (10_001, 20_000),
        (47_000, 50_000), (1_234_567, 1_240_000),
    ])
    func `an answer leaves at the next whole step`(worked: Int, leaves: Int) async {
        let clock = HeldClock()
        let start = clock.now
        let hold = TimeBucket(of: .milliseconds(10), on: clock).hold()
        clock.work(.microseconds(worked))
        await hold.wait()
        #expect(start.duration(to: clock.now) == .microseconds(leaves))
    }

    @Test func `cancelled, it does not wait`() async {
        let task = Task {
            let clock = HeldClock()
            let hold = TimeBucket(of: .seconds(1_000), on: clock).hold()
            while !Task.isCancelled { await Task.yield() }
            await hold.wait()
            return clock.now.passed
        }
        task.cancel()
        #expect(await task.value == .seconds(7))
    }
}
