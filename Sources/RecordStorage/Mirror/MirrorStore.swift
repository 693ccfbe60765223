package import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
package import MerkleLedger
package import SharingContract
import Synchronization
package import SystemPackage

/// A copy of another gateway's public ledger: its leaves, its tree, what the contract makes of them, and the checkpoint they come to.
///
/// One process has it open. Nothing is taken that was not verified, and nothing is shown before a checkpoint of the ledger's own covers
/// it. The copy holds no key and signs nothing.
package final class MirrorStore: Sendable {
    let folder: FilePath
    let pool: DatabasePool
    let arrivals = PayloadArrivals()
    /// Held until the store is closed.
    private let lock: Mutex<FolderLock?>
    private let state: Mutex<State>

    private struct State {
        var edge: TreeEdge
        var time: Minute?
        var head: MirrorHead?
    }

    static let databaseName = "mirror.sqlite"

    /// Makes a copy that has nothing yet, or opens one after its leaves were hashed again.
    ///
    /// Throws `StoreError`.
    package init(_ folder: FilePath, progress: (UInt64, UInt64) -> Void = { _, _ in }) throws {
        try DurableFile.makeFolder(folder)
        self.folder = folder
        do {
            lock = Mutex(try FolderLock(folder))
        } catch FileError.locked {
            throw StoreError.inUse
        }
        var configuration = Configuration()
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        // An erased payload must not lie on in a free page.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        pool = try DatabasePool(path: folder.appending(Self.databaseName).string, configuration: configuration)
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try Self.migrator.migrateAndCheck(pool)
        state = Mutex(try pool.read { try Self.check($0, progress) })
    }

    package func close() throws {
        try pool.close()
        lock.withLock { $0 = nil }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 mirror") { database in
            try database.execute(
                sql: """
                    CREATE TABLE leaf (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
                    CREATE TABLE tile (level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
                        PRIMARY KEY (level, number)) WITHOUT ROWID;
                    CREATE TABLE state (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
                    CREATE TABLE shown (only INTEGER PRIMARY KEY CHECK (only = 1), note BLOB NOT NULL);
                    """)
        }
        migrator.registerMigration("2 payloads") { try $0.execute(sql: payloadTables) }
        migrator.registerMigration("3 policies") { database in
            // `files` comes after the leaf.
            try database.execute(sql: "CREATE TABLE policies (leaf INTEGER PRIMARY KEY, root BLOB NOT NULL, files BLOB)")
        }
        migrator.registerMigration("4 anchors") { database in
            // The tree comes after the leaf.
            try database.execute(
                sql: "CREATE TABLE anchors (leaf INTEGER PRIMARY KEY, isHere INTEGER NOT NULL);" + AnchorTables.sql)
        }
        return migrator
    }
}

/// What a mirror shows: a checkpoint that the ledger's own key signed, and everything under it.
package struct MirrorHead: Sendable {
    let edge: TreeEdge
    package let checkpoint: VerifiedCheckpoint

    package var size: UInt64 { edge.size }
    package var origin: TextLine { checkpoint.checkpoint.origin }
}

extension MirrorStore {
    /// Leaves that were taken; those behind the head wait for their checkpoint.
    package var edge: TreeEdge { state.withLock { $0.edge } }

    /// `nil` before the first checkpoint was reached.
    package var head: MirrorHead? { state.withLock { $0.head } }

    /// What the ledger says of itself; `nil` before its first leaf.
    package func ledger() throws -> LedgerState? {
        try pool.read { try StoredState(database: $0).ledger() }
    }

