package import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
import SystemPackage

/// A mirror's copy of the payloads, as a gateway keeps them: small ones in rows, large ones as files of the same names in a folder of the
/// same name.
///
/// `listed` is what the leader named when it last named all; `payload` is what is here of it.
extension MirrorStore {
    static var payloadTables: String {
        """
        CREATE TABLE listed (id BLOB PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE listing (only INTEGER PRIMARY KEY CHECK (only = 1));
        CREATE TABLE payload (id BLOB PRIMARY KEY, size INTEGER NOT NULL, digest BLOB NOT NULL, chunks BLOB NOT NULL, bytes BLOB)
            WITHOUT ROWID;
        CREATE TABLE nonce (id BLOB PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;
        """
    }

    var files: PayloadFiles { PayloadFiles(folder: folder.appending(LedgerStore.payloadFolderName)) }

    /// Bytes that can still be written to the disk on which the mirror lies.
    package func freeSpace() throws -> UInt64 { try DurableFile.freeSpace(at: folder) }

    /// Whether payloads were mirrored here once.
    package var hasPayloads: Bool { (try? DurableFile.names(in: files.folder).isEmpty) == false || (try? isListed()) == true }
}

// What a leader names.
extension MirrorStore {
    /// Takes what the leader named from the first name to the last, and forgets whatever else is here.
    ///
    /// - Returns: how many payloads were here and are not any more. Throws `cannotWrite`.
    @discardableResult
    package func accept(_ listing: [ListedPayload]) throws -> Int {
        let named = Dictionary(listing.map { ($0.payload, $0.size) }) { $1 }
        let gone = try StoreError.naming {
            try pool.writeWithoutTransaction { database in
                var gone: [PayloadID] = []
                try database.inTransaction(.immediate) {
                    gone = try Self.accept(named, database)
                    return .commit
                }
                // No old page of what was erased may lie in the log.
                if !gone.isEmpty { _ = try? database.checkpoint(.truncate) }
                return gone
            }
        }
        try StoreError.naming { try removeFiles() }
        return gone.count
    }

    private static func accept(_ named: [PayloadID: UInt64], _ database: Database) throws -> [PayloadID] {
        var known: Set<ListedPayload> = []
        for row in try database.rows("SELECT id, size FROM listed", []) { known.insert(try ListedPayload(row)) }
        for old in known where named[old.payload] != old.size {
            try database.run("DELETE FROM listed WHERE id = ?", [old.payload.blob])
        }
        for (payload, size) in named where !known.contains(ListedPayload(payload: payload, size: size)) {
            guard let size = Int64(exactly: size) else { continue }
            try database.run("INSERT INTO listed (id, size) VALUES (?, ?)", [payload.blob, size])
        }
        try database.run("INSERT OR IGNORE INTO listing (only) VALUES (1)", [])
        let gone = try database.rows(
            "SELECT id FROM payload WHERE NOT EXISTS (SELECT 1 FROM listed WHERE listed.id = payload.id)", []
        ).compactMap { try PayloadID($0.bytes("id")) }
        for payload in gone { try database.run("DELETE FROM payload WHERE id = ?", [payload.blob]) }
        return gone
    }

    /// `false` until a leader has named everything once.
    package func isListed() throws -> Bool {
        try pool.read { try $0.row("SELECT 1 FROM listing", []) != nil }
    }

    /// What the leader named, in the order of the names, behind one of them; whether it is here or not.
    package func listed(after payload: PayloadID?, limit: Int) async throws -> [ListedPayload] {
        try await pool.read { database in
            try database.rows(
                "SELECT id, size FROM listed WHERE id > ? ORDER BY id LIMIT ?", [payload?.blob ?? Data(), limit]
            ).map { try ListedPayload($0) }
        }
    }

