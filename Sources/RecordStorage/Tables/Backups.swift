package import CryptoPrimitives
import Foundation
import GRDB

extension StoreView {
    package func backup(_ fetchKey: Ed25519.PublicKey) throws -> [UInt8]? {
        try database.row("SELECT bytes FROM backup WHERE fetchKey = ?", [fetchKey.blob])?.bytes("bytes")
    }
}

extension StoreTransaction {
    /// `false` if the backup belongs to another key.
    package func storeBackup(_ bytes: [UInt8], fetchKey: Ed25519.PublicKey, owner: Ed25519.PublicKey) throws -> Bool {
        try database.run(
            """
            INSERT INTO backup (fetchKey, owner, bytes) VALUES (?, ?, ?)
            ON CONFLICT (fetchKey) DO UPDATE SET bytes = excluded.bytes WHERE owner = excluded.owner
            """, [fetchKey.blob, owner.blob, bytes.blob])
        return database.changesCount == 1
    }
}
