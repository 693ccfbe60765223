import CryptoPrimitives
import Foundation
import MerkleLedger
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport
import Testing

@Suite struct Appending {
    @Test func `what is committed can be proven, and stays`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment())
        let store = try fixture.open()
        #expect(store.head.size == 4)
        let entry = fixture.world.entry(.compartment(fixture.world.compartment("ben")), by: ["ben"])
        let committed = try await store.commit { try $0.append(entry, evidence: .none) }
        #expect(committed.result == 4 && committed.leaves.map(\.index) == [4])
        let leaf = try #require(committed.leaves.first)
        let receipt = try LedgerReceipt(try leaf.receipt.bytes)
        let verified = try receipt.verified(
            leaf: leaf.leaf.canonicalBytes, origin: store.origin, key: StoreFixture.signer().verifierKey)
        #expect(verified.index == 4 && verified.checkpoint.checkpoint.size == 5)
        try store.close()
        let again = try fixture.open()
        #expect(again.head.size == 5)
        #expect(again.head.checkpoint == store.head.checkpoint)
    }

    @Test func `the writer's connection is durable, and says so`() async throws {
        let store = try await StoreFixture(try World.begun()).open()
        let durability = try store.durability()
        #expect(durability == (2, "wal"))
    }

    @Test func `a store is open once, made once, and not found where there is none`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        #expect(throws: StoreError.inUse) { _ = try fixture.open() }
        #expect(throws: StoreError.exists) {
            try LedgerStore.create(
                in: fixture.path, genesis: fixture.world.steps[0].entry, signer: StoreFixture.signer(), clock: { Minute(0) })
        }
        let empty = try TemporaryFolder()
        #expect(throws: StoreError.absent) {
            _ = try LedgerStore.open(FilePath(empty.url.path), signer: StoreFixture.signer(), clock: { Minute(0) })
        }
        try store.close()
    }

    @Test func `a ledger that begins wrongly is not made`() throws {
        let folder = try TemporaryFolder()
        let world = try World.begun()
        let entry = world.entry(.compartment(world.compartment("x")), by: ["x"])
        #expect(throws: Refusal.notGenesis) {
            try LedgerStore.create(
                in: FilePath(folder.url.path), genesis: entry, signer: StoreFixture.signer(), clock: { Minute(0) })
        }
    }

    @Test func `a ledger begins with policies, and the store of it proves itself`() async throws {
        let folder = try TemporaryFolder()
        let path = FilePath(folder.url.path)
        var world = try World.begun()
        let files = try World.policies()
        try world.publish(files)
        let now = world.now
        let policies = world.steps[1]
        try LedgerStore.create(
            in: path, genesis: world.steps[0].entry, policies: policies, signer: StoreFixture.signer(), clock: { now })
        let store = try LedgerStore.open(path, signer: StoreFixture.signer(), clock: { now })
        #expect(store.head.size == 2)
        #expect(try await store.read { try $0.policyFiles() } == files)
        try store.close()
        #expect(try StoreCopy.verify(path, key: StoreFixture.signer().verifierKey, checkpoint: nil) { _ in }.policies == files)
    }

    @Test func `policies that the rules refuse begin nothing`() async throws {
        var world = try World.begun()
        try world.publish(World.policies())
        let (genesis, good) = (world.steps[0].entry, world.steps[1])
        let unsigned = world.entry(good.entry.event, by: [], evidence: good.evidence)
        let other = world.evidence(try World.policies(2))
        for (entry, evidence) in [(unsigned, good.evidence), (good.entry, other), (good.entry, .none)] {
            let folder = try TemporaryFolder()
            let path = FilePath(folder.url.path)
            #expect(throws: Refusal.self) {
                try LedgerStore.create(
                    in: path, genesis: genesis, policies: (entry, evidence), signer: StoreFixture.signer(), clock: { Minute(0) })
            }
            #expect(throws: StoreError.absent) {
                _ = try LedgerStore.open(path, signer: StoreFixture.signer(), clock: { Minute(0) })
            }
        }
    }

    @Test func `a clock that goes back does not take the ledger with it`() async throws {
        var fixture = try await StoreFixture(try World.withCompartment())
        let before = fixture.world.now
        fixture.world.now = Minute(before.number - 100)
        let store = try fixture.open()
        let entry = fixture.world.entry(.compartment(fixture.world.compartment("ben")), by: ["ben"])
        let committed = try await store.commit { try $0.append(entry, evidence: .none) }
        #expect(committed.leaves.first?.leaf.time == before)
    }
}

