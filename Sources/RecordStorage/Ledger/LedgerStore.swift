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
    private let checkpoints: CheckpointFile
    /// Held until the store is closed.
    private let lock: Mutex<FolderLock?>
    private let published: Mutex<LedgerHead>
    private let queue = Mutex<CommitQueue?>(nil)
    /// Who signs snapshots; `nil` where none are made.
    private let snapshots: SnapshotSigner?
    private let soundness: Mutex<Soundness>
    let arrivals = PayloadArrivals()
    package let meter = StoreMeter()
    /// What was written since the log was brought into the database, in the units of `writeBackInterval`.
    private let writtenSince = Mutex(0)
    private let isTruncationDue = Atomic(false)
    private let isClosed = Atomic(false)
    /// One for each row, and for each batch as much as the pages that every batch writes: some 20 MB of log.
    private static let writeBackInterval = 8_192
    private static let costOfBatch = 8
    /// What one row adds to the log, so that large values count as so many.
    private static let bytesOfRow = 2_560
    /// Pages of the log at which SQLite itself steps in, should that not be enough.
    private static let longestLog = 16_384

    /// How long a connection waits for another, in milliseconds.
    private static let patience = 5_000

    static let databaseName = "store.sqlite"
    static let payloadFolderName = "payloads"

    /// - Parameters:
    ///   - signer: the ledger's key. It signs what is durable and nothing else.
    ///   - clock: the minute it is now.
    private init(
        folder: FilePath, origin: TextLine, signer: consuming NoteSigner, lock: consuming FolderLock, pool: DatabasePool,
        edge: TreeEdge, time: Minute, snapshots: SnapshotSigner?, soundness: Soundness, clock: @escaping @Sendable () -> Minute
    ) throws {
        self.folder = folder
        checkpoints = CheckpointFile(in: folder)
        self.snapshots = snapshots
        self.soundness = Mutex(soundness)
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
        try DurableFile.freeSpace(at: folder)
    }

    /// The newest checkpoint and everything under it.
    package var head: LedgerHead { published.withLock { $0 } }

    /// By which its checkpoints are verified.
    var key: VerifierKey { signer.verifierKey }

    var known: Soundness { soundness.withLock { $0 } }

    func know(_ more: Soundness) {
        soundness.withLock { $0 = more }
        // What was found here must be found at the next start too, before anything is served.
        if case .differs = more { try? DurableFile.remove(folder.appending(SnapshotFile.name)) }
    }

    /// Signs how far the store has come, unless it is known not to agree with itself.
    func writeSnapshot() throws {
        guard let snapshots, case .checked(let size) = known else { return }
        let head = head
        let snapshot = snapshots.snapshot(origin: origin, size: head.size, root: head.edge.root, checkedSize: size)
        try SnapshotFile(in: folder).write(snapshot)
    }
}

// MARK: Making and opening

extension LedgerStore {
    /// Begins a ledger: makes the store and puts its first leaf there, and the policies that it begins with, if any.
    package static func create(
        in folder: FilePath, genesis: Entry, policies: (entry: Entry, evidence: Evidence)? = nil, signer: borrowing NoteSigner,
        clock: @Sendable () -> Minute
    ) throws {
        guard !DurableFile.exists(folder.appending(databaseName)) else { throw StoreError.exists }
        try DurableFile.makeFolder(folder.appending(payloadFolderName))
        let lock = try folderLock(folder)
        let pool = try openDatabase(in: folder)
        try Schema.migrator.migrate(pool)
        try pool.writeWithoutTransaction { database in
            let transaction = StoreTransaction(database, edge: TreeEdge(), previousTime: nil, clock: clock())
            try database.inTransaction(.immediate) {
                let origin = genesis.origin
                try transaction.append(genesis, evidence: .none)
                var first: SignedNote?
                if let policies {
                    let checkpoint = try Checkpoint(origin: origin, size: transaction.size, rootHash: transaction.edge.root)
                    first = try signer.sign(checkpoint)
                    try transaction.append(policies.entry, evidence: policies.evidence)
                }
                try transaction.storeHead(previous: first?.bytes)
                return .commit
            }
        }
        try pool.close()
        withExtendedLifetime(lock) {}
    }

