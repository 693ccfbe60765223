import CryptoPrimitives
import DurableFiles
import MerkleLedger
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport
import Testing

extension StoreFixture {
    fileprivate var snapshotPath: FilePath { path.appending("store.snapshot") }

    fileprivate var snapshotBytes: [UInt8] {
        get throws { try DurableFile.read(snapshotPath, atMost: 1_000) }
    }

    fileprivate var snapshot: Snapshot {
        get throws { try Snapshot(canonical: try snapshotBytes) }
    }

    fileprivate func openQuickly(by member: String = "north", _ check: StartCheck = .sinceSnapshot(ofAtLeast: 0)) throws
        -> LedgerStore
    {
        let now = world.now
        return try LedgerStore.open(
            path, signer: Self.signer(), snapshots: SnapshotSigner(key(member)), check: check, clock: { now })
    }

    /// Checked in full, then stopped.
    fileprivate func checked() throws -> StoreFixture {
        try openQuickly(.all).close()
        return self
    }

    fileprivate func difference(_ check: StartCheck = .sinceSnapshot(ofAtLeast: 0), by member: String = "north") throws
        -> StoreError.Difference?
    {
        do {
            try openQuickly(by: member, check).close()
            return nil
        } catch StoreError.differs(let difference) {
            return difference
        }
    }

    fileprivate func open(_ names: [String], in store: LedgerStore) async throws {
        for name in names {
            let entry = world.entry(.compartment(world.compartment(name)), by: [name])
            try await store.commit { _ = try $0.append(entry, evidence: .none) }
        }
    }
}

/// More leaves than two tiles, so that most lie far from the edge.
private func longWorld() throws -> World {
    var world = try World.withCompartment()
    for number in 0..<600 { try world.open("c\(number)") }
    return world
}

