package import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
import SystemPackage

/// Large payloads as files, called by their name in hexadecimal.
struct PayloadFiles: Sendable {
    /// From this size on a payload is a file; below, a row.
    static let threshold: UInt64 = 65_536
    let folder: FilePath

    func path(_ payload: PayloadID) -> FilePath {
        folder.appending(payload.description)
    }
}

/// A payload that is being taken in: hashed as it comes, kept in memory while it is small and in a temporary file from then on.
package struct PayloadUpload: ~Copyable {
    private let files: PayloadFiles
    private var names = PayloadID.Hasher()
    private var digest = SHA256()
    private var pending: [UInt8] = []
    private var writer: FileWriter?

    package enum UploadError: Error {
        /// Too short to be a payload, or not the bytes whose digest was announced.
        case notAsAnnounced
        /// Another payload than the one that was asked for.
        case otherPayload
    }

    init(files: PayloadFiles) {
        self.files = files
    }

    package var size: UInt64 { names.size }

    package mutating func write(_ bytes: [UInt8]) throws {
        names.update(bytes)
        digest.update(bytes)
        if names.size < PayloadFiles.threshold {
            pending += bytes
            return
        }
        if writer == nil {
            writer = try FileWriter(in: files.folder)
            try writer?.write(pending)
            pending = []
        }
        try writer?.write(bytes)
    }

    /// Makes a large payload durable under its name. The row that says so comes after.
    ///
    /// - Parameter expected: which payload it must be, where that is known.
    consuming func finish(
        announced: Hash, as expected: PayloadID? = nil, among arrivals: PayloadArrivals
    ) throws -> PayloadArrival {
        let size = names.size
        let digest = digest.finalize()
        guard digest == announced else { throw UploadError.notAsAnnounced }
        let name = names.finalize()
        if let expected, name != expected { throw UploadError.otherPayload }
        guard let payload = name else { throw UploadError.notAsAnnounced }
        let row = StoredPayloadRow(
            payload: payload, size: size, digest: digest, chunks: names.leaves, bytes: writer == nil ? pending : nil)
        let arrival = PayloadArrival(row, among: arrivals)
        if let writer = writer.take() { try writer.commit(to: files.path(payload)) }
        return arrival
    }
}

/// What the table says of a payload.
struct StoredPayloadRow: Sendable {
    let payload: PayloadID
    let size: UInt64
    /// SHA-256 of the whole.
    let digest: Hash
    /// Leaf hashes of nonce and chunks.
    let chunks: [Hash]
    /// `nil` if the payload is a file.
    let bytes: [UInt8]?
}

extension StoredPayloadRow {
    /// Throws unless the chunks that the row names are those of the payload: each piece is held against them when it goes out.
    init?(_ payload: PayloadID, in database: Database) throws {
        guard let row = try database.row("SELECT size, digest, chunks, bytes FROM payload WHERE id = ?", [payload.blob]) else {
            return nil
        }
        guard let digest = try Hash(row.bytes("digest")), let chunks = try Self.hashes(row.bytes("chunks")) else {
            throw StoreError.differs(.payload(payload))
        }
        self.init(
            payload: payload, size: try row.unsigned("size"), digest: digest, chunks: chunks, bytes: try row.bytes(ifAny: "bytes"))
        guard hasItsName else { throw StoreError.differs(.payload(payload)) }
    }

    /// A payload's name is the root over its chunks.
    private var hasItsName: Bool {
        var accumulator = TreeAccumulator()
        for chunk in chunks { accumulator.append(chunk) }
        return accumulator.root.value == payload.value
    }

    private static func hashes(_ bytes: [UInt8]) -> [Hash]? {
        guard bytes.count.isMultiple(of: 32) else { return nil }
        return stride(from: 0, to: bytes.count, by: 32).compactMap { Hash(Array(bytes[$0..<$0 + 32])) }
    }
}

