import CryptoPrimitives
import GRDB
import MerkleLedger
import SharingContract
import Synchronization

/// What is known of a store that is being served.
enum Soundness: Sendable {
    /// All was checked up to this size of the ledger. What came later, this program wrote.
    case checked(UInt64)
    /// Somebody changed what was there. Nothing is served any more.
    case differs(StoreError.Difference)
}

extension LedgerStore {
    /// Up to which size of its ledger the store has looked at everything it holds; less than its size after a start from a snapshot.
    package var checkedSize: UInt64 {
        guard case .checked(let size) = known else { return 0 }
        return size
    }

    /// Throws once a difference was found.
    func requireSound() throws {
        if case .differs(let difference) = known { throw StoreError.differs(difference) }
    }

    /// Checks while it serves everything that a start without a snapshot checks. Throws what differs, and from then on the store neither
    /// answers nor writes.
    ///
    /// - Parameter rest: waits between two pieces of work; told how long the last one took. It throws to end the check.
    package func checkAll(rest: (Duration) async throws -> Void) async throws {
        do {
            let replay = Mutex(SelfCheck.Replay())
            try await piece(rest) { try $0.checkDatabase() }
            var size: UInt64 = 0
            while size < head.size {
                let end = min(size + Self.leavesInPiece, head.size)
                try await piece(rest) { check in try replay.withLock { try check.extend(&$0, to: end) } }
                size = end
            }
            // What came meanwhile, and the tables, all as of one moment.
            let checked = try await piece(rest) { check in try replay.withLock { try check.finish(&$0).edge.size } }
            var last: PayloadID?
            repeat { last = try await checkPayloads(after: last, rest) } while last != nil
            try await checkClaims(replay.withLock { $0.published }, below: checked, rest)
            know(.checked(checked))
            try writeSnapshot()
        } catch let error as StoreError {
            if case .differs(let difference) = error { know(.differs(difference)) }
            throw error
        }
    }

    private func checkClaims(
        _ published: [UInt64: AnchorPublication], below size: UInt64, _ rest: (Duration) async throws -> Void
    ) async throws {
        var last: UInt64?
        repeat {
            let position = last
            last = try await piece(rest) { try $0.checkClaims(after: position, limit: Self.claimsInPiece) }
        } while last != nil
        try await piece(rest) { try $0.checkStrayClaims() }
        for (leaf, publication) in published { try await piece(rest) { try $0.checkAnchors([leaf: publication]) } }
        try await piece(rest) { try $0.checkOtherAnchors(than: Set(published.keys), below: size) }
    }

    /// A payload that was erased while it was looked at is no difference: then no record has it any more.
    private func checkPayloads(after last: PayloadID?, _ rest: (Duration) async throws -> Void) async throws -> PayloadID? {
        do {
            return try await piece(rest) { try $0.checkPayloads(after: last, limit: Self.payloadsInPiece) }
        } catch let error as StoreError {
            guard case .differs(let difference) = error, let payload = difference.payload, try await !isNamed(payload) else {
                throw error
            }
            return payload
        }
    }

    private func isNamed(_ payload: PayloadID) async throws -> Bool {
        try await pool.read { try $0.row("SELECT 1 FROM slot WHERE payload = ? LIMIT 1", [payload.blob]) != nil }
    }

    private static let leavesInPiece: UInt64 = 256
    private static let payloadsInPiece = 16
    private static let claimsInPiece = 64

    /// One piece of the check on a reader's connection, and the rest after it.
    @discardableResult
    private func piece<Result: Sendable>(
        _ rest: (Duration) async throws -> Void, _ body: @escaping @Sendable (SelfCheck) throws -> Result
    ) async throws -> Result {
        let start = ContinuousClock.now
        let (files, key) = (files, key)
        let result = try await pool.read { database in
            try StoreError.naming { try body(SelfCheck(database: database, payloads: files, key: key)) }
        }
        try await rest(ContinuousClock.now - start)
        return result
    }
}

extension StoreError.Difference {
    /// The payload that is damaged or missing.
    fileprivate var payload: PayloadID? {
        switch self {
        case .payload(let payload), .payloadMissing(let payload): payload
        default: nil
        }
    }
}