    /// Opens a store after it has proven itself.
    ///
    /// - Parameters:
    ///   - snapshots: whose snapshots vouch for what was checked before. Without one, everything is checked.
    ///   - check: how much is checked before the store opens.
    ///   - progress: called now and then with the number of leaves checked and of all leaves.
    package static func open(
        _ folder: FilePath, signer: consuming NoteSigner, snapshots: SnapshotSigner? = nil, check: StartCheck = .all,
        clock: @escaping @Sendable () -> Minute, progress: @Sendable (UInt64, UInt64) -> Void = { _, _ in }
    ) throws -> LedgerStore {
        guard DurableFile.exists(folder.appending(databaseName)) else { throw StoreError.absent }
        let lock = try folderLock(folder)
        let key = signer.verifierKey
        let snapshot = try snapshots.flatMap { try Self.snapshot(in: folder, $0, key, check) }
        let (pool, checked, isSoundTo) = try StoreError.naming {
            let pool = try openDatabase(in: folder)
            try Schema.migrator.migrateAndCheck(pool)
            let (checked, isSoundTo) = try prove(pool, folder, key, snapshot, check, progress)
            try pool.read { database in
                let tiles = TileTable(database: database, edge: checked.edge)
                try CheckpointFile(in: folder).check(tiles, of: checked.origin, by: key)
            }
            return (pool, checked, isSoundTo)
        }
        let store = try LedgerStore(
            folder: folder, origin: checked.origin, signer: signer, lock: lock, pool: pool, edge: checked.edge, time: checked.time,
            snapshots: snapshots, soundness: .checked(isSoundTo), clock: clock)
        store.checkpoints.write(store.head.checkpoint)
        store.queue.withLock { $0 = CommitQueue { [unowned store] in store.callWriter() } }
        try StoreError.naming {
            if isSoundTo == checked.edge.size { try store.writeSnapshot() }
            try store.removeOrphanFiles()
            // An erasure that was cut off after its leaf may have left old pages in the log.
            try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        }
        return store
    }

    private static func snapshot(
        in folder: FilePath, _ signer: SnapshotSigner, _ key: VerifierKey, _ check: StartCheck
    ) throws -> Snapshot? {
        do {
            return try SnapshotFile(in: folder).read(by: signer.publicKey, of: key.name)
        } catch StoreError.differs(.snapshot) {
            if case .all = check { return nil }
            throw StoreError.differs(.snapshot)
        }
    }

    /// - Returns: what was found, and the size of the ledger up to which everything was looked at.
    private static func prove(
        _ pool: DatabasePool, _ folder: FilePath, _ key: VerifierKey, _ snapshot: Snapshot?, _ check: StartCheck,
        _ progress: (UInt64, UInt64) -> Void
    ) throws -> (SelfCheck.Result, UInt64) {
        let payloads = PayloadFiles(folder: folder.appending(payloadFolderName))
        return try pool.read { database in
            let quick = snapshot.map { SnapshotCheck(database: database, snapshot: $0, key: key) }
            if let snapshot, let quick, case .sinceSnapshot(let size) = check, snapshot.size >= size {
                return (try quick.run(), snapshot.checkedSize)
            }
            // First what names the very entry, then whether this is the ledger that was there before.
            let all = try SelfCheck(database: database, payloads: payloads, key: key).run(progress: progress)
            _ = try quick?.run()
            return (all, all.edge.size)
        }
    }

    private static func folderLock(_ folder: FilePath) throws -> FolderLock {
        do {
            return try FolderLock(folder)
        } catch FileError.locked {
            throw StoreError.inUse
        } catch FileError.denied, FileError.noSpace {
            throw StoreError.cannotWrite
        }
    }

