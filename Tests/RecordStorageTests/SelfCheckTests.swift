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

@Suite struct SelfChecks {
    /// Opens a store after somebody meddled with it, and gives what it finds.
    private func difference(_ fixture: StoreFixture) -> StoreError.Difference? {
        do {
            _ = try fixture.open()
            return nil
        } catch StoreError.differs(let difference) {
            return difference
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    private func difference(after sql: String, in fixture: StoreFixture) throws -> StoreError.Difference? {
        try fixture.meddle(sql)
        return difference(fixture)
    }

    private func world() throws -> World {
        var world = try World.withCompartment()
        try world.open("ana/general")
        try world.grant("g", in: "ana/laboratory", to: "lakeside", list: world.list("ana/laboratory"))
        return world
    }

    @Test func `a store that nobody meddled with opens`() async throws {
        let fixture = try await StoreFixture(try world())
        #expect(difference(fixture) == nil)
    }

    @Test func `a leaf that is missing, changed, cut or added is named`() async throws {
        let flip = "UPDATE leaf SET bytes = CAST(substr(bytes, 1, 90) || x'00' || substr(bytes, 92) AS BLOB) WHERE number = 4"
        #expect(try difference(after: "DELETE FROM leaf WHERE number = 2", in: await StoreFixture(world())) == .leafMissing(2))
        #expect(try difference(after: "DELETE FROM leaf WHERE number = 5", in: await StoreFixture(world())) == .leafMissing(5))
        #expect(
            try difference(after: "UPDATE leaf SET bytes = x'00' WHERE number = 3", in: await StoreFixture(world()))
                == .leafUnreadable(3))
        #expect(try difference(after: flip, in: await StoreFixture(world())) != nil)
        let extra = "INSERT INTO leaf SELECT 6, bytes FROM leaf WHERE number = 5"
        #expect(try difference(after: extra, in: await StoreFixture(world())) == .leafMissing(6))
    }

    /// The meddler rewrites a leaf together with all that follows from it. The signed checkpoint still tells.
    @Test func `a history rewritten throughout does not extend the signed checkpoint`() async throws {
        let fixture = try await StoreFixture(try world())
        let other = try await StoreFixture(
            { () throws -> World in
                var world = try World.withCompartment()
                try world.open("ben/general")
                try world.grant("g", in: "ana/laboratory", to: "lakeside", list: world.list("ana/laboratory"))
                return world
            }())
        try fixture.replaceLedger(from: other.path.appending("store.sqlite").string)
        #expect(difference(fixture) == .checkpoint)
    }

    /// No checkpoint vouches yet for what was written last, so its own signatures have to.
    @Test func `a last entry that nobody signed is refused, and so is a ledger without its checkpoint`()
        async throws
    {
        let fixture = try await StoreFixture(try world())
        let queue = try DatabaseQueue(path: fixture.path.appending("store.sqlite").string)
        let leaves = try await queue.read { try Data.fetchAll($0, sql: "SELECT bytes FROM leaf ORDER BY number") }
        var forged = Array(try #require(leaves.last))
        forged[forged.count - 1] ^= 1
        var edge = TreeEdge()
        for leaf in leaves.dropLast() { _ = edge.append(Hash.leaf(Array(leaf))) }
        _ = edge.append(Hash.leaf(forged))
        try queue.close()
        try fixture.meddle("UPDATE leaf SET bytes = ? WHERE number = ?", [Data(forged), leaves.count - 1])
        try fixture.meddle("UPDATE head SET root = ?", [Data(edge.root.bytes)])
        #expect(difference(fixture) == .leafRefused(UInt64(leaves.count - 1)))
        try fixture.meddle("UPDATE head SET checkpoint = NULL")
        #expect(difference(fixture) == .checkpoint)
    }

    @Test func `a head, a state, a history or a list that does not follow is named`() async throws {
        #expect(try difference(after: "UPDATE head SET root = zeroblob(32)", in: await StoreFixture(world())) == .root)
        #expect(try difference(after: "UPDATE head SET size = size - 1", in: await StoreFixture(world())) == .root)
        #expect(try difference(after: "UPDATE head SET checkpoint = x'00'", in: await StoreFixture(world())) == .checkpoint)
        let first = "UPDATE state SET value = x'07' WHERE key = (SELECT key FROM state WHERE length(value) = 1 LIMIT 1)"
        #expect(try difference(after: first, in: await StoreFixture(world())) == .state)
        #expect(try difference(after: "DELETE FROM state WHERE length(value) = 1", in: await StoreFixture(world())) == .state)
        #expect(try difference(after: "INSERT INTO state VALUES (x'ff', x'00')", in: await StoreFixture(world())) == .state)
        #expect(try difference(after: "DELETE FROM history", in: await StoreFixture(world())) == .history)
        #expect(try difference(after: "INSERT INTO history VALUES (zeroblob(32), 1)", in: await StoreFixture(world())) == .history)
        #expect(try difference(after: "UPDATE list SET bytes = x'00'", in: await StoreFixture(world())) == .list)
    }

    @Test func `evidence that is missing or changed is named`() async throws {
        #expect(
            try difference(after: "DELETE FROM evidence WHERE leaf = 1", in: await StoreFixture(world())) == .evidenceMissing(1))
        let salt = "UPDATE evidence SET salt = zeroblob(32) WHERE leaf = 1"
        #expect(try difference(after: salt, in: await StoreFixture(world())) == .evidence(1))
        #expect(
            try difference(after: "UPDATE evidence SET body = x'00' WHERE leaf = 5", in: await StoreFixture(world()))
                == .evidence(5))
    }

