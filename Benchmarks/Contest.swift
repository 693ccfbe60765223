import CDispatch
import Glibc

/// One piece of work, done by us and by a peer in turns.
///
/// A machine's speed changes from second to second, and other programs take their share. So each round measures both, one right after
/// the other, and what is reported is the median of the rounds' ratios.
struct Contest {
    /// Does the work once or often, and answers with the time that one took.
    typealias Contender = () async throws -> Duration

    let title: String
    let peer: String
    let ours: Contender
    /// `nil` where the peer is not installed.
    let theirs: Contender?

    private static let rounds = 15

    func run() async throws -> ContestResult {
        guard let theirs else { return ContestResult(title: title, peer: peer, times: []) }
        // Caches, lazy tables and the CPU's frequency settle before anything counts.
        _ = (try await ours(), try await theirs())
        var times: [ContestResult.Times] = []
        for round in 0..<Self.rounds {
            if round.isMultiple(of: 2) {
                let ours = try await ours()
                times.append(.init(ours: ours, theirs: try await theirs()))
            } else {
                let theirs = try await theirs()
                times.append(.init(ours: try await ours(), theirs: theirs))
            }
        }
        return ContestResult(title: title, peer: peer, times: times)
    }
}

struct ContestResult {
    struct Times {
        let ours: Duration
        let theirs: Duration

        var ratio: Double { ours / theirs }
    }

    let title: String
    let peer: String
    /// One for each round. Empty if the peer was missing.
    let times: [Times]

    var ours: Duration? { median(times.map(\.ours)) }
    var theirs: Duration? { median(times.map(\.theirs)) }
    var ratio: Double? { median(times.map(\.ratio)) }
    var lowestRatio: Double? { times.map(\.ratio).min() }
    var highestRatio: Double? { times.map(\.ratio).max() }

    private func median<Value: Comparable>(_ values: [Value]) -> Value? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}

/// Time that the calling thread spent on a processor. What other programs take meanwhile is not in it.
enum ThreadClock {
    private static var now: Duration {
        var time = timespec()
        let status = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        precondition(status == 0, "every thread has a clock")
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The time of one of `count` repetitions.
    static func measure(_ count: Int = 1, _ body: () throws -> Void) rethrows -> Duration {
        let start = now
        for _ in 0..<count { try body() }
        return (now - start) / count
    }
}

extension ContinuousClock {
    /// The time of one of `count` operations that `body` performs, by the clock on the wall: for work that waits for the disk.
    static func measure(_ count: Int, _ body: () async throws -> Void) async rethrows -> Duration {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / count
    }
}
