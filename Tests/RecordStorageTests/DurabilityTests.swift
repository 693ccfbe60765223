import CryptoPrimitives
import DurableFiles
import Foundation
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// What the disk is told, and in which order. A test that only reads back would pass without any of it.
@Suite(.serialized, .enabled(if: SystemCalls.canBeSeen, "strace is missing, or may not look at this process"))
struct Durability {
    private func opening(_ name: String, in world: World) -> Entry {
        world.entry(.compartment(world.compartment(name)), by: [name])
    }

    @Test func `each commit syncs the log once before it returns`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        // The first one makes the log, and syncs its head besides.
        try await store.commit { [world = fixture.world] in _ = try $0.append(opening("first", in: world), evidence: .none) }
        for count in [1, 5] {
            let calls = try await SystemCalls.during {
                for number in 0..<count {
                    let entry = opening("\(count) \(number)", in: fixture.world)
                    try await store.commit { _ = try $0.append(entry, evidence: .none) }
                }
            }
            #expect(calls.syncs(of: fixture.folder.path("store.sqlite-wal")) == count)
        }
        try store.close()
    }

    @Test func `writers that come together share a sync`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let calls = try await SystemCalls.during {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    let entry = opening("\(number)", in: fixture.world)
                    group.addTask { try await store.commit { _ = try $0.append(entry, evidence: .none) } }
                }
                try await group.waitForAll()
            }
        }
        let syncs = calls.syncs(of: fixture.folder.path("store.sqlite-wal"))
        #expect(store.head.size == 65)
        #expect((1..<64).contains(syncs), "\(syncs) syncs for 64 writers")
        try store.close()
    }

    @Test func `reading syncs nothing`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment())
        let store = try fixture.open()
        let calls = try await SystemCalls.during {
            _ = try await store.read { try $0.evidence(of: 0) }
            _ = try await store.committed(0)
        }
        #expect(calls.syncs(of: fixture.folder.path("store.sqlite-wal")) == 0)
        try store.close()
    }

    /// Its bytes, then its name, then the folder that holds the name, then the row that says it is here. In any other order a power
    /// failure leaves a row without its payload.
    @Test func `a payload is durable under its name before a row speaks of it`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let payload = [UInt8](repeating: 7, count: 200_000)
        let calls = try await SystemCalls.during { _ = try await fixture.upload(payload, to: store) }
        let name = try #require(PayloadID(of: payload)).description
        let folder = fixture.folder.path("payloads")
        let missing = calls.firstMissing(of: [
            ["openat(", folder + "/", FileWriter.temporarySuffix, "O_CREAT", "O_EXCL"],
            ["fsync(", folder + "/", FileWriter.temporarySuffix + ">"],
            ["rename", folder + "/", FileWriter.temporarySuffix, name],
            ["fsync(", folder + ">"],
            ["sync(", fixture.folder.path("store.sqlite-wal") + ">"],
        ])
        #expect(missing == nil, "not there, or too early: \(missing ?? [])")
        // Nothing was ever written under its last name.
        #expect(!calls.lines.contains { $0.contains("openat(") && $0.contains(name) && $0.contains("O_WRONLY") })
        try store.close()
    }

    /// A row is as durable as the log; there is no file.
    @Test func `a small payload is one commit`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        _ = try await fixture.upload([UInt8](repeating: 1, count: 100), to: store)
        let calls = try await SystemCalls.during {
            _ = try await fixture.upload([UInt8](repeating: 7, count: 1_000), to: store)
        }
        #expect(calls.syncs(of: fixture.folder.path("store.sqlite-wal")) == 1)
        #expect(!calls.lines.contains { $0.contains(fixture.folder.path("payloads")) })
        try store.close()
    }
}
