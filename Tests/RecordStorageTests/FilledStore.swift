import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
import MerkleLedger
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport
import Testing

/// What lies in a store's file and is not proven by the ledger, each with the reason why a changed bit there harms nobody. That readers
/// of headers, messages and backups notice, the programs' UnprovenTests show.
enum Unproven {
    private static let inbox = "the reader opens and authenticates what is in a message, and counts nothing by its number"
    private static let replay =
        "keeps a message from being taken twice while it is fresh; entries, grants and deposits cannot be twice anyway"
    private static let backup = "opens with the patient's 24 words or not at all, and tells that it was changed"
    private static let upkeep = "only housekeeping looks at it, and it deletes no payload that a record has"

    static let columns: [String: String] = [
        "header.bytes": "an age header: its reader verifies the MAC, and a record that does not open is named to him",
        "message.number": inbox, "message.address": inbox, "message.sender": inbox, "message.received": inbox,
        "message.bytes": inbox, "sqlite_sequence.name": inbox, "sqlite_sequence.seq": inbox,
        "nonce.id": replay, "nonce.expires": replay, "answered.request": replay,
        "backup.fetchKey": backup, "backup.owner": backup, "backup.bytes": backup,
        "payload.stored": upkeep, "payload.isPending": upkeep,
    ]
}

/// All rows of a store's file, as text, without what nothing proves.
struct StoredRows: Equatable {
    let rows: [String]

    init(_ path: FilePath) throws {
        let queue = try DatabaseQueue(path: path.appending("store.sqlite").string)
        defer { try? queue.close() }
        rows = try queue.read { database in
            try Table.all(in: database).flatMap { table in
                try table.rows(in: database).map { row in
                    let values = zip(table.columns, row).filter { Unproven.columns["\(table.name).\($0.0)"] == nil }
                    return "\(table.name) \(values.map { "\($0.1)" })"
                }.sorted()
            }
        }
    }
}

/// A table as the file itself names it, so that a new one cannot be forgotten.
struct Table {
    let name: String
    let columns: [String]

    static func all(in database: Database) throws -> [Table] {
        try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map { name in
            Table(
                name: name,
                columns: try String.fetchAll(database, sql: "SELECT name FROM pragma_table_info(?)", arguments: [name]))
        }
    }

    func rows(in database: Database) throws -> [[DatabaseValue]] {
        try Row.fetchAll(database, sql: "SELECT * FROM \"\(name)\"").map { Array($0.databaseValues) }
    }

    /// The row with the fewest empty values.
    func fullestRow(in database: Database) throws -> [DatabaseValue]? {
        try rows(in: database).max { first, second in
            first.count { !$0.isNull } < second.count { !$0.isNull }
        }
    }

    /// Flips one bit of a value. A number that would be that of another row is another bit's turn.
    func flip(_ column: Int, of row: [DatabaseValue], in database: Database, with generator: inout SeededGenerator) throws {
        let condition = columns.map { "\"\($0)\" IS ?" }.joined(separator: " AND ")
        var isFlipped = false
        while !isFlipped {
            guard let value = row[column].flipped(with: &generator) else { return }
            do {
                try database.execute(
                    sql: "UPDATE \"\(name)\" SET \"\(columns[column])\" = ? WHERE \(condition)",
                    arguments: StatementArguments([value] + row))
                isFlipped = true
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {}
        }
        #expect(database.changesCount == 1, "\(name).\(columns[column])")
    }
}

extension StoreFixture {
    /// A closed store with something in every column of every table, checked by a snapshot.
    static func filled() async throws -> StoreFixture {
        let payload = [UInt8](repeating: 7, count: 1_000)
        let fixture = try await deposited(payload: payload, claims: claims)
        let store = try fixture.open()
        let world = fixture.world
        _ = try await fixture.upload((0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 3) }, to: store)
        try await store.commit { transaction in
            // Enough for a full tile.
            for number in 0..<260 {
                _ = try transaction.append(
                    world.entry(.compartment(world.compartment("c\(number)")), by: ["c\(number)"]), evidence: .none)
            }
        }
        try await fixture.publishAnchors(in: store)
        try await store.commit { try $0.keepAnchors([SHA256.hash([9])]) }
        let body = world.grantBody("g", in: "ana/laboratory", to: "lakeside", list: world.list("ana/laboratory"))
        let evidence = world.evidence(body)
        let entry = world.entry(.grant(world.grant("g")), by: ["g"], evidence: evidence)
        try await store.commit { transaction in
            try transaction.append(entry, evidence: evidence)
            _ = try transaction.useNonce(.random(), of: publicKey("g"), until: 1_000)
            _ = try transaction.useRequest(RequestHash(of: [1]))
            _ = try transaction.storeMessage([1, 2, 3], for: publicKey("lakeside"), from: publicKey("g"), within: .grant)
            _ = try transaction.storeBackup([1, 2, 3], fetchKey: publicKey("words"), owner: publicKey("ana"))
        }
        try store.close()
        return fixture
    }

    /// The same store after an erasure was lost and came back with a backup.
    func withLostErasure() throws -> StoreFixture {
        let fixture = try copied()
        let queue = try DatabaseQueue(path: path.appending("store.sqlite").string)
        let commitments = try queue.read { try Data.fetchAll($0, sql: "SELECT commitment FROM slot") }
        try queue.close()
        #expect(try LostErasures.replay(commitments.compactMap { Hash(Array($0)) }, in: fixture.path) == 1)
        return fixture
    }

    func flip(_ table: Table, _ column: Int, of row: [DatabaseValue], with generator: inout SeededGenerator) throws {
        let queue = try DatabaseQueue(path: path.appending("store.sqlite").string)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try table.flip(column, of: row, in: database, with: &generator)
        }
        try queue.close()
    }

    /// What differs, `nil` for a store that opens. Throws what has no name.
    func namedDifference() throws -> StoreError? {
        do {
            try open().close()
            return nil
        } catch let error as StoreError {
            return error
        }
    }
}

extension DatabaseValue {
    /// With one bit another, and of the same kind.
    fileprivate func flipped(with generator: inout SeededGenerator) -> DatabaseValue? {
        switch storage {
        case .null, .double: return nil
        case .int64(let number): return (number ^ (1 << Int64.random(in: 0..<63, using: &generator))).databaseValue
        case .blob(var data):
            guard !data.isEmpty else { return nil }
            data[Int.random(in: 0..<data.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            return data.databaseValue
        case .string(let text):
            var bytes = Array(text.utf8)
            guard !bytes.isEmpty else { return nil }
            // The lowest bits of ASCII leave it ASCII.
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1
            return String(decoding: bytes, as: UTF8.self).databaseValue
        }
    }
}