@Suite struct Snapshots {
    @Test func `a store that was checked opens by its snapshot, which a stop in order brings up to date`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment()).checked()
        #expect(try fixture.snapshot.size == 4 && fixture.snapshot.checkedSize == 4)
        let store = try fixture.openQuickly()
        try await fixture.open(["ben", "cleo"], in: store)
        #expect(store.checkedSize == 4)
        try store.close()
        #expect(try fixture.snapshot.size == 6 && fixture.snapshot.checkedSize == 4)
        let again = try fixture.openQuickly()
        #expect(again.head.size == 6 && again.head.checkpoint == store.head.checkpoint)
    }

    @Test func `what came after an older snapshot is replayed`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment()).checked()
        let old = try fixture.snapshotBytes
        let store = try fixture.openQuickly()
        try await fixture.open((0..<300).map { "later \($0)" }, in: store)
        try store.close()
        // As if the process had been killed.
        try DurableFile.write(old, to: fixture.snapshotPath)
        let again = try fixture.openQuickly()
        #expect(again.head.size == 304 && again.head.checkpoint == store.head.checkpoint && again.checkedSize == 4)
    }

    @Test func `a snapshot comes back as it was written`() throws {
        let snapshot = SnapshotSigner(key("north")).snapshot(origin: World().origin, size: 7, root: .emptyTree, checkedSize: 5)
        #expect(try Snapshot(canonical: snapshot.canonicalBytes) == snapshot)
        try snapshot.verifySignature(by: publicKey("north"))
        #expect(throws: Ed25519.SignatureError.self) { try snapshot.verifySignature(by: publicKey("south")) }
    }

    @Test func `a snapshot with any bit changed, cut, or longer opens nothing`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment()).checked()
        let good = try fixture.snapshotBytes
        var variants = good.indices.map { index in
            var bytes = good
            bytes[index] ^= 1
            return bytes
        }
        variants += [[], Array(good.dropLast()), good + [0], [UInt8](repeating: 0, count: good.count)]
        var taken: [Int] = []
        for (number, variant) in variants.enumerated() {
            try DurableFile.write(variant, to: fixture.snapshotPath)
            if try fixture.difference() != .snapshot { taken.append(number) }
        }
        #expect(taken.isEmpty)
    }

    @Test func `a snapshot of somebody else, of another ledger or of another tree opens nothing`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment()).checked()
        let good = try fixture.snapshot
        func differs(_ snapshot: Snapshot) throws -> StoreError.Difference? {
            try DurableFile.write(snapshot.canonicalBytes, to: fixture.snapshotPath)
            return try fixture.difference()
        }
        let (north, south) = (SnapshotSigner(key("north")), SnapshotSigner(key("south")))
        #expect(try differs(south.snapshot(origin: good.origin, size: 4, root: good.root, checkedSize: 4)) == .snapshot)
        #expect(
            try differs(north.snapshot(origin: line("south.example/ledger"), size: 4, root: good.root, checkedSize: 4))
                == .otherLedger)
        #expect(try differs(north.snapshot(origin: good.origin, size: 4, root: .emptyTree, checkedSize: 4)) == .snapshot)
        #expect(try differs(north.snapshot(origin: good.origin, size: 3, root: good.root, checkedSize: 3)) == .snapshot)
        #expect(try fixture.difference(by: "south") == .snapshot)
    }

    @Test func `a ledger that is shorter than its snapshot opens nothing, checked or not`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment()).checked()
        let good = try fixture.snapshot
        let ahead = SnapshotSigner(key("north")).snapshot(origin: good.origin, size: 5, root: .random(), checkedSize: 4)
        try DurableFile.write(ahead.canonicalBytes, to: fixture.snapshotPath)
        #expect(try fixture.difference() == .olderThanSnapshot)
        #expect(try fixture.difference(.all) == .olderThanSnapshot)
        #expect(try fixture.snapshot == ahead, "the snapshot that tells of it was replaced")
    }

    @Test func `of a ledger shorter than asked for everything is checked, whatever its snapshot says`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment()).checked()
        #expect(try fixture.openQuickly(.sinceSnapshot(ofAtLeast: 4)).checkedSize == 4)
        try fixture.meddle("DELETE FROM state WHERE length(value) = 1")
        #expect(try fixture.difference(.sinceSnapshot(ofAtLeast: 4)) == nil)
        #expect(try fixture.difference(.sinceSnapshot(ofAtLeast: 5)) == .state)
    }

    @Test func `a check of everything needs no good snapshot, and makes one`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment()).checked()
        let good = try fixture.snapshotBytes
        try DurableFile.write([1, 2, 3], to: fixture.snapshotPath)
        #expect(try fixture.difference(.all) == nil)
        #expect(try fixture.snapshotBytes == good)
        // Nor does one that is good spare anything.
        try fixture.meddle("DELETE FROM state WHERE length(value) = 1")
        #expect(try fixture.difference(.all) == .state)
    }

    @Test func `a head, a leaf, a tile or evidence after the snapshot that does not follow is named`() async throws {
        let base = try await StoreFixture(try World.withCompartment()).checked()
        let old = try base.snapshotBytes
        let store = try base.openQuickly()
        try await base.open((0..<300).map { "later \($0)" }, in: store)
        try store.close()
        try DurableFile.write(old, to: base.snapshotPath)
        let flip = "UPDATE leaf SET bytes = CAST(substr(bytes, 1, 40) || x'00' || substr(bytes, 42) AS BLOB) WHERE number = "
        for (sql, expected) in [
            ("UPDATE head SET root = zeroblob(32)", .root), ("UPDATE head SET checkpoint = x'00'", .checkpoint),
            ("UPDATE head SET size = size - 1", .leafMissing(303)), ("DELETE FROM leaf WHERE number = 200", .leafMissing(200)),
            ("DELETE FROM leaf WHERE number = 303", .leafMissing(304)),
            ("UPDATE leaf SET bytes = x'00' WHERE number = 9", .leafUnreadable(9)),
            ("UPDATE tile SET hashes = zeroblob(8192)", .tile(level: 0, index: 0)),
            ("DELETE FROM evidence WHERE leaf = 77", .evidenceMissing(77)),
            ("UPDATE evidence SET salt = randomblob(32) WHERE leaf = 77", .evidence(77)),
            (flip + "302", .root), (flip + "100", .tile(level: 0, index: 0)), (flip + "2", .snapshot),
            ("UPDATE state SET value = x'00' WHERE key = x'00'", .database),
        ] as [(String, StoreError.Difference)] {
            let fixture = try base.copied()
            try fixture.meddle(sql)
            #expect(try fixture.difference() == expected, "\(sql)")
        }
    }
}

@Suite struct ChecksWhileServing {
    private func checkAll(_ store: LedgerStore) async throws -> StoreError.Difference? {
        do {
            try await store.checkAll { _ in }
            return nil
        } catch StoreError.differs(let difference) {
            return difference
        }
    }

