package import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
package import MerkleLedger
package import SharingContract
import Synchronization
package import SystemPackage

/// A gateway's memory: ledger, evidence, sealed records and messages, in one SQLite database and a folder of large payloads.
///
/// One process has it open. What `commit` returns is on the disk. At every start the store proves itself, and does not open otherwise.
package final class LedgerStore: Sendable {
    package let origin: TextLine
    let folder: FilePath
    let pool: DatabasePool
    let clock: @Sendable () -> Minute
    private let signer: NoteSigner
    /// Held until the store is closed.
    private let lock: Mutex<FolderLock?>
    private let published: Mutex<LedgerHead>
    private let queue = Mutex<CommitQueue?>(nil)
    let arrivals = PayloadArrivals()
    package let meter = StoreMeter()

    static let databaseName = "store.sqlite"
    static let payloadFolderName = "payloads"

    /// - Parameters:
    ///   - signer: the ledger's key. It signs what is durable and nothing else.
    ///   - clock: the minute it is now.
    private init(
        folder: FilePath, origin: TextLine, signer: consuming NoteSigner, lock: consuming FolderLock, pool: DatabasePool,
        edge: TreeEdge, time: Minute, clock: @escaping @Sendable () -> Minute
    ) throws {
        self.folder = folder
        self.origin = origin
        self.pool = pool
        self.clock = clock
        let checkpoint = try signer.sign(Checkpoint(origin: origin, size: edge.size, rootHash: edge.root))
        self.signer = signer
        self.lock = Mutex(lock)
        published = Mutex(LedgerHead(edge: edge, time: time, checkpoint: checkpoint))
    }

    /// Bytes that can still be written to the disk on which the store lies.
    package func freeSpace() throws -> UInt64 {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder.string)
        return (attributes[.systemFreeSize] as? NSNumber)?.uint64Value ?? 0
    }

    /// The newest checkpoint and everything under it.
    package var head: LedgerHead { published.withLock { $0 } }
}

// MARK: Making and opening

extension LedgerStore {
    /// Begins a ledger: makes the store and puts its first leaf there.
    package static func create(
        in folder: FilePath, genesis: Entry, signer: borrowing NoteSigner, clock: @Sendable () -> Minute
    ) throws {
        guard !DurableFile.exists(folder.appending(databaseName)) else { throw StoreError.exists }
        try DurableFile.makeFolder(folder.appending(payloadFolderName))
        let lock = try folderLock(folder)
        let pool = try openDatabase(in: folder)
        try Schema.migrator.migrate(pool)
        try pool.writeWithoutTransaction { database in
            let transaction = StoreTransaction(database, edge: TreeEdge(), previousTime: nil, clock: clock())
            try database.inTransaction(.immediate) {
                try transaction.append(genesis, evidence: .none)
                try transaction.storeHead(previous: nil)
                return .commit
            }
        }
        try pool.close()
        withExtendedLifetime(lock) {}
    }

    /// Opens a store after it has proven itself.
    ///
    /// - Parameter progress: called now and then with the number of leaves checked and of all leaves.
    package static func open(
        _ folder: FilePath, signer: consuming NoteSigner, clock: @escaping @Sendable () -> Minute,
        progress: @Sendable (UInt64, UInt64) -> Void = { _, _ in }
    ) throws -> LedgerStore {
        guard DurableFile.exists(folder.appending(databaseName)) else { throw StoreError.absent }
        let lock = try folderLock(folder)
        let pool = try openDatabase(in: folder)
        try Schema.migrator.migrate(pool)
        let payloads = PayloadFiles(folder: folder.appending(payloadFolderName))
        let checked = try pool.read { database in
            try SelfCheck(database: database, payloads: payloads, key: signer.verifierKey).run(progress: progress)
        }
        let store = try LedgerStore(
            folder: folder, origin: checked.origin, signer: signer, lock: lock, pool: pool, edge: checked.edge, time: checked.time,
            clock: clock)
        store.queue.withLock { $0 = CommitQueue { [unowned store] jobs in await store.write(jobs) } }
        try store.removeOrphanFiles()
        // An erasure that was cut off after its leaf may have left old pages in the log.
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        return store
    }

    private static func folderLock(_ folder: FilePath) throws -> FolderLock {
        do {
            return try FolderLock(folder)
        } catch FileError.locked {
            throw StoreError.inUse
        }
    }

    /// GRDB opens WAL databases with `synchronous=NORMAL`, which loses the last commits when power fails. So FULL is set afterwards,
    /// on the one connection that writes, and read back.
    private static func openDatabase(in folder: FilePath) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        // What is deleted is overwritten: an erased record must not lie on in a free page.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        let pool = try DatabasePool(path: folder.appending(databaseName).string, configuration: configuration)
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        guard try durability(of: pool) == (2, "wal") else { throw StoreError.notDurable }
        return pool
    }

    private static func durability(of pool: DatabasePool) throws -> (Int, String) {
        try pool.writeWithoutTransaction { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1,
                try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? ""
            )
        }
    }

    /// What the writer's connection says of itself: `synchronous`, where 2 is FULL, and the journal mode.
    package func durability() throws -> (synchronous: Int, journal: String) {
        try Self.durability(of: pool)
    }

    package func close() throws {
        try pool.close()
        lock.withLock { $0 = nil }
    }
}

