package import CryptoPrimitives
import Foundation
import GRDB
package import SharingContract

/// Anchors of claims. Those that wait lie in the order of their bytes, so that nobody can tell from the file with which deposit one came;
/// those that were published lie in their trees.
///
///     anchor      hash, day on which it came, digest of both
///     anchorTree  leaf, number of the piece, hashes
struct AnchorTables {
    let database: Database

    /// Hashes of one piece of a tree, so that a large tree never is in memory as a whole where it is shown.
    static let pieceCount = 4_096

    static let sql = """
        CREATE TABLE anchorTree (leaf INTEGER NOT NULL, piece INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (leaf, piece));
        """

    /// What stands beside an anchor that waits: nothing on the ledger says yet that it is there.
    static func digest(_ anchor: Hash, _ day: Day) -> Hash {
        var writer = CanonicalWriter()
        writer.value(anchor)
        writer.day(day)
        return SHA256.hash(writer.bytes)
    }

    func store(_ tree: AnchorTree, at leaf: UInt64) throws {
        for (piece, start) in stride(from: 0, to: tree.hashes.count, by: Self.pieceCount).enumerated() {
            let hashes = tree.hashes[start..<min(start + Self.pieceCount, tree.hashes.count)]
            try database.run(
                "INSERT INTO anchorTree (leaf, piece, hashes) VALUES (?, ?, ?)",
                [Int64(leaf), piece, hashes.flatMap(\.bytes).blob])
        }
    }

    /// A piece as it is; `nil` if there is none.
    func piece(_ number: Int, of leaf: UInt64) throws -> [UInt8]? {
        try database.row("SELECT hashes FROM anchorTree WHERE leaf = ? AND piece = ?", [Int64(leaf), number])?.bytes("hashes")
    }

    /// Throws unless the pieces at a leaf are the tree that was published there.
    func verify(_ publication: AnchorPublication, at leaf: UInt64) throws {
        var tree = TreeAccumulator()
        var number = 0
        while let piece = try piece(number, of: leaf) {
            guard piece.count.isMultiple(of: Bytes32.count), tree.count < UInt64(publication.count) else { break }
            for start in stride(from: 0, to: piece.count, by: Bytes32.count) {
                tree.append(.leaf(Array(piece[start..<start + Bytes32.count])))
            }
            number += 1
        }
        let stored = try database.number("SELECT COUNT(*) FROM anchorTree WHERE leaf = ?", [Int64(leaf)])
        guard tree.count == UInt64(publication.count), tree.root == publication.root, stored == Int64(number) else {
            throw StoreError.differs(.anchors(leaf))
        }
    }
}

/// Anchors that wait, as they are about to be published.
package struct WaitingAnchors: Sendable {
    package let hashes: [Hash]
    package let tree: AnchorTree
    /// Others wait beside these, more than one tree holds.
    package let hasMore: Bool
}

extension StoreView {
    /// How many anchors wait to be published.
    package func waitingAnchors() throws -> Int {
        Int(try database.number("SELECT COUNT(*) FROM anchor", []) ?? 0)
    }

    /// Whether an anchor waits since before a day.
    package func hasAnchors(before day: Day) throws -> Bool {
        try database.row("SELECT 1 FROM anchor WHERE day < ? LIMIT 1", [Int64(day.number)]) != nil
    }

    /// What waits, up to what one tree holds, with the tree that it makes. `nil` if nothing does.
    package func mixedAnchors(limit: Int = AnchorTree.maximumCount) throws -> WaitingAnchors? {
        let rows = try Row.fetchCursor(database, sql: "SELECT hash, digest, day FROM anchor LIMIT ?", arguments: [limit + 1])
        var hashes: [Hash] = []
        while let row = try rows.next() { hashes.append(try AnchorTables.waiting(row)) }
        let (page, hasMore) = (Array(hashes.prefix(limit)), hashes.count > limit)
        return AnchorTree(mixing: page).map { WaitingAnchors(hashes: page, tree: $0, hasMore: hasMore) }
    }

    /// The publication at a leaf, `nil` if there is none. Throws `differs` unless its tree is here, of which every hash is looked at.
    package func anchors(publishedAt leaf: UInt64) throws -> AnchorPublication? {
        guard case .claimsAnchors(let publication)? = try self.leaf(leaf)?.entry.event else { return nil }
        try AnchorTables(database: database).verify(publication, at: leaf)
        return publication
    }

    /// A piece of the tree that a leaf published, counted from 0.
    package func anchorPiece(_ number: Int, publishedAt leaf: UInt64) throws -> [UInt8] {
        guard let piece = try AnchorTables(database: database).piece(number, of: leaf) else {
            throw StoreError.differs(.anchors(leaf))
        }
        return piece
    }
}

extension AnchorTables {
    /// An anchor as it came. Throws `differs` if it is another now.
    static func waiting(_ row: Row) throws -> Hash {
        guard let anchor = try Hash(row.bytes("hash")), let day = UInt32(exactly: try row.unsigned("day")),
            try row.bytes("digest") == digest(anchor, Day(day)).bytes
        else { throw StoreError.differs(.anchorsWaiting) }
        return anchor
    }
}

extension StoreTransaction {
    /// Lets anchors wait for the next tree. One that waits already stands there once.
    package func keepAnchors(_ anchors: [Hash]) throws {
        let today = now.day
        for anchor in anchors {
            try database.run(
                "INSERT OR IGNORE INTO anchor (hash, digest, day) VALUES (?, ?, ?)",
                [anchor.blob, AnchorTables.digest(anchor, today).blob, Int64(today.number)])
        }
    }

    /// Puts a tree of anchors on the ledger, after which they wait no more. `false` if some of them were published meanwhile: then nothing
    /// must be kept of this.
    package func publish(_ waiting: WaitingAnchors, _ entry: Entry) throws -> Bool {
        for anchor in waiting.hashes {
            try database.run("DELETE FROM anchor WHERE hash = ?", [anchor.blob])
            guard database.changesCount == 1 else { return false }
        }
        let leaf = try append(entry, evidence: .none, trusting: .signatures)
        try AnchorTables(database: database).store(waiting.tree, at: leaf)
        wrote(waiting.tree.hashes.count * Bytes32.count)
        return true
    }
}