    @Test func `what the snapshot vouched for is looked at while the store serves`() async throws {
        let fixture = try await StoreFixture(try longWorld()).checked()
        let store = try fixture.openQuickly()
        try await fixture.open(["ben", "cleo"], in: store)
        #expect(store.checkedSize == 604)
        #expect(try await checkAll(store) == nil)
        #expect(store.checkedSize == 606)
        #expect(try fixture.snapshot.checkedSize == 606)
        try store.close()
    }

    @Test func `leaves that come during the check are in it`() async throws {
        let fixture = try await StoreFixture(try longWorld()).checked()
        let store = try fixture.openQuickly()
        var count = 0
        try await store.checkAll { _ in
            if count < 3 { try await fixture.open(["during \(count)"], in: store) }
            count += 1
        }
        #expect(store.checkedSize == 607)
        try store.close()
    }

    /// Each is invisible to a start by the snapshot.
    @Test(arguments: [
        "UPDATE leaf SET bytes = CAST(substr(bytes, 1, 40) || x'00' || substr(bytes, 42) AS BLOB) WHERE number = 100",
        "DELETE FROM state WHERE length(value) = 1", "INSERT INTO state VALUES (x'ff', x'00')",
        "UPDATE evidence SET salt = randomblob(32) WHERE leaf = 77", "DELETE FROM evidence WHERE leaf = 300",
        "UPDATE list SET bytes = x'00'", "INSERT INTO history VALUES (zeroblob(32), 1)", "DELETE FROM leaf WHERE number = 20",
    ])
    func `what was changed before the snapshot is found, and then nothing is served`(sql: String) async throws {
        let fixture = try await StoreFixture(try longWorld()).checked()
        try fixture.meddle(sql)
        let store = try fixture.openQuickly()
        let difference = try #require(try await checkAll(store))
        await #expect(throws: StoreError.differs(difference)) { _ = try await store.read { try $0.leaf(0) } }
        await #expect(throws: StoreError.differs(difference)) { try await store.commit { _ in } }
        await #expect(throws: StoreError.differs(difference)) { _ = try await store.payload(.random()) }
        try store.close()
        #expect(!DurableFile.exists(fixture.snapshotPath), "a store that differs is vouched for")
        #expect(try fixture.difference() != nil, "what was found is forgotten at the next start")
    }

    @Test func `a payload that was changed is never given out, and the check finds it`() async throws {
        let payload = [UInt8](repeating: 7, count: 1_000)
        let name = try #require(PayloadID(of: payload))
        let other = [UInt8](repeating: 8, count: 1_000)
        // The bytes alone, and the bytes with chunk hashes that go with them.
        let chunks = [Hash.leaf(Array(other.prefix(16))), Hash.leaf(Array(other.dropFirst(16)))].flatMap(\.bytes)
        let hexadecimal = (Hexadecimal.encode(other), Hexadecimal.encode(chunks))
        for sql in [
            "UPDATE payload SET bytes = x'\(hexadecimal.0)'",
            "UPDATE payload SET bytes = x'\(hexadecimal.0)', chunks = x'\(hexadecimal.1)'", "UPDATE payload SET chunks = x''",
        ] {
            let fixture = try await StoreFixture.deposited(payload: payload).checked()
            try fixture.meddle(sql)
            let store = try fixture.openQuickly()
            await #expect(throws: StoreError.differs(.payload(name)), "\(sql)") {
                guard let content = try await store.payload(name) else { return }
                for index in 0..<content.pieceCount { _ = try content.piece(index) }
            }
            #expect(try await checkAll(store) == .payload(name))
        }
    }

    @Test func `an erasure during the check is no difference`() async throws {
        let fixture = try await StoreFixture.deposited(payload: [UInt8](repeating: 7, count: 100_000)).checked()
        let store = try fixture.openQuickly()
        let slot = try #require(fixture.world.steps.last?.evidence.tree?.slots.values.first)
        let erasure = Erasure(basis: .patientsWish, commitments: [slot.commitment])
        let body = ErasureBody(of: erasure, signingWith: key("ana/laboratory"), origin: fixture.world.origin)
        let evidence = fixture.world.evidence(body)
        let entry = fixture.world.entry(.erasure(erasure), by: ["north"], evidence: evidence)
        var isErased = false
        // After the leaves were replayed, before the tables are compared and the payloads read.
        try await store.checkAll { _ in
            guard !isErased, store.head.size == 5 else { return }
            isErased = true
            let payloads = try await store.commit { transaction in
                try transaction.append(entry, evidence: evidence)
                return try transaction.erase(erasure.commitments)
            }.result
            store.finishErasure(of: payloads)
        }
        #expect(isErased && store.checkedSize == 6)
    }
}