    /// Takes leaves that continue those that are here, all of them or none. Whoever calls this has verified that they are the ledger's;
    /// here every one is held against the ledger's rules, with its signatures. Throws `differs` with the leaf that cannot be read or that
    /// breaks a rule.
    package func take(_ leaves: [[UInt8]]) throws {
        var (edge, time) = state.withLock { ($0.edge, $0.time) }
        try pool.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                for bytes in leaves { try Self.take(bytes, &edge, &time, database) }
                return .commit
            }
        }
        state.withLock { ($0.edge, $0.time) = (edge, time) }
    }

    private static func take(_ bytes: [UInt8], _ edge: inout TreeEdge, _ time: inout Minute?, _ database: Database) throws {
        guard let leaf = try? Leaf(canonical: bytes) else { throw StoreError.differs(.leafUnreadable(edge.size)) }
        let state = StoredState(database: database)
        do {
            try state.apply(try Contract.apply(leaf, at: edge.size, after: time, to: state))
        } catch is Refusal {
            throw StoreError.differs(.leafRefused(edge.size))
        }
        try database.run("INSERT INTO leaf (number, bytes) VALUES (?, ?)", [Int64(edge.size), bytes.blob])
        for tile in edge.append(Hash.leaf(bytes)) {
            let place = tile.coordinate
            try database.run(
                "INSERT INTO tile (level, number, hashes) VALUES (?, ?, ?)", [place.level, Int64(place.index), tile.bytes.blob])
        }
        switch leaf.entry.event {
        case .policySet(let publication):
            try database.run("INSERT INTO policies (leaf, root) VALUES (?, ?)", [Int64(edge.size) - 1, publication.root.blob])
        case .claimsAnchors: try database.run("INSERT INTO anchors (leaf, isHere) VALUES (?, 0)", [Int64(edge.size) - 1])
        default: break
        }
        time = leaf.time
    }

    /// From now on this checkpoint is shown, which is of just the leaves that are here. Throws `differs` if it is of others.
    package func show(_ checkpoint: VerifiedCheckpoint) throws {
        let edge = edge
        guard checkpoint.checkpoint.size == edge.size, checkpoint.checkpoint.rootHash == edge.root else {
            throw StoreError.differs(.checkpoint)
        }
        try pool.write { database in
            try database.run("INSERT OR REPLACE INTO shown (only, note) VALUES (1, ?)", [checkpoint.note.bytes.blob])
        }
        state.withLock { $0.head = MirrorHead(edge: edge, checkpoint: checkpoint) }
    }

    /// Keeps a checkpoint that the ledger's key signed and that does not go with what is here, as `contradiction.checkpoint`.
    package func keepContradiction(_ note: SignedNote) {
        let path = folder.appending("contradiction.checkpoint")
        // The first one counts: who was caught must not be able to put something harmless in its place.
        guard !DurableFile.exists(path) else { return }
        try? DurableFile.write(note.bytes, to: path)
    }

    /// The root that the first `size` leaves had.
    package func root(at size: UInt64) throws -> Hash {
        let edge = edge
        return try pool.read { database in try Tree.root(size: size, readTile: TileTable(database: database, edge: edge).hashes) }
    }
}

// What is shown.
extension MirrorStore {
    /// A tile of the tree under the head; `nil` where it does not reach.
    package func tile(_ coordinate: Tile.Coordinate) async throws -> Tile? {
        guard let head else { return nil }
        return try await pool.read { database in try TileTable(database: database, edge: head.edge).tile(coordinate) }
    }

    /// The leaves whose hashes a tile of level 0 has.
    package func entries(_ coordinate: Tile.Coordinate) async throws -> EntryBundle? {
        guard let head else { return nil }
        return try await pool.read { database in try TileTable(database: database, edge: head.edge).entries(coordinate) }
    }
}

extension MirrorStore {
    /// Hashes every leaf again and compares tiles, and what the checkpoint says. Leaves were verified when they came; the checkpoint says
    /// that they are still the same.
    private static func check(_ database: Database, _ progress: (UInt64, UInt64) -> Void) throws -> State {
        guard try String.fetchOne(database, sql: "PRAGMA quick_check") == "ok" else { throw StoreError.differs(.database) }
        let count = UInt64(try database.number("SELECT COUNT(*) FROM leaf", []) ?? 0)
        let ledger = try StoredState(database: database).ledger()
        let note = try database.row("SELECT note FROM shown", [])?.bytes("note")
        let shown = try note.map { try checkpoint($0, ledger) }
        var state = State(edge: TreeEdge(), time: nil, head: nil)
        let rows = try Row.fetchCursor(database, sql: "SELECT number, bytes FROM leaf ORDER BY number")
        while let row = try rows.next() {
            let index = state.edge.size
            guard try row.unsigned("number") == index else { throw StoreError.differs(.leafMissing(index)) }
            try check(row.bytes("bytes"), &state, database)
            if let shown, state.edge.size == shown.checkpoint.size { state.head = try head(shown, state.edge) }
            if index.isMultiple(of: 1_024) { progress(index, count) }
        }
        guard (shown == nil) == (state.head == nil) else { throw StoreError.differs(.leafMissing(state.edge.size)) }
        return state
    }

    private static func check(_ bytes: [UInt8], _ state: inout State, _ database: Database) throws {
        guard let leaf = try? Leaf(canonical: bytes) else { throw StoreError.differs(.leafUnreadable(state.edge.size)) }
        state.time = leaf.time
        for tile in state.edge.append(Hash.leaf(bytes)) { try SelfCheck.compare(tile, database) }
    }

    private static func head(_ shown: VerifiedCheckpoint, _ edge: TreeEdge) throws -> MirrorHead {
        guard edge.root == shown.checkpoint.rootHash else { throw StoreError.differs(.root) }
        return MirrorHead(edge: edge, checkpoint: shown)
    }

    private static func checkpoint(_ note: [UInt8], _ ledger: LedgerState?) throws -> VerifiedCheckpoint {
        guard let ledger, let name = KeyName(ledger.origin.text),
            let checkpoint = try? Checkpoint.open(
                SignedNote(note), origin: ledger.origin,
                key: VerifierKey(name: name, kind: .ed25519, publicKey: ledger.genesis.ledgerKey))
        else { throw StoreError.differs(.checkpoint) }
        return checkpoint
    }
}
