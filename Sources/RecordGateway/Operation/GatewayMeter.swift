import GatewayAPI
import RecordStorage
import Synchronization

/// Counts what a gateway does, by call and by nothing that names anybody. A request that was granted and one that was refused on the
/// ledger are both answered: the meter does not tell them apart.
final class GatewayMeter: Sendable {
    /// How a call ended.
    enum Outcome: String, CaseIterable {
        case answered
        /// By the caller's doing: status 4xx.
        case refused
        /// By the gateway's: status 5xx.
        case failed

        init(status: Int) {
            self = status < 400 ? .answered : status < 500 ? .refused : .failed
        }
    }

    struct Calls: Sendable {
        var outcomes: [Outcome: UInt64] = [:]
        var seconds = Histogram(bounds: Histogram.secondBounds)
    }

    struct Values: Sendable {
        /// By path. Only paths of the gateway's own are counted, so there are few.
        var calls: [String: Calls] = [:]
        /// Answers to unsigned reading, by path.
        var shown: [String: UInt64] = [:]
        var refusals: [APIError.Code: UInt64] = [:]
        var received: UInt64 = 0
        var sent: UInt64 = 0
        var connections = 0
        var openReviews = 0
        var overdueReviews = 0
        var waitingAnchors = 0
    }

    private let state = Mutex(Values())

    var values: Values { state.withLock { $0 } }

    func ended(_ path: String, _ outcome: Outcome, after duration: Duration, sent bytes: Int) {
        state.withLock { state in
            state.calls[path, default: Calls()].outcomes[outcome, default: 0] += 1
            state.calls[path, default: Calls()].seconds.observe(duration / .seconds(1))
            state.sent += UInt64(bytes)
        }
    }

    /// What anybody may read. It is not timed.
    func shown(_ path: String, bytes: Int) {
        state.withLock { state in
            state.shown[path, default: 0] += 1
            state.sent += UInt64(bytes)
        }
    }

    func refused(_ code: APIError.Code) { state.withLock { $0.refusals[code, default: 0] += 1 } }
    func received(_ bytes: UInt64) { state.withLock { $0.received += bytes } }
    func opened() { state.withLock { $0.connections += 1 } }
    func reviews(open: Int, overdue: Int) { state.withLock { ($0.openReviews, $0.overdueReviews) = (open, overdue) } }
    func anchors(waiting: Int) { state.withLock { $0.waitingAnchors = waiting } }
    func closed() { state.withLock { $0.connections -= 1 } }
}