// MARK: Writing

extension LedgerStore {
    /// Runs `body` in the next batch and returns when the batch is durable and its checkpoint signed.
    @discardableResult
    package func commit<Result: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Result
    ) async throws -> Committed<Result> {
        guard let queue = queue.withLock({ $0 }) else { throw StoreError.absent }
        meter.began()
        defer { meter.ended() }
        let committed = try await queue.submit(Job { try body($0) })
        guard let result = committed.result as? Result else { preconditionFailure("a job's result has the job's type") }
        return Committed(result: result, leaves: committed.leaves)
    }

    /// Not `pool.write`: GRDB would roll the whole batch back if the leading writer's client hung up.
    private func write(_ jobs: [Job]) async -> [Job.Outcome] {
        await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in continuation.resume(returning: self.write(jobs, database)) }
        }
    }

    private func write(_ jobs: [Job], _ database: Database) -> [Job.Outcome] {
        let before = head
        let transaction = StoreTransaction(database, edge: before.edge, previousTime: before.time, clock: clock())
        var results: [Swift.Result<(any Sendable, [UInt64: Leaf]), any Error>] = []
        var written = ContinuousClock.now
        do {
            try database.inTransaction(.immediate) {
                for job in jobs {
                    let result = Swift.Result { try transaction.savepoint(job.body) }
                    results.append(result)
                    if case .failure(let error as DatabaseError) = result { throw error }
                }
                if transaction.size > before.size { try transaction.storeHead(previous: before.checkpoint.bytes) }
                written = .now
                return .commit
            }
            meter.wrote(jobs.count, syncing: .now - written)
            let after = transaction.size > before.size ? try publish(transaction) : before
            return try results.map { try outcome($0, under: after, database) }
        } catch {
            meter.failed()
            return jobs.map { _ in .failure(StoreError.cannotWrite) }
        }
    }

    /// The checkpoint is signed and shown after the commit, never before.
    private func publish(_ transaction: StoreTransaction) throws -> LedgerHead {
        let checkpoint = try Checkpoint(origin: origin, size: transaction.size, rootHash: transaction.edge.root)
        let head = LedgerHead(edge: transaction.edge, time: transaction.now, checkpoint: try signer.sign(checkpoint))
        published.withLock { $0 = head }
        meter.signed()
        return head
    }

    private func outcome(
        _ result: Swift.Result<(any Sendable, [UInt64: Leaf]), any Error>, under head: LedgerHead, _ database: Database
    ) throws -> Job.Outcome {
        switch result {
        case .failure(let error): return .failure(error)
        case .success((let value, let leaves)):
            let committed = try leaves.sorted { $0.key < $1.key }.map { index, leaf in
                CommittedLeaf(index: index, leaf: leaf, receipt: try receipt(for: index, under: head, database))
            }
            return .success(Job.Committed(result: value, leaves: committed))
        }
    }
}

// MARK: Reading

extension LedgerStore {
    /// Reads on a connection of its own, beside the writer, from one moment's state.
    package func read<Result: Sendable>(_ body: @escaping @Sendable (StoreView) throws -> Result) async throws -> Result {
        try await pool.read { try body(StoreView(database: $0)) }
    }

    private func receipt(for index: UInt64, under head: LedgerHead, _ database: Database) throws -> LedgerReceipt {
        let tiles = TileTable(database: database, edge: head.edge)
        let proof = try Tree.inclusionProof(index: index, size: head.size, readTile: tiles.hashes)
        return try LedgerReceipt(proof: proof, note: head.checkpoint)
    }

    /// The proof of a leaf that was appended earlier.
    package func committed(_ index: UInt64) async throws -> CommittedLeaf? {
        let head = head
        guard index < head.size else { return nil }
        return try await pool.read { database in
            guard let leaf = try StoreView(database: database).leaf(index) else { return nil }
            return CommittedLeaf(index: index, leaf: leaf, receipt: try self.receipt(for: index, under: head, database))
        }
    }

    /// A tile of the published tree.
    package func tile(_ coordinate: Tile.Coordinate) async throws -> Tile? {
        let edge = head.edge
        return try await pool.read { database in try TileTable(database: database, edge: edge).tile(coordinate) }
    }

    /// The leaves whose hashes a tile of level 0 has.
    package func entries(_ coordinate: Tile.Coordinate) async throws -> EntryBundle? {
        let (first, isTooFar) = coordinate.index.multipliedReportingOverflow(by: UInt64(Tile.fullWidth))
        let size = head.size
        guard !isTooFar, first < size, UInt64(coordinate.width) <= size - first else { return nil }
        let leaves = try await pool.read { database in
            try database.rows(
                "SELECT bytes FROM leaf WHERE number >= ? AND number < ? ORDER BY number",
                [Int64(first), Int64(first) + Int64(coordinate.width)]
            ).map { $0.bytes("bytes") }
        }
        return try EntryBundle(entries: leaves)
    }
}