    /// The first that was named, behind one of them, and is not here.
    package func missing(after payload: PayloadID?) throws -> ListedPayload? {
        try StoreError.naming {
            try pool.read { database in
                try database.row(
                    """
                    SELECT id, size FROM listed WHERE id > ? AND NOT EXISTS (SELECT 1 FROM payload WHERE payload.id = listed.id)
                    ORDER BY id LIMIT 1
                    """, [payload?.blob ?? Data()]
                ).map { try ListedPayload($0) }
            }
        }
    }
}

// What is here.
extension MirrorStore {
    /// The payload, `nil` if it is not here.
    package func payload(_ payload: PayloadID) async throws -> PayloadContent? {
        guard let row = try await pool.read({ try StoredPayloadRow(payload, in: $0) }) else { return nil }
        return try PayloadContent(row, files: files)
    }

    func store(_ row: StoredPayloadRow) throws {
        try pool.write { database in
            try database.run(
                "INSERT OR REPLACE INTO payload (id, size, digest, chunks, bytes) VALUES (?, ?, ?, ?, ?)",
                [row.payload.blob, Int64(row.size), row.digest.blob, row.chunks.flatMap(\.bytes).blob, row.bytes?.blob])
        }
    }

    /// Forgets a payload that is damaged, so that it is fetched again.
    package func drop(_ payload: PayloadID) throws {
        try StoreError.naming {
            try pool.write { try $0.run("DELETE FROM payload WHERE id = ?", [payload.blob]) }
            try arrivals.unlessArriving(payload) {
                if DurableFile.exists(files.path(payload)) { try DurableFile.remove(files.path(payload)) }
            }
        }
    }

    /// Makes ready for payloads: throws away what an interrupted start left, and forgets those whose file is not there or has another
    /// size. Their pieces are compared when they go out, or here if all of them are to be.
    ///
    /// - Returns: what was damaged and is fetched again.
    package func openPayloads(
        comparingAll isThorough: Bool, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> [PayloadID] {
        try DurableFile.makeFolder(files.folder)
        return try StoreError.naming {
            try removeFiles()
            let names = try pool.read { try $0.rows("SELECT id FROM payload", []).compactMap { try PayloadID($0.bytes("id")) } }
            var damaged: [PayloadID] = []
            for (done, payload) in names.enumerated() {
                progress(done, names.count)
                guard try !isWhole(payload, isThorough) else { continue }
                try drop(payload)
                damaged.append(payload)
            }
            return damaged
        }
    }

    private func isWhole(_ payload: PayloadID, _ isThorough: Bool) throws -> Bool {
        do {
            guard let row = try pool.read({ try StoredPayloadRow(payload, in: $0) }) else { return false }
            let content = try PayloadContent(row, files: files)
            if isThorough { try content.verify() }
            return try content.lengthStored() == content.size
        } catch StoreError.differs {
            return false
        }
    }

    /// Files without a row: of payloads that are not named any more, and what a killed process left.
    private func removeFiles() throws {
        let known = try pool.read { database in
            Set(try database.rows("SELECT id FROM payload WHERE bytes IS NULL", []).map { try Hexadecimal.encode($0.bytes("id")) })
        }
        for name in try DurableFile.names(in: files.folder) where !known.contains(name) {
            guard let payload = PayloadID(hexadecimal: name) else {
                try DurableFile.remove(files.folder.appending(name))
                continue
            }
            try arrivals.unlessArriving(payload) { try DurableFile.remove(files.path(payload)) }
        }
    }
}

// Members that ask.
extension MirrorStore {
    /// `false` if this key has used the nonce before. What has expired is forgotten.
    package func useNonce(_ nonce: Bytes32, of key: Ed25519.PublicKey, until expiry: Int64, at now: Int64) async throws -> Bool {
        let id = SHA256.hash(key.bytes, nonce.bytes).blob
        return try await pool.write { database in
            try database.run("DELETE FROM nonce WHERE expires < ?", [now])
            try database.run("INSERT OR IGNORE INTO nonce (id, expires) VALUES (?, ?)", [id, expiry])
            return database.changesCount == 1
        }
    }
}
