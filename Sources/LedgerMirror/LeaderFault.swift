/// Why a mirror does not go on following its leader.
package enum FollowError: Error, Equatable {
    /// The leader does not answer, or not as a gateway. What was mirrored stays good, and the next try may succeed.
    case unreachable
    /// The leader lied. What it showed is not kept, and what was kept is not served any more by whoever believed it.
    case fault(LeaderFault)
    /// The copy cannot be read or written.
    case local
}

package enum LeaderFault: Error, Equatable, Sendable {
    /// A checkpoint is not signed by the key of the ledger that is followed.
    case notSigned
    /// The ledger is shorter than it was.
    case rolledBack
    /// The ledger is not the one that was followed, continued.
    case forked
    /// An entry breaks the ledger's rules.
    case ruleBroken(entry: UInt64)
    /// Tiles or entries cannot be read, or are too many.
    case malformed
}

extension LeaderFault {
    /// Whether the ledger's key signed it. The rest may come from anybody on the way, or from a proxy that serves a page of its own.
    package var isSigned: Bool {
        switch self {
        case .rolledBack, .forked, .ruleBroken: true
        case .notSigned, .malformed: false
        }
    }
}

extension LeaderFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notSigned: "it shows a ledger that is not signed with the key of the one that is followed"
        case .rolledBack: "it shows an older state of the ledger than it showed before"
        case .forked: "its ledger is not the one that was followed, continued"
        case .ruleBroken(let entry): "entry \(entry) breaks the rules of the ledger"
        case .malformed: "what it shows of the ledger cannot be read"
        }
    }
}