    @Test func `a tile that does not follow is named`() async throws {
        var world = try World.begun()
        for number in 0..<256 { try world.open("c\(number)") }
        let fixture = try await StoreFixture(world)
        #expect(try difference(after: "UPDATE tile SET hashes = zeroblob(8192)", in: fixture) == .tile(level: 0, index: 0))
    }

    @Test func `the key of another ledger does not open the store`() async throws {
        let fixture = try await StoreFixture(try world())
        let now = fixture.world.now
        #expect(throws: StoreError.differs(.otherLedger)) {
            _ = try LedgerStore.open(
                fixture.path, signer: .init(name: #require(.init("north.example/ledger")), key: key("other")), clock: { now })
        }
    }

    @Test func `a file that is no database, or a torn one, is named`() async throws {
        let fixture = try await StoreFixture(try world())
        let path = fixture.path.appending("store.sqlite")
        var bytes = try DurableFile.read(path, atMost: 10 << 20)
        for index in bytes.count / 2..<bytes.count { bytes[index] ^= 0xFF }
        try DurableFile.write(bytes, to: path)
        #expect(throws: (any Error).self) { _ = try fixture.open() }
        try DurableFile.write(Array("not a database at all, whatever its name says".utf8), to: path)
        #expect(throws: (any Error).self) { _ = try fixture.open() }
    }
}

@Suite struct PayloadChecks {
    private let small = [UInt8](repeating: 7, count: 1_000)
    private let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 3) }

    private func difference(_ payload: [UInt8], _ meddle: (StoreFixture) throws -> Void) async throws -> StoreError? {
        let fixture = try await StoreFixture.deposited(payload: payload)
        _ = try fixture.open().close()
        try meddle(fixture)
        do {
            _ = try fixture.open()
            return nil
        } catch let error as StoreError {
            return error
        }
    }

    @Test func `a payload that is missing or has one bit flipped is named`() async throws {
        let small = try #require(PayloadID(of: small))
        let large = try #require(PayloadID(of: large))
        let flip = "UPDATE payload SET bytes = CAST(x'00' || substr(bytes, 2) AS BLOB)"
        #expect(try await difference(self.small) { try $0.meddle(flip) } == .differs(.payload(small)))
        #expect(try await difference(self.small) { try $0.meddle("DELETE FROM payload") } == .differs(.payloadMissing(small)))
        #expect(try await difference(self.large) { try $0.flipBit(of: large, at: 200_000) } == .differs(.payload(large)))
        #expect(try await difference(self.large) { try $0.cut(large) } == .differs(.payload(large)))
        #expect(try await difference(self.large) { try DurableFile.remove($0.file(of: large)) } == .differs(.payloadMissing(large)))
    }

    @Test func `a descriptor, a header or a mark that was changed is named`() async throws {
        for (sql, expected) in [
            ("UPDATE slot SET salt = zeroblob(32)", "evidence"), ("UPDATE slot SET descriptor = NULL", "state"),
            ("UPDATE slot SET isNewest = 0", "record"), ("UPDATE slot SET payload = zeroblob(32)", "record"),
            ("UPDATE slot SET compartment = zeroblob(32)", "record"), ("DELETE FROM header", "header"),
            ("DELETE FROM slot", "evidence"),
        ] {
            let error = try await difference(small) { try $0.meddle(sql) }
            guard case .differs(let difference) = error else {
                Issue.record("\(sql) went unnoticed")
                continue
            }
            #expect("\(difference)".contains(expected), "\(sql): \(difference)")
        }
    }

    @Test func `left-overs of an interrupted upload are gone after a start`() async throws {
        let fixture = try await StoreFixture.deposited(payload: large)
        let folder = fixture.path.appending("payloads")
        try DurableFile.write([1], to: folder.appending("0123.partial"))
        try DurableFile.write([1], to: folder.appending(String(repeating: "ab", count: 32)))
        _ = try fixture.open().close()
        #expect(try DurableFile.names(in: folder).count == 1)
    }
}

extension StoreFixture {
    func file(of payload: PayloadID) -> FilePath { path.appending("payloads").appending(payload.description) }

    fileprivate func flipBit(of payload: PayloadID, at offset: Int) throws {
        var bytes = try DurableFile.read(file(of: payload), atMost: 1 << 20)
        bytes[offset] ^= 1
        try DurableFile.write(bytes, to: file(of: payload))
    }

    fileprivate func cut(_ payload: PayloadID) throws {
        try DurableFile.write(try DurableFile.read(file(of: payload), atMost: 1 << 20).dropLast(), to: file(of: payload))
    }

    /// Puts the ledger of another store in place of this one's, all but the signed checkpoint.
    fileprivate func replaceLedger(from other: String) throws {
        let tables = ["leaf", "tile", "state", "evidence", "history", "list"]
        let copies = tables.map { "DELETE FROM \($0); INSERT INTO \($0) SELECT * FROM other.\($0);" }
        try meddleOutsideTransaction(
            """
            ATTACH '\(other)' AS other;
            \(copies.joined(separator: "\n"))
            UPDATE head SET size = (SELECT size FROM other.head), root = (SELECT root FROM other.head);
            DETACH other;
            """)
    }
}
