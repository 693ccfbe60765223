import CryptoPrimitives
import Foundation
import GRDB
import MerkleLedger
import SharingContract

/// How the store proves itself before it serves: everything that can be derived is derived again and compared.
///
/// Leaves and evidence are the sources. From them follow tree, state, history and the newest versions; the signed checkpoint says
/// that the leaves are those that were published.
struct SelfCheck {
    let database: Database
    let payloads: PayloadFiles
    let key: VerifierKey

    struct Result {
        let origin: TextLine
        let edge: TreeEdge
        let time: Minute
    }

    func run(progress: (UInt64, UInt64) -> Void) throws -> Result {
        try checkDatabase()
        var replay = Replay()
        let result = try finish(&replay, progress: progress)
        try checkPayloads()
        try checkClaims()
        try checkAnchors(replay.published)
        try checkOtherAnchors(than: Set(replay.published.keys), below: result.edge.size)
        return result
    }

    func checkDatabase() throws {
        guard try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") == "ok" else { throw StoreError.differs(.database) }
    }

    /// A store that was never finished has neither head nor leaves.
    static func head(_ database: Database) throws -> Row {
        if let head = try database.row("SELECT size, root, checkpoint FROM head WHERE only = 1", []) { return head }
        throw try database.number("SELECT COUNT(*) FROM leaf", []) == 0 ? StoreError.absent : .differs(.root)
    }

    /// Replays the leaves up to `end`, as far as they were not.
    func extend(_ replay: inout Replay, to end: UInt64) throws {
        replay.signedSize = try replay.signedSize ?? Self.signedSize(Self.head(database), key)
        for index in replay.edge.size..<max(end, replay.edge.size) { try check(index, &replay) }
    }

    /// Replays what is left, and compares all that follows from the leaves with the tables.
    func finish(_ replay: inout Replay, progress: (UInt64, UInt64) -> Void = { _, _ in }) throws -> Result {
        let head = try Self.head(database)
        let size = try head.unsigned("size")
        while replay.edge.size < size {
            progress(replay.edge.size, size)
            try extend(&replay, to: min(replay.edge.size + 1_024, size))
        }
        guard let ledger = try replay.state.ledger(), let time = replay.time else { throw StoreError.differs(.leafMissing(0)) }
        try checkTree(replay, head)
        guard ledger.genesis.ledgerKey == key.publicKey, key.name == KeyName(ledger.origin.text) else {
            throw StoreError.differs(.otherLedger)
        }
        let tiles = TileTable(database: database, edge: replay.edge)
        try Self.checkCheckpoint(head.bytes(ifAny: "checkpoint"), ledger.origin, key, tiles)
        try checkTables(replay)
        return Result(origin: ledger.origin, edge: replay.edge, time: time)
    }

    /// What the leaves read so far come to.
    struct Replay: Sendable {
        fileprivate(set) var edge = TreeEdge()
        fileprivate var state = MemoryState()
        fileprivate var time: Minute?
        fileprivate var history: Set<HistoryLine> = []
        /// By their leaves.
        fileprivate(set) var published: [UInt64: AnchorPublication] = [:]
        /// How many leaves the ledger's key vouched for when this began.
        fileprivate var signedSize: UInt64?
    }

    fileprivate struct HistoryLine: Hashable {
        let compartment: Ed25519.PublicKey
        let leaf: UInt64
    }

    /// How many leaves the stored checkpoint vouches for: all but the last batch. Who changes these shows in the root; who adds to them, or
    /// changes the last batch, has to make the signatures of actors and members.
    static func signedSize(_ head: Row, _ key: VerifierKey) throws -> UInt64 {
        guard let note = try head.bytes(ifAny: "checkpoint") else {
            guard try head.unsigned("size") <= 1 else { throw StoreError.differs(.checkpoint) }
            return 0
        }
        // One that is not good is named behind the leaves, when it is known whose ledger they are.
        guard let origin = TextLine(utf8: key.name.utf8),
            let checkpoint = try? Checkpoint.open(SignedNote(note), origin: origin, key: key).checkpoint
        else { return 0 }
        return checkpoint.size
    }

    /// Signatures were verified when the leaf came. Where a checkpoint's signature says that these are still the same bytes, that is enough.
    private func check(_ index: UInt64, _ replay: inout Replay) throws {
        guard let row = try database.row("SELECT bytes FROM leaf WHERE number = ?", [Int64(index)]) else {
            throw StoreError.differs(.leafMissing(index))
        }
        guard let bytes = try? row.bytes("bytes"), let leaf = try? Leaf(canonical: bytes) else {
            throw StoreError.differs(.leafUnreadable(index))
        }
        guard let evidence = try evidence(of: index) else { throw StoreError.differs(.evidenceMissing(index)) }
        let trust: Contract.Trust = index < replay.signedSize ?? 0 ? .signatures : .nothing
        let changes: [StateChange]
        do {
            changes = try Contract.apply(leaf, at: index, after: replay.time, to: replay.state, trusting: trust)
        } catch is Refusal {
            throw StoreError.differs(.leafRefused(index))
        }
        do {
            let more = try EvidenceRules.apply(evidence, of: leaf, at: index, to: replay.state, trusting: trust)
            if let compartment = try EvidenceTable.historyCompartment(of: leaf, evidence, state: replay.state) {
                replay.history.insert(HistoryLine(compartment: compartment, leaf: index))
            }
            replay.state.apply(changes + more)
        } catch is Refusal {
            throw StoreError.differs(.evidence(index))
        }
        if case .claimsAnchors(let publication) = leaf.entry.event { replay.published[index] = publication }
        replay.time = leaf.time
        for tile in replay.edge.append(Hash.leaf(bytes)) { try Self.compare(tile, database) }
    }

