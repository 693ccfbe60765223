import CryptoPrimitives
import Synchronization

/// A payload that lies under its name, or is about to, and of which no row says so yet. As long as this lives, nobody takes the file for
/// a forgotten one.
package struct PayloadArrival: ~Copyable, Sendable {
    let row: StoredPayloadRow
    private let arrivals: PayloadArrivals

    init(_ row: StoredPayloadRow, among arrivals: PayloadArrivals) {
        self.row = row
        self.arrivals = arrivals
        arrivals.begin(row.payload)
    }

    deinit { arrivals.end(row.payload) }
}

/// All payloads that are arriving. The same one may arrive several times at once.
final class PayloadArrivals: Sendable {
    private let counts = Mutex<[PayloadID: Int]>([:])

    fileprivate func begin(_ payload: PayloadID) {
        counts.withLock { $0[payload, default: 0] += 1 }
    }

    fileprivate func end(_ payload: PayloadID) {
        counts.withLock { counts in
            guard let count = counts[payload], count > 1 else {
                counts[payload] = nil
                return
            }
            counts[payload] = count - 1
        }
    }

    /// Runs `body` unless the payload is arriving, and lets none begin to arrive meanwhile.
    func unlessArriving(_ payload: PayloadID, _ body: () throws -> Void) rethrows {
        try counts.withLock { counts in
            guard counts[payload] == nil else { return }
            try body()
        }
    }
}
