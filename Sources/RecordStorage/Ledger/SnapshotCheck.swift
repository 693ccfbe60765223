import CryptoPrimitives
import Foundation
import GRDB
import MerkleLedger
import SharingContract

/// What a store proves at a start that a snapshot vouches for: that its tree is the snapshot's or grew from it, that the signed checkpoint
/// is of this tree, and that what came since is whole. It takes time for what came since, and none for what was before.
///
/// State, history, lists, slots and payloads are not looked at here: see `LedgerStore.checkAll`.
struct SnapshotCheck {
    let database: Database
    let snapshot: Snapshot
    let key: VerifierKey

    func run() throws -> SelfCheck.Result {
        let head = try SelfCheck.head(database)
        let size = try head.unsigned("size")
        guard snapshot.size <= size else { throw StoreError.differs(.olderThanSnapshot) }
        guard try database.number("SELECT MAX(number) FROM leaf", []) == Int64(size) - 1 else {
            throw StoreError.differs(.leafMissing(size))
        }
        let origin = try ledgerOrigin()
        var edge = try TreeEdge(size: snapshot.size, readTile: hashes)
        guard edge.root == snapshot.root else { throw StoreError.differs(.snapshot) }
        var (_, time) = try leaf(snapshot.size - 1)
        let signedSize = try SelfCheck.signedSize(head, key)
        for index in snapshot.size..<size { time = try append(index, after: time, to: &edge, isSigned: index < signedSize) }
        guard try head.bytes("root") == edge.root.bytes else { throw StoreError.differs(.root) }
        try SelfCheck.checkCheckpoint(head.bytes(ifAny: "checkpoint"), origin, key, TileTable(database: database, edge: edge))
        return SelfCheck.Result(origin: origin, edge: edge, time: time)
    }

    /// Leaf 0 and the state say whose ledger this is, and both must say the same.
    private func ledgerOrigin() throws -> TextLine {
        guard case .member(.add(_, let genesis?), _) = try leaf(0).0.entry.event else { throw StoreError.differs(.leafRefused(0)) }
        let origin = try leaf(0).0.entry.origin
        guard genesis.ledgerKey == key.publicKey, origin == snapshot.origin, key.name == KeyName(origin.text) else {
            throw StoreError.differs(.otherLedger)
        }
        guard let ledger = try StoredState(database: database).ledger(), ledger.origin == origin,
            ledger.genesis.ledgerKey == genesis.ledgerKey
        else { throw StoreError.differs(.state) }
        return origin
    }

    private func leaf(_ index: UInt64) throws -> (Leaf, Minute) {
        guard let row = try database.row("SELECT bytes FROM leaf WHERE number = ?", [Int64(index)]) else {
            throw StoreError.differs(.leafMissing(index))
        }
        guard let leaf = try? Leaf(canonical: row.bytes("bytes")) else { throw StoreError.differs(.leafUnreadable(index)) }
        return (leaf, leaf.time)
    }

    /// The tree's hashes: of leaves since the last full tile from the leaves themselves, the others from tiles.
    private func hashes(_ coordinate: Tile.Coordinate) throws -> [Hash] {
        guard coordinate.level == 0, !coordinate.isFull else {
            return try TileTable(database: database, edge: TreeEdge()).hashes(coordinate)
        }
        let first = Int64(coordinate.index) << Tile.height
        return try database.rows(
            "SELECT bytes FROM leaf WHERE number >= ? AND number < ? ORDER BY number", [first, first + Int64(coordinate.width)]
        ).map { try Hash.leaf($0.bytes("bytes")) }
    }

    /// What no checkpoint vouches for must at least be signed by those whom it names; the rules are for the check beside the service.
    private func append(_ index: UInt64, after time: Minute, to edge: inout TreeEdge, isSigned: Bool) throws -> Minute {
        let (leaf, now) = try leaf(index)
        guard time <= now else { throw StoreError.differs(.leafRefused(index)) }
        guard let evidence = try EvidenceTable(database: database).evidence(of: index) else {
            throw StoreError.differs(.evidenceMissing(index))
        }
        guard evidence.isCommitted(by: leaf.entry) else { throw StoreError.differs(.evidence(index)) }
        guard isSigned || (try? leaf.entry.verifySignatures()) != nil else { throw StoreError.differs(.leafRefused(index)) }
        for tile in edge.append(Hash.leaf(leaf.canonicalBytes)) { try SelfCheck.compare(tile, database) }
        return now
    }
}

extension Evidence {
    /// Whether this is the evidence that an entry committed to.
    fileprivate func isCommitted(by entry: Entry) -> Bool {
        guard bodyCommitment(kind: entry.event.kind, salt: salt, body: body) == entry.bodyCommitment else { return false }
        guard case .deposit(let deposit) = entry.event else { return tree == nil }
        return tree?.slotTree.root == deposit.root
    }
}
