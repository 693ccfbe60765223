package import CryptoPrimitives
import Foundation
import GRDB
package import SharingContract

// What keeps a signed message from being used twice. It is on the disk, so a restart forgets nothing.

extension StoreTransaction {
    /// `false` if this key has used the nonce before.
    package func useNonce(_ nonce: Bytes32, of key: Ed25519.PublicKey, until seconds: Int64) throws -> Bool {
        let name = SHA256.hash(key.bytes, nonce.bytes)
        try database.run("INSERT OR IGNORE INTO nonce (id, expires) VALUES (?, ?)", [name.blob, seconds])
        return database.changesCount == 1
    }

    /// Nonces of messages that have expired.
    package func deleteNonces(expiredBy seconds: Int64) throws {
        try database.run("DELETE FROM nonce WHERE expires < ?", [seconds])
    }

    /// `false` if the request was answered before, with a release or a refusal.
    package func useRequest(_ request: RequestHash) throws -> Bool {
        try database.run("INSERT OR IGNORE INTO answered (request) VALUES (?)", [request.blob])
        return database.changesCount == 1
    }
}
