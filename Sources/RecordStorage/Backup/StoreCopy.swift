package import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
package import MerkleLedger
package import SharingContract
package import SystemPackage

/// Copies of a store: made beside a gateway that goes on serving, and proven before anybody relies on them.
package enum StoreCopy {
    /// How far a copy has come.
    package enum Progress: Sendable {
        case database(done: Int, of: Int)
        case payloads(done: Int, of: Int)
        case checking(done: UInt64, of: UInt64)
    }

    /// What a copy holds.
    package struct Contents: Sendable {
        package let origin: TextLine
        package let size: UInt64
        package let root: Hash
        /// Of the last entry.
        package let time: Minute
        package let payloads: Int
        /// Who runs the ledger.
        package let members: [MemberChange.Member]
        /// In force; `nil` if none were ever published.
        package let policies: PolicyFiles?
    }

    /// How often a copy begins again because payloads that it was to hold were erased meanwhile.
    private static let attempts = 5

    /// Copies the store as it stands at one moment into a folder that has none. Nothing is locked and nothing written at the source.
    ///
    /// What is erased while the copy is made is not in it: then it begins again from a later moment.
    package static func copy(of source: FilePath, into target: FilePath, progress: @escaping (Progress) -> Void) throws {
        guard DurableFile.exists(source.appending(LedgerStore.databaseName)) else { throw StoreError.absent }
        for _ in 1..<attempts {
            do {
                return try copyOnce(source, target, progress)
            } catch StoreError.differs(.payloadMissing) {
                try removeDatabase(in: target)
            }
        }
        try copyOnce(source, target, progress)
    }

    private static func copyOnce(_ source: FilePath, _ target: FilePath, _ progress: @escaping (Progress) -> Void) throws {
        try copyDatabase(from: source, into: target, progress)
        let names = try fileNames(in: target)
        let (from, to) = (folder(source), folder(target))
        try DurableFile.makeFolder(to)
        for (done, name) in names.enumerated() {
            progress(.payloads(done: done, of: names.count))
            guard !DurableFile.exists(to.appending(name)) else { continue }
            do {
                try copyFile(from.appending(name), to: to.appending(name))
            } catch FileError.notFound {
                throw StoreError.differs(.payloadMissing(PayloadID(hexadecimal: name) ?? PayloadID(.zero)))
            }
        }
        // An attempt before this one may have copied what was erased since.
        for name in try DurableFile.names(in: to) where !names.contains(name) { try DurableFile.remove(to.appending(name)) }
    }

    /// SQLite's own online copy, from one reader's snapshot: writers go on beside it and do not make it begin again.
    private static func copyDatabase(from source: FilePath, into target: FilePath, _ progress: @escaping (Progress) -> Void) throws
    {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let original = try DatabaseQueue(path: source.appending(LedgerStore.databaseName).string, configuration: configuration)
        defer { try? original.close() }
        let copy = try DatabaseQueue(path: target.appending(LedgerStore.databaseName).string)
        defer { try? copy.close() }
        try original.read { database in
            // The snapshot begins with the first thing that is read.
            guard try database.row("SELECT size FROM head", []) != nil else { throw StoreError.absent }
            try copy.writeWithoutTransaction { copy in
                try database.backup(to: copy, pagesPerStep: 1_024) {
                    progress(.database(done: $0.completedPageCount, of: $0.totalPageCount))
                }
            }
        }
        // All of it in one file, without a log beside it.
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    }

    private static func fileNames(in target: FilePath) throws -> Set<String> {
        let copy = try DatabaseQueue(path: target.appending(LedgerStore.databaseName).string)
        defer { try? copy.close() }
        return try copy.read { database in
            Set(try database.rows("SELECT id FROM payload WHERE bytes IS NULL", []).map { try Hexadecimal.encode($0.bytes("id")) })
        }
    }

    private static func copyFile(_ source: FilePath, to target: FilePath) throws {
        let reader = try FileReader(source)
        var writer = try FileWriter(in: target.removingLastComponent())
        while true {
            let piece = try reader.read(at: writer.size, count: 1 << 20)
            guard !piece.isEmpty else { break }
            try writer.write(piece)
        }
        try writer.commit(to: target)
    }

    private static func removeDatabase(in target: FilePath) throws {
        try DurableFile.remove(target.appending(LedgerStore.databaseName))
    }

    static func folder(_ store: FilePath) -> FilePath { store.appending(LedgerStore.payloadFolderName) }
}

extension StoreCopy {
    /// Proves a copy as a store proves itself at its start. Throws `StoreError.differs` with what is wrong.
    ///
    /// - Parameter note: a checkpoint that the copy must come to, no more and no less.
    package static func verify(
        _ folder: FilePath, key: VerifierKey, checkpoint note: SignedNote?, progress: (Progress) -> Void
    ) throws -> Contents {
        guard DurableFile.exists(folder.appending(LedgerStore.databaseName)) else { throw StoreError.absent }
        let copy = try DatabaseQueue(path: folder.appending(LedgerStore.databaseName).string)
        defer { try? copy.close() }
        // A backup may be older than this program.
        try Schema.migrator.migrate(copy)
        let payloads = PayloadFiles(folder: Self.folder(folder))
        return try copy.read { database in
            let checked = try SelfCheck(database: database, payloads: payloads, key: key).run {
                progress(.checking(done: $0, of: $1))
            }
            if let note {
                guard let checkpoint = try? Checkpoint.open(note, origin: checked.origin, key: key).checkpoint,
                    checkpoint.size == checked.edge.size, checkpoint.rootHash == checked.edge.root
                else { throw StoreError.differs(.checkpoint) }
            }
            let count = try database.number("SELECT COUNT(*) FROM payload", []) ?? 0
            let members = try StoredState(database: database).ledger()?.members ?? []
            return Contents(
                origin: checked.origin, size: checked.edge.size, root: checked.edge.root, time: checked.time, payloads: Int(count),
                members: members, policies: try StoreView(database: database).policyFiles())
        }
    }
}