@Suite struct GroupCommit {
    @Test func `64 writers at once all get their leaf and a proof of it`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let world = fixture.world
        let indices = try await withThrowingTaskGroup(of: UInt64.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let entry = world.entry(.compartment(world.compartment("c\(number)")), by: ["c\(number)"])
                    let committed = try await store.commit { try $0.append(entry, evidence: .none) }
                    let leaf = try #require(committed.leaves.first)
                    let key = StoreFixture.signer().verifierKey
                    _ = try leaf.receipt.verified(leaf: leaf.leaf.canonicalBytes, origin: store.origin, key: key)
                    return leaf.index
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(indices == Set(1...64))
        try store.close()
        #expect(try fixture.open().head.size == 65)
    }

    /// A writer that is refused must not take those along that share its batch.
    @Test func `a refused writer leaves nothing and disturbs nobody`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let world = fixture.world
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<60 {
                group.addTask {
                    // Every third writer posts an entry whose signature is another's.
                    let signer = number.isMultiple(of: 3) ? "stranger" : "c\(number)"
                    let entry = world.entry(.compartment(world.compartment("c\(number)")), by: [signer])
                    do {
                        try await store.commit { try $0.append(entry, evidence: .none) }
                        return false
                    } catch let refusal as Refusal {
                        #expect(refusal == .signatureMissing)
                        return true
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == 20)
        #expect(store.head.size == 41)
        try store.close()
        #expect(try fixture.open().head.size == 41)
    }

    @Test func `a writer that throws after it appended is undone, tree and all`() async throws {
        struct Regret: Error {}
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let entry = fixture.world.entry(.compartment(fixture.world.compartment("x")), by: ["x"])
        await #expect(throws: Regret.self) {
            try await store.commit { transaction in
                try transaction.append(entry, evidence: .none)
                throw Regret()
            }
        }
        #expect(store.head.size == 1)
        let committed = try await store.commit { try $0.append(entry, evidence: .none) }
        #expect(committed.result == 1)
    }
}

@Suite struct PublishedTree {
    @Test func `tiles and entries give back the root`() async throws {
        var world = try World.begun()
        for number in 0..<300 { try world.open("c\(number)") }
        let fixture = try await StoreFixture(world)
        let store = try fixture.open()
        let size = store.head.size
        #expect(size == 301)
        var hashes: [Hash] = []
        for (index, width) in [(0, 256), (1, 45)] as [(UInt64, Int)] {
            let coordinate = try #require(Tile.Coordinate(level: 0, index: index, width: width))
            let tile = try #require(try await store.tile(coordinate))
            let entries = try #require(try await store.entries(coordinate))
            #expect(entries.leafHashes == tile.hashes)
            hashes += tile.hashes
        }
        var accumulator = TreeAccumulator()
        for hash in hashes { accumulator.append(hash) }
        let checkpoint = try Checkpoint(text: store.head.checkpoint.text)
        #expect(checkpoint.rootHash == accumulator.root && checkpoint.size == size)
        let beyond = try #require(Tile.Coordinate(level: 0, index: 1, width: 46))
        #expect(try await store.tile(beyond) == nil)
        #expect(try await store.entries(beyond) == nil)
        // Numbers that leaves cannot have, and that must not overflow on their way to being refused.
        for index in [UInt64.max >> 8, (.max >> 8) + 1, .max >> 1, .max] {
            for width in [1, Tile.fullWidth] {
                let far = try #require(Tile.Coordinate(level: 0, index: index, width: width))
                #expect(try await store.tile(far) == nil)
                #expect(try await store.entries(far) == nil)
            }
        }
    }
}
