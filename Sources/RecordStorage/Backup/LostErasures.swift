package import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
import MerkleLedger
import SharingContract
package import SystemPackage

/// Erasures that stand on a part of the ledger which a restored store no longer has. The records behind them must not come back, though
/// this store's ledger does not say why they are gone; so a store that holds such erasures only shows what it has, and takes nothing.
package enum LostErasures {
    /// Destroys salts, descriptors, headers and payloads behind these commitments in a store that nobody has open. Gives how many were
    /// there to be destroyed.
    package static func replay(_ commitments: [Hash], in folder: FilePath) throws -> Int {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        let queue = try DatabaseQueue(path: folder.appending(LedgerStore.databaseName).string, configuration: configuration)
        defer { try? queue.close() }
        try Schema.migrator.migrate(queue)
        var erased = 0
        var payloads: [PayloadID] = []
        try queue.write { database in
            for commitment in commitments {
                guard try forget(commitment, in: database) else { continue }
                try database.run("INSERT OR IGNORE INTO lostErasure (commitment) VALUES (?)", [commitment.blob])
                erased += 1
            }
            let transaction = StoreTransaction(database, edge: TreeEdge(), previousTime: nil, clock: Minute(0))
            payloads = try transaction.erase(commitments)
        }
        let files = PayloadFiles(folder: StoreCopy.folder(folder))
        for payload in payloads where DurableFile.exists(files.path(payload)) { try DurableFile.remove(files.path(payload)) }
        return erased
    }

    /// What the erasure's leaf would have done to the contract's state. `false` if there is no such descriptor.
    private static func forget(_ commitment: Hash, in database: Database) throws -> Bool {
        guard var known = try StoredState(database: database).descriptor(commitment) else { return false }
        if let record = known.record {
            try database.run("DELETE FROM state WHERE key = ?", [StateKey.record(record).bytes.blob])
        }
        known.record = nil
        try database.run(
            "UPDATE state SET value = ? WHERE key = ?",
            [known.canonicalBytes.blob, StateKey.descriptor(commitment).bytes.blob])
        return true
    }
}

extension LedgerStore {
    /// Whether records are gone here for which this ledger has no erasure. Such a store must not be written to.
    package func hasLostErasures() async throws -> Bool {
        try await pool.read { try $0.row("SELECT 1 FROM lostErasure LIMIT 1", []) != nil }
    }
}

extension Database {
    func isLostErasure(_ commitment: Hash) throws -> Bool {
        try row("SELECT 1 FROM lostErasure WHERE commitment = ?", [commitment.blob]) != nil
    }
}
