import Foundation
package import Logging
import Synchronization

/// The computer's clock, as long as it goes as fast as time does.
///
/// Times on the ledger never decrease: one entry that is written while the clock is wrong would end every grant for good. So when the
/// clock jumps, time goes on from where it was, and an operator is told; the new time holds after a restart, which looks at it anew.
package final class SteadyClock: Sendable {
    /// Corrections up to this are believed, in seconds: leap seconds, and a clock that is set right a little.
    private static let tolerance: Int64 = 3_600

    private let wall: @Sendable () -> Int64
    private let elapsed: @Sendable () -> Int64
    private let start: Int64
    private let warning: @Sendable () -> Void
    private let isWarned = Atomic(false)

    /// - Parameters:
    ///   - wall: seconds since 1970, by a clock that people and networks set.
    ///   - elapsed: seconds since the start, by a clock that nobody sets.
    ///   - warning: called once, when the two part.
    package init(
        wall: @escaping @Sendable () -> Int64, elapsed: @escaping @Sendable () -> Int64, warning: @escaping @Sendable () -> Void
    ) {
        self.wall = wall
        self.elapsed = elapsed
        self.warning = warning
        start = wall() - elapsed()
    }

    package var seconds: Int64 {
        let (now, expected) = (wall(), start + elapsed())
        guard abs(now - expected) > Self.tolerance else { return now }
        if !isWarned.exchange(true, ordering: .relaxed) { warning() }
        return expected
    }

    /// The system's clocks.
    package static func system(_ logger: Logger) -> SteadyClock {
        let start = ContinuousClock.now
        return SteadyClock(
            wall: { Int64(Date().timeIntervalSince1970) }, elapsed: { (ContinuousClock.now - start).components.seconds },
            warning: {
                logger.warning(
                    "the computer's clock jumped or stood still: it is off by more than an hour and is not followed; set it right and restart"
                )
            })
    }
}
