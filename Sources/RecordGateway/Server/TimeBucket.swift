/// Has an answer leave at a whole number of steps after its call was understood. What takes a little longer, such as a decision that leaves
/// out what a patient restricts, looks like what takes a little less.
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

    /// From here on the time is counted. Whoever calls must not be able to put this off against the work that follows, by sending slowly.
    package func hold() -> Hold { Hold(bucket: self, start: clock.now) }

    package struct Hold: Sendable {
        fileprivate let bucket: TimeBucket
        fileprivate let start: C.Instant

        /// Until the next whole step. Cancelled, as when the gateway stops, it waits for nothing.
        package func wait() async {
            let steps = (start.duration(to: bucket.clock.now) / bucket.step).rounded(.down) + 1
            try? await bucket.clock.sleep(until: start.advanced(by: bucket.step * steps), tolerance: .zero)
        }
    }
}

extension TimeBucket<ContinuousClock> {
    /// For answers that leave out what whoever asks must not learn of. Longer than a decision takes where syncing to the disk takes a few
    /// milliseconds.
    static let hiding = TimeBucket(of: .milliseconds(10))
}