    /// GRDB opens WAL databases with `synchronous=NORMAL`, which loses the last commits when power fails. So FULL is set afterwards,
    /// on the one connection that writes, and read back.
    private static func openDatabase(in folder: FilePath) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(Double(patience) / 1_000)
        // What is deleted is overwritten: an erased record must not lie on in a free page.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        let pool = try DatabasePool(path: folder.appending(databaseName).string, configuration: configuration)
        try pool.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = \(longestLog)")
        }
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
        try? writeSnapshot()
        isClosed.store(true, ordering: .sequentiallyConsistent)
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
        try requireSound()
        guard let queue = queue.withLock({ $0 }) else { throw StoreError.absent }
        meter.began()
        defer { meter.ended() }
        let committed = try await queue.submit(Job { try body($0) })
        guard let result = committed.result as? Result else { preconditionFailure("a job's result has the job's type") }
        return Committed(result: result, leaves: committed.leaves)
    }

    /// Has the next batch written on the writer's own queue.
    ///
    /// Not by `pool.write`: GRDB would roll the whole batch back if one writer's client hung up.
    private func callWriter() {
        guard let queue = queue.withLock({ $0 }) else { return }
        pool.asyncWriteWithoutTransaction { database in
            // What was waiting when the store was closed comes here with a connection that is gone.
            guard !self.isClosed.load(ordering: .sequentiallyConsistent) else {
                return queue.writeBatch { jobs in jobs.map { _ in .failure(StoreError.cannotWrite) } }
            }
            let before = database.totalChangesCount
            var largeBytes = 0
            queue.writeBatch { jobs in
                let batch = self.write(jobs, database)
                largeBytes = batch.largeBytes
                return batch.outcomes
            }
            self.writeBack(after: database.totalChangesCount - before + largeBytes / Self.bytesOfRow, database)
        }
    }

    private func write(_ jobs: [Job], _ database: Database) -> (outcomes: [Job.Outcome], largeBytes: Int) {
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
            let proofs = BatchProofs(leaves: before.size..<after.size, head: after, completed: transaction.completed)
            return (results.map { outcome($0, proofs) }, transaction.largeBytes)
        } catch {
            meter.failed()
            return (jobs.map { _ in .failure(StoreError.cannotWrite) }, transaction.largeBytes)
        }
    }

    /// Brings the log into the database now and then, when nobody waits for an answer, on the connection that syncs as it should.
    /// SQLite would do it inside somebody's commit.
    private func writeBack(after count: Int, _ database: Database) {
        guard !isTruncationDue.load(ordering: .relaxed) else {
            // Writers are waiting, so it is only tried.
            try? database.execute(sql: "PRAGMA busy_timeout = 0")
            truncateLog(database)
            try? database.execute(sql: "PRAGMA busy_timeout = \(Self.patience)")
            return
        }
        let isDue = writtenSince.withLock { written in
            written += count + Self.costOfBatch
            guard written >= Self.writeBackInterval else { return false }
            written = 0
            return true
        }
        // A reader in the way puts it off to the next time.
        if isDue { _ = try? database.checkpoint(.passive) }
    }

    /// Writes the log back and empties it, so that no old page lies in it. `false` if somebody was reading from it: then it is tried again
    /// after the next batch.
    @discardableResult
    func truncateLog(_ database: Database) -> Bool {
        let isDone = (try? database.checkpoint(.truncate)) != nil
        isTruncationDue.store(!isDone, ordering: .relaxed)
        return isDone
    }

    /// The checkpoint is signed and shown after the commit, never before.
    private func publish(_ transaction: StoreTransaction) throws -> LedgerHead {
        let checkpoint = try Checkpoint(origin: origin, size: transaction.size, rootHash: transaction.edge.root)
        let head = LedgerHead(edge: transaction.edge, time: transaction.now, checkpoint: try signer.sign(checkpoint))
        checkpoints.write(head.checkpoint)
        published.withLock { $0 = head }
        meter.signed()
        return head
    }

    private func outcome(
        _ result: Swift.Result<(any Sendable, [UInt64: Leaf]), any Error>, _ proofs: BatchProofs
    ) -> Job.Outcome {
        switch result {
        case .failure(let error): return .failure(error)
        case .success((let value, let leaves)):
            let committed = leaves.sorted { $0.key < $1.key }.map { CommittedLeaf(index: $0, leaf: $1, proofs: proofs) }
            return .success(Job.Committed(result: value, leaves: committed))
        }
    }
}

// MARK: Reading

extension LedgerStore {
    /// Reads on a connection of its own, beside the writer, from one moment's state.
    package func read<Result: Sendable>(_ body: @escaping @Sendable (StoreView) throws -> Result) async throws -> Result {
        try requireSound()
        return try await pool.read { database in try StoreError.namingDamage { try body(StoreView(database: database)) } }
    }

    /// The proof of a leaf that was appended earlier.
    package func committed(_ index: UInt64) async throws -> CommittedLeaf? {
        let head = head
        guard index < head.size else { return nil }
        return try await pool.read { database in
            guard let leaf = try StoreView(database: database).leaf(index) else { return nil }
            let tiles = TileTable(database: database, edge: head.edge)
            let proof = try Tree.inclusionProof(index: index, size: head.size, readTile: tiles.hashes)
            return CommittedLeaf(index: index, leaf: leaf, proofs: BatchProofs(proof, under: head))
        }
    }

    /// A tile of the published tree.
    package func tile(_ coordinate: Tile.Coordinate) async throws -> Tile? {
        let edge = head.edge
        return try await pool.read { database in try TileTable(database: database, edge: edge).tile(coordinate) }
    }

    /// The leaves whose hashes a tile of level 0 has.
    package func entries(_ coordinate: Tile.Coordinate) async throws -> EntryBundle? {
        let edge = head.edge
        return try await pool.read { database in try TileTable(database: database, edge: edge).entries(coordinate) }
    }
}
