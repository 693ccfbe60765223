import Foundation
import GRDB
package import SharingContract

/// The contract's state in the table `state`.
package struct StoredState: StateReader {
    let database: Database
    /// `nil` beside the writer, where nobody would tell it of changes.
    private let cache: StateCache?

    init(database: Database, cache: StateCache? = nil) {
        self.database = database
        self.cache = cache
    }

    package func bytes(for key: StateKey) throws -> [UInt8]? {
        if let known = cache?.values[key] { return known }
        let value = try database.row("SELECT value FROM state WHERE key = ?", [key.bytes.blob])?.bytes("value")
        cache?.values[key] = .some(value)
        return value
    }

    func apply(_ changes: [StateChange]) throws {
        for change in changes {
            cache?.values[change.key] = .some(change.bytes)
            if let value = change.bytes {
                try database.run("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", [change.key.bytes.blob, value.blob])
            } else {
                try database.run("DELETE FROM state WHERE key = ?", [change.key.bytes.blob])
            }
        }
    }
}

/// Lines of the state that the writers of one batch have read or written. Handlers and rules ask for the same few again and again.
final class StateCache {
    /// A `nil` inside says that there is no such line.
    fileprivate var values: [StateKey: [UInt8]?] = [:]

    /// What was undone in the database must not stay here.
    func forget() { values = [:] }
}
