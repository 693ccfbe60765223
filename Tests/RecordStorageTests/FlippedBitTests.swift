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

/// One bit of the store is another than it was. It is found by name, or what is served is what was there before.
@Suite struct FlippedBits {
    private static let flipsOfColumn = 3

    /// Every column of the fullest row of every table, as often as asked; gives the columns that had a value.
    private func flipEach(
        in fixture: StoreFixture, only: String? = nil, seed: UInt64, times: Int,
        _ judge: (StoreFixture, String) async throws -> Void
    ) async throws -> Set<String> {
        var generator = SeededGenerator(seed: seed)
        var seen: Set<String> = []
        let queue = try DatabaseQueue(path: fixture.path.appending("store.sqlite").string)
        let tables = try await queue.read { database in
            try Table.all(in: database).map { ($0, try $0.fullestRow(in: database)) }
        }
        try queue.close()
        for case (let table, let row?) in tables where only == nil || table.name == only {
            for (index, column) in table.columns.enumerated() {
                for _ in 0..<times {
                    guard !row[index].isNull else { continue }
                    seen.insert("\(table.name).\(column)")
                    let copy = try fixture.copied()
                    try copy.flip(table, index, of: row, with: &generator)
                    try await judge(copy, "\(table.name).\(column)")
                }
            }
        }
        return seen
    }

    private func allColumns(of fixture: StoreFixture) throws -> Set<String> {
        let queue = try DatabaseQueue(path: fixture.path.appending("store.sqlite").string)
        defer { try? queue.close() }
        return try queue.read { database in
            Set(try Table.all(in: database).flatMap { table in table.columns.map { "\(table.name).\($0)" } })
        }
    }

    @Test func `in any column of any table, it is named at the start`() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        let fixture = try await StoreFixture.filled()
        var failures = Failures()
        func judge(_ damaged: StoreFixture, _ column: String) throws {
            do {
                let error = try damaged.namedDifference()
                guard Unproven.columns[column] == nil else { return }
                guard case .differs? = error else { return failures.check(false, "\(column): \(String(describing: error))") }
                failures.check(true, "")
            } catch {
                failures.check(false, "\(column) has no name: \(error)")
            }
        }
        var seen = try await flipEach(in: fixture, seed: seed, times: Self.flipsOfColumn, judge)
        seen.formUnion(try await flipEach(in: try fixture.withLostErasure(), only: "lostErasure", seed: seed, times: 1, judge))
        #expect(failures.isEmpty, "seed \(seed): \(failures)")
        let forgotten = try allColumns(of: fixture).subtracting(seen)
        #expect(forgotten.isEmpty, "the fixture has nothing in \(forgotten.sorted())")
        let gone = Set(Unproven.columns.keys).subtracting(seen)
        #expect(gone.isEmpty, "exempt, but not there: \(gone.sorted())")
    }

    @Test func `in any column of any table, it is named beside the service after a start by a snapshot`() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        let fixture = try await StoreFixture.filled()
        let now = fixture.world.now
        func quick(_ fixture: StoreFixture, _ check: StartCheck) throws -> LedgerStore {
            try LedgerStore.open(
                fixture.path, signer: StoreFixture.signer(), snapshots: SnapshotSigner(key("north")), check: check, clock: { now })
        }
        try quick(fixture, .all).close()
        var failures = Failures()
        _ = try await flipEach(in: fixture, seed: seed, times: 1) { damaged, column in
            guard Unproven.columns[column] == nil else { return }
            do {
                let store = try quick(damaged, .sinceSnapshot(ofAtLeast: 0))
                defer { try? store.close() }
                try await store.checkAll { _ in }
                failures.check(false, "\(column) went unnoticed")
            } catch StoreError.differs {
                failures.check(true, "")
            } catch {
                failures.check(false, "\(column) has no name: \(error)")
            }
        }
        #expect(failures.isEmpty, "seed \(seed): \(failures)")
    }
}

/// The bytes of the files themselves, as a failing disk changes them.
@Suite struct DamagedFiles {
    private static let flips = 64

    /// Opens, or is refused by name; what opens is one of the states that were acknowledged.
    private func judge(_ fixture: StoreFixture, _ states: [StoredRows], _ what: String, _ failures: inout Failures) {
        do {
            guard try fixture.namedDifference() == nil else { return failures.check(true, "") }
            let contents = try StoredRows(fixture.path)
            failures.check(states.contains(contents), "\(what): something else is served")
        } catch {
            failures.check(false, "\(what) has no name: \(error)")
        }
    }

    private func flip(_ path: FilePath, at offset: Int, _ bit: UInt8) throws {
        var bytes = try DurableFile.read(path, atMost: 64 << 20)
        bytes[offset] ^= 1 << bit
        try DurableFile.write(bytes, to: path)
    }