/// A payload as it lies in the store.
package struct PayloadContent: ~Copyable, Sendable {
    private let row: StoredPayloadRow
    private let reader: FileReader?

    init(_ row: StoredPayloadRow, files: PayloadFiles) throws {
        self.row = row
        do {
            reader = row.bytes == nil ? try FileReader(files.path(row.payload)) : nil
        } catch FileError.notFound {
            throw StoreError.differs(.payloadMissing(row.payload))
        }
    }

    package var size: UInt64 { row.size }
    package var digest: Hash { row.digest }

    /// Nonce and chunks. A piece goes out only if it is the one that was deposited; a damaged payload ends here and is never served.
    package var pieceCount: Int { row.chunks.count }

    package func piece(_ index: Int) throws -> [UInt8] {
        let start = index == 0 ? 0 : UInt64(PayloadID.nonceSize) + UInt64(index - 1) * UInt64(PayloadID.sealedChunkSize)
        let length = index == 0 ? PayloadID.nonceSize : PayloadID.sealedChunkSize
        let piece: [UInt8]
        if let bytes = row.bytes {
            piece = Array(bytes.dropFirst(Int(start)).prefix(length))
        } else {
            piece = try reader?.read(at: start, count: length) ?? []
        }
        guard Hash.leaf(piece) == row.chunks[index] else { throw StoreError.differs(.payload(row.payload)) }
        return piece
    }

    func lengthStored() throws -> UInt64 {
        if let bytes = row.bytes { return UInt64(bytes.count) }
        return try reader?.size() ?? 0
    }

    /// Throws unless every piece is the one that was deposited and together they have the payload's name, size and digest.
    func verify() throws {
        var names = PayloadID.Hasher()
        var whole = SHA256()
        for index in 0..<pieceCount {
            let piece = try piece(index)
            names.update(piece)
            whole.update(piece)
        }
        let isWhole = try lengthStored() == size && whole.finalize() == digest
        guard names.size == size, isWhole, names.finalize() == row.payload else { throw StoreError.differs(.payload(row.payload)) }
    }
}

extension LedgerStore {
    var files: PayloadFiles { PayloadFiles(folder: folder.appending(Self.payloadFolderName)) }

    /// How long a payload may lie here before a deposit names it.
    private static let patience: UInt32 = 24 * 60

    package func beginUpload() -> PayloadUpload {
        PayloadUpload(files: files)
    }

    /// Throws unless the bytes that came are those with this digest.
    package func finishUpload(_ upload: consuming PayloadUpload, announced: Hash) async throws -> (PayloadID, UInt64) {
        try await keep(try place(upload, announced: announced))
    }

    /// The first half of `finishUpload`: the file, where there is one.
    package func place(_ upload: consuming PayloadUpload, announced: Hash) throws -> PayloadArrival {
        try upload.finish(announced: announced, among: arrivals)
    }

    /// The second half: the row.
    package func keep(_ arrival: consuming PayloadArrival) async throws -> (PayloadID, UInt64) {
        let (row, now) = (arrival.row, clock())
        _ = try await commit { transaction in try transaction.store(row, at: now) }
        withExtendedLifetime(arrival) {}
        return (row.payload, row.size)
    }

    /// The payload, `nil` if it is not here.
    package func payload(_ payload: PayloadID) async throws -> PayloadContent? {
        try requireSound()
        let files = files
        guard let row = try await pool.read({ try StoredPayloadRow(payload, in: $0) }) else { return nil }
        return try PayloadContent(row, files: files)
    }

    /// Completes an erasure that is durable: removes the files, and writes the log back so that no old page of it lies in the WAL.
    ///
    /// - Returns: `false` if a file could not be removed, or a reader was in the way of the log. Then the next writes, or the next start,
    ///   do what is left: the erasure stands on the ledger, and whoever asked for it must not be told that it failed.
    @discardableResult
    package func finishErasure(of payloads: [PayloadID]) -> Bool {
        let areGone = (try? removeFiles(of: payloads)) != nil
        return pool.writeWithoutTransaction { truncateLog($0) } && areGone
    }

