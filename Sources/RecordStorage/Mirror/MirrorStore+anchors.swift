import CryptoPrimitives
import Foundation
import GRDB
package import SharingContract

/// Trees of anchors. Their entries name a root; the trees come after them.
extension MirrorStore {
    /// Publications whose trees are not here yet, the first first.
    package func missingAnchors() throws -> [(leaf: UInt64, publication: AnchorPublication)] {
        try pool.read { database in
            let view = StoreView(database: database)
            return try database.rows("SELECT leaf FROM anchors WHERE isHere = 0 ORDER BY leaf", []).map { row in
                let leaf = try row.unsigned("leaf")
                guard case .claimsAnchors(let publication)? = try view.leaf(leaf)?.entry.event else {
                    throw StoreError.differs(.database)
                }
                return (leaf, publication)
            }
        }
    }

    /// Whoever calls this has held the tree against the publication.
    package func keep(_ tree: AnchorTree, publishedAt leaf: UInt64) throws {
        try pool.write { database in
            try AnchorTables(database: database).store(tree, at: leaf)
            try database.run("UPDATE anchors SET isHere = 1 WHERE leaf = ?", [Int64(leaf)])
        }
    }

    /// What a shown leaf published; `nil` if it published none, or the tree is not here yet. Throws `differs` where it is another.
    package func anchors(publishedAt leaf: UInt64) async throws -> AnchorPublication? {
        guard let head, leaf < head.size, let number = Int64(exactly: leaf) else { return nil }
        return try await pool.read { database in
            guard try database.row("SELECT 1 FROM anchors WHERE leaf = ? AND isHere = 1", [number]) != nil else { return nil }
            return try StoreView(database: database).anchors(publishedAt: leaf)
        }
    }

    /// A piece of the tree that a leaf published, counted from 0.
    package func anchorPiece(_ number: Int, publishedAt leaf: UInt64) async throws -> [UInt8] {
        try await pool.read { try StoreView(database: $0).anchorPiece(number, publishedAt: leaf) }
    }
}