    private func cut(_ path: FilePath, to length: Int) throws {
        try DurableFile.write(Array(try DurableFile.read(path, atMost: 64 << 20).prefix(length)), to: path)
    }

    @Test func `a bit anywhere in the database file is named, or changes nothing that is served`() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var generator = SeededGenerator(seed: seed)
        let fixture = try await StoreFixture.filled()
        try fixture.emptyLog()
        let states = [try StoredRows(fixture.path)]
        let length = try DurableFile.read(fixture.path.appending("store.sqlite"), atMost: 64 << 20).count
        var failures = Failures()
        for number in 0..<Self.flips {
            // Half of them where the file describes itself: its head, its schema, and the heads of pages.
            let offset =
                switch number % 4 {
                case 0: Int.random(in: 0..<4_096, using: &generator)
                case 1: Int.random(in: 0..<length / 4_096, using: &generator) * 4_096 + Int.random(in: 0..<64, using: &generator)
                default: Int.random(in: 0..<length, using: &generator)
                }
            let copy = try fixture.copied()
            let bit = UInt8.random(in: 0..<8, using: &generator)
            try flip(copy.path.appending("store.sqlite"), at: offset, bit)
            judge(copy, states, "bit \(bit) of byte \(offset)", &failures)
        }
        #expect(failures.isEmpty, "seed \(seed): \(failures)")
    }

    /// Names that nobody asks for at the start, and small letters that became capitals, which SQLite takes for the same.
    @Test(arguments: ["message (", "backup (", "headerByPosition ON", "isNewest ", "nonceByExpiry ON", "WITHOUT ROWID"])
    func `a bit in the name of a table, column or index is named`(name: String) async throws {
        let fixture = try await StoreFixture.filled()
        try fixture.emptyLog()
        let bytes = try DurableFile.read(fixture.path.appending("store.sqlite"), atMost: 64 << 20)
        // Pages that were used before may hold it, too.
        let places = bytes.indices.filter { bytes[$0...].starts(with: name.utf8) }
        for bit: UInt8 in [0, 1, 5] {
            let copy = try fixture.copied()
            for place in places { try flip(copy.path.appending("store.sqlite"), at: place, bit) }
            let difference = try copy.namedDifference()
            guard case .differs? = difference else {
                Issue.record("bit \(bit) of \(name), at \(places): \(String(describing: difference))")
                continue
            }
        }
    }

    @Test func `a database file that ends early is named`() async throws {
        let fixture = try await StoreFixture.filled()
        let states = [try StoredRows(fixture.path)]
        var failures = Failures()
        let length = try DurableFile.read(fixture.path.appending("store.sqlite"), atMost: 64 << 20).count
        for cutOff in [1, 2_048, 4_096, 4_097, 3 * 4_096, length / 2 / 4_096 * 4_096, length - 4_096, length - 100, length] {
            let copy = try fixture.copied()
            try cut(copy.path.appending("store.sqlite"), to: length - cutOff)
            // Where a page is there in part, nothing of it may have been lost.
            guard !cutOff.isMultiple(of: 4_096) else {
                let error = try copy.namedDifference()
                #expect(error != nil, "without the last \(cutOff) of \(length) bytes it is served")
                continue
            }
            judge(copy, states, "without the last \(cutOff) bytes", &failures)
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    /// A store as the power left it, with what its disk held after each commit, and the checkpoint file after the last but one.
    private func powerless(checkpointed: Bool) async throws -> (StoreFixture, [StoredRows], olderCheckpoint: [UInt8]) {
        let fixture = try await StoreFixture.deposited(payload: [UInt8](repeating: 7, count: 1_000))
        let store = try fixture.open()
        var states = [try StoredRows(fixture.path)]
        var checkpoints: [[UInt8]] = []
        for number in 0..<12 {
            let world = fixture.world
            let entry = world.entry(.compartment(world.compartment("c\(number)")), by: ["c\(number)"])
            try await store.commit { _ = try $0.append(entry, evidence: .none) }
            states.append(try StoredRows(fixture.path))
            checkpoints.append(try DurableFile.read(fixture.path.appending("store.checkpoint"), atMost: 1 << 10))
            guard checkpointed, number == 6 else { continue }
            let queue = try DatabaseQueue(path: fixture.path.appending("store.sqlite").string)
            try await queue.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
            try queue.close()
        }
        let copy = try fixture.copied()
        try? DurableFile.remove(copy.path.appending("store.sqlite-shm"))
        try store.close()
        return (copy, states, checkpoints[10])
    }

    @Test(arguments: [false, true])
    func `a log with a bit changed, or one that ends early, is named or lost nothing`(checkpointed: Bool) async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var generator = SeededGenerator(seed: seed)
        let (fixture, states, _) = try await powerless(checkpointed: checkpointed)
        let name = "store.sqlite-wal"
        let length = try DurableFile.read(fixture.path.appending(name), atMost: 64 << 20).count
        #expect(length > 12 * 4_096 && states.count == 13)
        var failures = Failures()
        let all = [states[12]]
        judge(try fixture.copied(), all, "the log as it was", &failures)
        for number in 0..<Self.flips {
            let copy = try fixture.copied()
            let offset = number == 0 ? 8 : Int.random(in: 0..<length, using: &generator)
            try flip(copy.path.appending(name), at: offset, UInt8.random(in: 0..<8, using: &generator))
            judge(copy, all, "byte \(offset) of the log", &failures)
        }
        // Frames are of 24 bytes and a page, behind a head of 32.
        let frames = (length - 32) / 4_120
        for frame in stride(from: 0, through: frames, by: max(1, frames / 12)) {
            for rest in [0, 24, 2_000] {
                let copy = try fixture.copied()
                try cut(copy.path.appending(name), to: min(32 + frame * 4_120 + rest, length))
                judge(copy, all, "a log of \(frame) frames and \(rest) bytes", &failures)
            }
        }
        #expect(failures.isEmpty, "seed \(seed): \(failures)")
    }

    @Test func `a last commit that was torn before anybody was told of it was never there`() async throws {
        let (fixture, states, olderCheckpoint) = try await powerless(checkpointed: false)
        try DurableFile.write(olderCheckpoint, to: fixture.path.appending("store.checkpoint"))
        let log = fixture.path.appending("store.sqlite-wal")
        try cut(log, to: try DurableFile.read(log, atMost: 64 << 20).count - 100)
        #expect(try fixture.namedDifference() == nil)
        #expect(try StoredRows(fixture.path) == states[11])
    }

    /// As after a power failure, which the file need not outlive.
    @Test func `without a checkpoint file that can be read, a store opens as it is`() async throws {
        let (fixture, states, olderCheckpoint) = try await powerless(checkpointed: false)
        let path = fixture.path.appending("store.checkpoint")
        let bytes = try DurableFile.read(path, atMost: 1 << 10)
        for other in [nil, [], Array(bytes.dropLast()), bytes + [0], olderCheckpoint, [UInt8](repeating: 0, count: bytes.count)] {
            let copy = try fixture.copied()
            if let other {
                try DurableFile.write(other, to: copy.path.appending("store.checkpoint"))
            } else {
                try DurableFile.remove(copy.path.appending("store.checkpoint"))
            }
            #expect(try copy.namedDifference() == nil)
            #expect(try StoredRows(copy.path) == states[12])
        }
    }

    @Test func `a payload file that was changed, cut, lengthened or removed is named, and never given out`() async throws {
        // The second ends with a full chunk, so that nothing but its length tells what was added.
        for size in [300_000, PayloadID.nonceSize + 2 * PayloadID.sealedChunkSize] {
            let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 3) }
            let name = try #require(PayloadID(of: payload))
            let fixture = try await StoreFixture.deposited(payload: payload)
            for change in [{ $0[size / 2] ^= 1 }, { $0.removeLast() }, { $0.removeAll() }, { $0 += [0] }]
                as [(inout [UInt8]) -> Void]
            {
                var bytes = payload
                change(&bytes)
                let copy = try fixture.copied()
                let store = try copy.open()
                try DurableFile.write(bytes, to: copy.file(of: name))
                // Of one that is only too long, what was deposited may be given out.
                let given = await Result.catching { try await store.wholePayload(name) }
                switch given {
                case .success(let given): #expect(given == payload && bytes.starts(with: payload))
                case .failure(let error): #expect(error as? StoreError == .differs(.payload(name)))
                }
                try store.close()
                #expect(try copy.namedDifference() == .differs(.payload(name)), "\(size): \(bytes.count)")
            }
            let store = try fixture.open()
            try DurableFile.remove(fixture.file(of: name))
            await #expect(throws: StoreError.differs(.payloadMissing(name))) { _ = try await store.wholePayload(name) }
            try store.close()
            #expect(try fixture.namedDifference() == .differs(.payloadMissing(name)))
            // Put back from a backup, it is the right one again.
            try DurableFile.write(payload, to: fixture.file(of: name))
            let again = try fixture.open()
            #expect(try await again.wholePayload(name) == payload)
            try again.close()
        }
    }
}

extension Result where Failure == any Error {
    fileprivate static func catching(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}

extension LedgerStore {
    fileprivate func wholePayload(_ name: PayloadID) async throws -> [UInt8]? {
        guard let content = try await payload(name) else { return nil }
        return try (0..<content.pieceCount).flatMap { try content.piece($0) }
    }
}