    /// Removes the files of payloads whose rows are gone. An upload may have brought one back since, so its row is looked for again where
    /// no row is written meanwhile, and one that is arriving stays. Should it not come after all, the next start finds its file.
    private func removeFiles(of payloads: [PayloadID]) throws {
        try pool.writeWithoutTransaction { database in
            for payload in payloads {
                try arrivals.unlessArriving(payload) {
                    let isNamed = try database.row("SELECT 1 FROM payload WHERE id = ?", [payload.blob]) != nil
                    guard !isNamed, DurableFile.exists(files.path(payload)) else { return }
                    try DurableFile.remove(files.path(payload))
                }
            }
        }
    }

    /// What an interrupted upload or erasure left: temporary files, and files without a row.
    func removeOrphanFiles() throws {
        let known = try pool.read { database in
            Set(try database.rows("SELECT id FROM payload WHERE bytes IS NULL", []).map { try Hexadecimal.encode($0.bytes("id")) })
        }
        for name in try DurableFile.names(in: files.folder) where !known.contains(name) {
            try DurableFile.remove(files.folder.appending(name))
        }
    }

    /// Forgets payloads that no deposit named within a day.
    package func removeForgottenUploads() async throws {
        let deadline = Minute(clock().number - min(clock().number, Self.patience))
        let forgotten = try await commit { transaction in try transaction.deletePayloads(unusedSince: deadline) }.result
        try removeFiles(of: forgotten)
    }
}

/// A payload and how large it is, as members tell each other.
package struct ListedPayload: Hashable, Sendable {
    package let payload: PayloadID
    package let size: UInt64

    package init(payload: PayloadID, size: UInt64) {
        self.payload = payload
        self.size = size
    }

    init(_ row: Row) throws {
        guard let payload = try PayloadID(row.bytes("id")) else { throw StoreError.differs(.database) }
        self.init(payload: payload, size: try row.unsigned("size"))
    }
}

extension StoreView {
    /// Payloads that deposits refer to, in the order of their names, behind one of them.
    package func payloads(after payload: PayloadID?, limit: Int) throws -> [ListedPayload] {
        try database.rows(
            """
            SELECT payload.id, payload.size FROM slot CROSS JOIN payload ON payload.id = slot.payload
            WHERE slot.payload > ? ORDER BY slot.payload LIMIT ?
            """, [payload?.blob ?? Data(), limit]
        ).map { try ListedPayload($0) }
    }

    /// Whether a deposit refers to this payload, and no erasure has ended that.
    package func isDeposited(_ payload: PayloadID) throws -> Bool {
        try database.row("SELECT 1 FROM slot WHERE payload = ?", [payload.blob]) != nil
    }
}

extension StoreTransaction {
    fileprivate func store(_ row: StoredPayloadRow, at time: Minute) throws {
        try database.run(
            "INSERT OR REPLACE INTO payload (id, size, digest, chunks, bytes, stored, isPending) VALUES (?, ?, ?, ?, ?, ?, 1)",
            [
                row.payload.blob, Int64(row.size), row.digest.blob, row.chunks.flatMap(\.bytes).blob, row.bytes?.blob,
                Int64(time.number),
            ])
    }

    fileprivate func deletePayloads(unusedSince deadline: Minute) throws -> [PayloadID] {
        let rows = try database.rows(
            "SELECT id FROM payload WHERE isPending AND stored < ? AND NOT EXISTS (SELECT 1 FROM slot WHERE payload = payload.id)",
            [Int64(deadline.number)])
        let payloads = try rows.compactMap { try PayloadID($0.bytes("id")) }
        for payload in payloads { try database.run("DELETE FROM payload WHERE id = ?", [payload.blob]) }
        return payloads
    }

    /// The size of a payload that was uploaded and that no record has, `nil` if there is none.
    package func uploadedSize(of payload: PayloadID) throws -> UInt64? {
        try database.number(
            "SELECT size FROM payload WHERE id = ? AND NOT EXISTS (SELECT 1 FROM slot WHERE payload = payload.id)", [payload.blob]
        ).flatMap { UInt64(exactly: $0) }
    }
}
