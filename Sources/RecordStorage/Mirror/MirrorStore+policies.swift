package import CryptoPrimitives
import Foundation
import GRDB
package import SharingContract

/// The files of published policies. Their entries name a root; the files come after them.
extension MirrorStore {
    /// Publications whose files are not here yet, the first first.
    package func missingPolicies() throws -> [(leaf: UInt64, root: Hash)] {
        try pool.read { database in
            try database.rows("SELECT leaf, root FROM policies WHERE files IS NULL ORDER BY leaf", []).map { row in
                guard let root = try Hash(row.bytes("root")) else { throw StoreError.differs(.database) }
                return (try row.unsigned("leaf"), root)
            }
        }
    }

    /// Whoever calls this has held the files against the root.
    package func keep(_ files: PolicyFiles, publishedAt leaf: UInt64) throws {
        try pool.write { database in
            try database.run("UPDATE policies SET files = ? WHERE leaf = ?", [files.canonicalBytes.blob, Int64(leaf)])
        }
    }

    /// The files of the policies that a shown leaf put in force; `nil` if it put none, or they are not here yet.
    package func policyFiles(publishedAt leaf: UInt64) async throws -> PolicyFiles? {
        guard let head, leaf < head.size, let number = Int64(exactly: leaf) else { return nil }
        return try await pool.read { database in
            guard let row = try database.row("SELECT root, files FROM policies WHERE leaf = ?", [number]),
                let bytes = try row.bytes(ifAny: "files")
            else { return nil }
            guard let files = try? PolicyFiles(canonical: bytes), try files.root.bytes == row.bytes("root") else {
                throw StoreError.differs(.evidenceMissing(leaf))
            }
            return files
        }
    }
}
