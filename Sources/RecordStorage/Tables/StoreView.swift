package import CryptoPrimitives
import Foundation
import GRDB
package import SharingContract

/// What can be read from the tables, inside a writer's transaction or beside it.
package struct StoreView {
    let database: Database
    private let cache: StateCache?

    init(database: Database, cache: StateCache? = nil) {
        self.database = database
        self.cache = cache
    }

    package var state: StoredState { StoredState(database: database, cache: cache) }

    package func evidence(of leaf: UInt64) throws -> Evidence? {
        try EvidenceTable(database: database).evidence(of: leaf)
    }

    /// The files of the policies in force; `nil` on a ledger on which none were published. Throws `differs` where they are not there.
    package func policyFiles() throws -> PolicyFiles? {
        try state.policies().map { try policyFiles($0) }
    }

    /// The files of the policies that a leaf put in force; `nil` if it put none.
    package func policyFiles(publishedAt leaf: UInt64) throws -> PolicyFiles? {
        guard case .policySet(let publication)? = try self.leaf(leaf)?.entry.event else { return nil }
        return try policyFiles(root: publication.root, leaf)
    }

    /// The files of policies that are or were in force.
    package func policyFiles(_ policies: PolicyState) throws -> PolicyFiles {
        try policyFiles(root: policies.root, policies.publishedAt)
    }

    private func policyFiles(root: Hash, _ leaf: UInt64) throws -> PolicyFiles {
        guard let evidence = try evidence(of: leaf), let files = try? PolicyFiles(canonical: evidence.body), files.root == root
        else {
            throw StoreError.differs(.evidenceMissing(leaf))
        }
        return files
    }

    /// Leaves from `first` on that belong to a compartment's history, at most `limit`.
    package func history(of compartment: Ed25519.PublicKey, from first: UInt64, limit: Int) throws -> [UInt64] {
        guard let first = Int64(exactly: first) else { return [] }
        return try database.rows(
            "SELECT leaf FROM history WHERE compartment = ? AND leaf >= ? ORDER BY leaf LIMIT ?", [compartment.blob, first, limit]
        ).map { try $0.unsigned("leaf") }
    }

    /// The newest recipient list of a compartment.
    package func list(of compartment: Ed25519.PublicKey) throws -> RecipientList? {
        guard let row = try database.row("SELECT bytes FROM list WHERE compartment = ?", [compartment.blob]) else { return nil }
        guard let list = try? RecipientList(canonical: row.bytes("bytes")) else { throw StoreError.differs(.list) }
        return list
    }

    package func leaf(_ index: UInt64) throws -> Leaf? {
        guard let number = Int64(exactly: index), let row = try database.row("SELECT bytes FROM leaf WHERE number = ?", [number])
        else { return nil }
        guard let leaf = try? Leaf(canonical: row.bytes("bytes")) else { throw StoreError.differs(.leafUnreadable(index)) }
        return leaf
    }
}