    private func evidence(of index: UInt64) throws -> Evidence? {
        try EvidenceTable(database: database).evidence(of: index)
    }

    static func compare(_ tile: Tile, _ database: Database) throws {
        let place = tile.coordinate
        let row = try database.row("SELECT hashes FROM tile WHERE level = ? AND number = ?", [place.level, Int64(place.index)])
        guard try row?.bytes("hashes") == tile.bytes else {
            throw StoreError.differs(.tile(level: place.level, index: place.index))
        }
    }

    private func checkTree(_ replay: Replay, _ head: Row) throws {
        guard try head.bytes("root") == replay.edge.root.bytes else { throw StoreError.differs(.root) }
        guard try database.number("SELECT COUNT(*) FROM leaf", []) == Int64(replay.edge.size) else {
            throw StoreError.differs(.leafMissing(replay.edge.size))
        }
    }

    /// The tree extends the last checkpoint that was signed before this one.
    static func checkCheckpoint(_ note: [UInt8]?, _ origin: TextLine, _ key: VerifierKey, _ tiles: TileTable) throws {
        guard let note else { return }
        guard let checkpoint = try? Checkpoint.open(SignedNote(note), origin: origin, key: key).checkpoint,
            checkpoint.size <= tiles.edge.size, try Tree.root(size: checkpoint.size, readTile: tiles.hashes) == checkpoint.rootHash
        else { throw StoreError.differs(.checkpoint) }
    }
}

extension SelfCheck {
    private func checkTables(_ replay: Replay) throws {
        try checkState(replay.state)
        let rows = try database.rows("SELECT compartment, leaf FROM history WHERE compartment <> x''", [])
        let lines = try rows.map { row in
            guard let compartment = try Ed25519.PublicKey(row.bytes("compartment")) else { throw StoreError.differs(.history) }
            return HistoryLine(compartment: compartment, leaf: try row.unsigned("leaf"))
        }
        guard Set(lines) == replay.history else { throw StoreError.differs(.history) }
        try checkLists(replay.state)
        try checkSlots(replay.state)
    }

    private func checkState(_ state: MemoryState) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT key, value FROM state")
        var count = 0
        while let row = try rows.next() {
            guard try state.bytes(forEncoded: row.bytes("key")) == row.bytes("value") else { throw StoreError.differs(.state) }
            count += 1
        }
        guard count == state.count else { throw StoreError.differs(.state) }
    }

    private func checkLists(_ state: MemoryState) throws {
        for row in try database.rows("SELECT compartment, bytes FROM list", []) {
            guard let list = try? RecipientList(canonical: row.bytes("bytes")),
                try list.compartment.bytes == row.bytes("compartment"), try isNewest(list, state)
            else { throw StoreError.differs(.list) }
        }
    }

    /// The hash that entries name says nothing of the patient's signature, and no entry may name the list yet.
    private func isNewest(_ list: RecipientList, _ state: MemoryState) throws -> Bool {
        if let newest = try state.newestList(of: list.compartment), newest.hash != list.hash { return false }
        guard let origin = try state.ledger()?.origin else { return false }
        return (try? list.verifySignature(origin: origin)) != nil
    }

    /// The columns beside each descriptor are the descriptor's, the newest version is marked, and the patient's own header is there.
    private func checkSlots(_ state: MemoryState) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM slot")
        while let row = try rows.next() {
            let position = try row.unsigned("position")
            guard let compartment = try Ed25519.PublicKey(row.bytes("compartment")),
                let commitment = try Hash(row.bytes("commitment")), let known = try state.descriptor(commitment),
                known.position == position, known.compartment == compartment
            else { throw StoreError.differs(.slot(position)) }
            guard let bytes = try row.bytes(ifAny: "descriptor") else {
                guard try state.erasure(of: commitment) != nil || database.isLostErasure(commitment) else {
                    throw StoreError.differs(.slot(position))
                }
                continue
            }
            let isNewest = try row.flag("isNewest")
            guard let descriptor = try? Descriptor(canonical: bytes),
                try row.bytes(ifAny: "payload") == descriptor.payload.bytes,
                try row.bytes(ifAny: "record") == descriptor.record.bytes,
                try row.flag("hasClaims") == (descriptor.claims != nil),
                try state.record(descriptor.record).map({ ($0.versions.last == commitment) == isNewest }) ?? false
            else { throw StoreError.differs(.slot(position)) }
            guard let list = try StoreView(database: database).list(of: compartment),
                try database.row(
                    "SELECT 1 FROM header WHERE position = ? AND recipient = ?", [Int64(position), list.own.name.blob]) != nil
            else { throw StoreError.differs(.headerMissing(position)) }
        }
    }

    private func checkPayloads() throws {
        var last: PayloadID?
        while let next = try checkPayloads(after: last, limit: .max) { last = next }
    }

    private func checkClaims() throws {
        var last: UInt64?
        while let next = try checkClaims(after: last, limit: .max) { last = next }
        try checkStrayClaims()
    }

    /// Checks the payloads of records after one, in the order of their names. Gives the last, `nil` when there are no more.
    func checkPayloads(after last: PayloadID?, limit: Int) throws -> PayloadID? {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT DISTINCT payload FROM slot WHERE payload IS NOT NULL AND payload > ? ORDER BY payload LIMIT ?",
            arguments: [last?.blob ?? Data(), limit])
        var last: PayloadID?
        while let row = try rows.next() {
            guard let payload = try PayloadID(row.bytes("payload")) else { throw StoreError.differs(.database) }
            guard let stored = try StoredPayloadRow(payload, in: database) else {
                throw StoreError.differs(.payloadMissing(payload))
            }
            try PayloadContent(stored, files: payloads).verify()
            last = payload
        }
        return last
    }
}
