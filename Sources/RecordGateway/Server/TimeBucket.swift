/// Hands out what some work gives, or its error, at a whole number of steps after the work began. What takes a little longer, such as a
/// decision that leaves out what a patient restricts, looks like what takes a little less.
///
/// This is bucketing (Köpf and Dürmuth, "A Provably Secure and Efficient Countermeasure against Timing Attacks", 2009): by its time an answer
/// tells which of a few steps it came at, and no more. It does not hide the work from who sees it elsewhere: when the ledger grows, or how
/// long a flood of requests takes.
package struct TimeBucket<C: Clock>: Sendable where C.Duration == Duration {
    private let step: Duration
    private let clock: C

    package init(of step: Duration, on clock: C = ContinuousClock()) {
        self.step = step
        self.clock = clock
    }

    package func run<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        let start = clock.now
        let result: Result<Value, any Error>
        do {
            result = .success(try await work())
        } catch {
            result = .failure(error)
        }
        let steps = (start.duration(to: clock.now) / step).rounded(.down) + 1
        // Cancelled, as when the gateway stops, it waits for nothing.
        try? await clock.sleep(until: start.advanced(by: step * steps), tolerance: .zero)
        return try result.get()
    }
}

extension TimeBucket<ContinuousClock> {
    /// For answers that leave out what whoever asks must not learn of. Longer than a decision takes where syncing to the disk takes a few
    /// milliseconds.
    static let hiding = TimeBucket(of: .milliseconds(10))
}
