import CryptoPrimitives
import Foundation
import Glibc
import MerkleLedger
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport

/// Leaves that are durable when the writer hears of it. The peer writes the same bytes to a file that was laid out before, and syncs it
/// after each leaf: no index, no tree, no signature, no rule, and as fast as the disk can promise anything to one writer.
enum LedgerContests {
    private static let syncCount = 100

    static func all(in folder: ScratchFolder) throws -> [Contest] {
        let ledger = try BenchmarkLedger(in: FilePath(folder.url.appending(path: "ledger").path))
        let disk = try RawDisk(in: FilePath(folder.url.path), leaf: ledger.leafBytes)
        return [
            contest("append a durable leaf, 1 writer", ledger, disk, writers: 1, leavesEach: 100),
            contest("append a durable leaf, 64 writers", ledger, disk, writers: 64, leavesEach: 16),
        ]
    }

    private static func contest(
        _ title: String, _ ledger: BenchmarkLedger, _ disk: RawDisk, writers: Int, leavesEach: Int
    ) -> Contest {
        Contest(
            title: title, peer: "write and fdatasync of its bytes, 1 writer",
            ours: {
                // Made and signed by whoever wants them appended, which is not the store's work.
                let batches = (0..<writers).map { _ in (0..<leavesEach).map { _ in ledger.nextEntry() } }
                return try await ContinuousClock.measure(writers * leavesEach) { try await ledger.append(batches) }
            },
            theirs: {
                try await ContinuousClock.measure(syncCount) { for _ in 0..<syncCount { try disk.append() } }
            })
    }
}

/// A store with nothing in it but compartments, each signed by a key of its own.
private final class BenchmarkLedger {
    private let world: World
    private let store: LedgerStore
    private var entryCount = 0

    init(in folder: FilePath) throws {
        let world = try World.begun()
        guard let name = KeyName(world.origin.text) else { preconditionFailure("the origin is a key name") }
        let now = world.now
        let signer = NoteSigner(name: name, key: key("ledger"))
        try LedgerStore.create(in: folder, genesis: world.steps[0].entry, signer: signer, clock: { now })
        store = try LedgerStore.open(folder, signer: signer, clock: { now })
        self.world = world
    }

    func nextEntry() -> Entry {
        entryCount += 1
        let name = "compartment \(entryCount)"
        return world.entry(.compartment(world.compartment(name)), by: [name])
    }

    /// What the peer writes.
    var leafBytes: [UInt8] { Leaf(time: world.now, entry: nextEntry()).canonicalBytes }

    /// Each batch by a writer of its own, entry after entry.
    func append(_ batches: [[Entry]]) async throws {
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for batch in batches {
                group.addTask {
                    for entry in batch { try await store.commit { _ = try $0.append(entry, evidence: .none) } }
                }
            }
            try await group.waitForAll()
        }
    }

    deinit { try? store.close() }
}

/// A file laid out in full before the first measurement, so that no write makes it longer.
private final class RawDisk {
    private static let size = 1 << 20

    private let file: FileDescriptor
    private let leaf: [UInt8]
    private var position = 0

    init(in folder: FilePath, leaf: [UInt8]) throws {
        self.leaf = leaf
        file = try FileDescriptor.open(
            folder.appending("raw"), .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        try file.writeAll(toAbsoluteOffset: 0, [UInt8](repeating: 0, count: Self.size))
        try sync()
    }

    func append() throws {
        if position + leaf.count > Self.size { position = 0 }
        try file.writeAll(toAbsoluteOffset: Int64(position), leaf)
        position += leaf.count
        try sync()
    }

    private func sync() throws {
        guard fdatasync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    deinit { try? file.close() }
}
