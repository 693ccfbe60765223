import Foundation
import GRDB
package import SharingContract

/// The contract's state in the table `state`.
package struct StoredState: StateReader {
    let database: Database

    package func bytes(for key: StateKey) throws -> [UInt8]? {
        try database.row("SELECT value FROM state WHERE key = ?", [key.bytes.blob])?.bytes("value")
    }

    func apply(_ changes: [StateChange]) throws {
        for change in changes {
            if let value = change.bytes {
                try database.run("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", [change.key.bytes.blob, value.blob])
            } else {
                try database.run("DELETE FROM state WHERE key = ?", [change.key.bytes.blob])
            }
        }
    }
}
