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

    private struct Refused: Error {}

    /// Microseconds from the beginning to the answer.
    private static func time(of work: Duration, fails: Bool = false) async throws -> Int {
        let clock = HeldClock()
        let start = clock.now
        do {
            let value = try await TimeBucket(of: .milliseconds(10), on: clock).run {
                clock.work(work)
                if fails { throw Refused() }
                return 42
            }
            #expect(value == 42 && !fails)
        } catch is Refused {
            #expect(fails)
        }
        return Int(start.duration(to: clock.now) / .microseconds(1))
    }

    @Test(arguments: [
        (0, 10_000), (1, 10_000), (2_900, 10_000), (3_050, 10_000), (9_999, 10_000), (10_000, 20_000), (10_001, 20_000),
        (47_000, 50_000), (1_234_567, 1_240_000),
    ])
    func `an answer or a refusal leaves at the next whole step`(worked: Int, leaves: Int) async throws {
        for fails in [false, true] {
            #expect(try await Self.time(of: .microseconds(worked), fails: fails) == leaves, "\(worked) \(fails)")
        }
    }

    @Test func `who is cancelled does not wait, and what was done stays done`() async throws {
        let task = Task {
            let clock = HeldClock()
            let value = try await TimeBucket(of: .seconds(1_000), on: clock).run {
                while !Task.isCancelled { await Task.yield() }
                return 42
            }
            return (value, clock.now.passed)
        }
        task.cancel()
        let (value, time) = try await task.value
        #expect(value == 42 && time == .seconds(7))
    }
}
