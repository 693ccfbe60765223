import CryptoPrimitives
import Foundation
import Glibc
import MerkleLedger
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport

/// Leaves that are durable when the writer hears of it. The peer overwrites 4 KiB of a file that was laid out before, and syncs it after
/// each: no index, no tree, no signature, no rule, and as fast as the disk can promise anything to one writer.
enum LedgerContests {
    private static let syncCount = 100

    static func all(in folder: ScratchFolder) async throws -> [Contest] {
        let store = try await BenchmarkStore(in: FilePath(folder.url.appending(path: "ledger").path), leaves: 1_000)
        let ledger = BenchmarkLedger(try BenchmarkStore.opened(store.folder))
        let disk = try RawDisk(in: FilePath(folder.url.path))
        return [
            contest("append a durable leaf, 1 writer", ledger, disk, writers: 1, leavesEach: 100, .verified),
            contest("the same, 64 writers", ledger, disk, writers: 64, leavesEach: 16, .verified),
            contest("the same, 64 writers, store alone", ledger, disk, writers: 64, leavesEach: 16, .believed),
        ]
    }

    private static func contest(
        _ title: String, _ ledger: BenchmarkLedger, _ disk: RawDisk, writers: Int, leavesEach: Int, _ source: EntrySource
    ) -> Contest {
        Contest(
            title: title, peer: "overwrite and fdatasync of 4 KiB, 1 writer",
            ours: {
                // Made and signed by whoever wants them appended, which is not the store's work.
                let batches = (0..<writers).map { _ in (0..<leavesEach).map { _ in ledger.next(source) } }
                return try await ContinuousClock.measure(writers * leavesEach) { try await ledger.append(batches, source) }
            },
            theirs: {
                try await ContinuousClock.measure(syncCount) { for _ in 0..<syncCount { try disk.append() } }
            })
    }
}

/// What is appended, and what has to be verified of it.
enum EntrySource {
    /// Compartments, each signed by a key of its own that nobody has seen before.
    case verified
    /// Refusals, of which the rules ask next to nothing, by a member whose signatures are not looked at: a leaf, its evidence, its line in
    /// a patient's history. No writer gets this from outside.
    case believed
}

/// Writers of a ledger that is as if nobody else wrote to it.
final class BenchmarkLedger {
    private let world = World()
    private let store: LedgerStore
    private var entryCount = 0

    init(_ store: LedgerStore) {
        self.store = store
    }

    func next(_ source: EntrySource) -> (Entry, Evidence) {
        entryCount += 1
        switch source {
        case .verified:
            let name = "compartment \(entryCount)"
            return (world.entry(.compartment(world.compartment(name)), by: [name]), .none)
        case .believed:
            let request = Array("request \(entryCount)".utf8)
            let body = DecisionBody(
                compartment: publicKey("ana"), request: request, releaseSignature: signature, signatureBase: [],
                httpSignature: signature, blind: .random(), record: [], seed: .random(), released: [])
            let outcome = Decision.Outcome.refused(.init(blind: body.blind, request: RequestHash(of: request)))
            let evidence = Evidence(salt: .random(), body: body)
            return (
                world.entry(.decision(Decision(root: body.root, outcome: outcome)), by: ["north"], evidence: evidence), evidence
            )
        }
    }

    private let signature = key("north").sign([])

    /// Each batch by a writer of its own, entry after entry.
    func append(_ batches: [[(Entry, Evidence)]], _ source: EntrySource) async throws {
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for batch in batches {
                group.addTask {
                    for (entry, evidence) in batch {
                        switch source {
                        case .verified:
                            let authentic = try AuthenticEntry(verifying: entry, evidence: evidence)
                            _ = try await store.commit { try $0.append(authentic) }.leaves[0].receipt
                        case .believed:
                            try await store.commit { _ = try $0.append(entry, evidence: evidence, trusting: .signatures) }
                        }
                    }
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
    private let page = [UInt8](repeating: 7, count: 4_096)
    private var position = 0

    init(in folder: FilePath) throws {
        file = try FileDescriptor.open(
            folder.appending("raw"), .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        try file.writeAll(toAbsoluteOffset: 0, [UInt8](repeating: 0, count: Self.size))
        try sync()
    }

    func append() throws {
        if position + page.count > Self.size { position = 0 }
        try file.writeAll(toAbsoluteOffset: Int64(position), page)
        position += page.count
        try sync()
    }

    private func sync() throws {
        guard fdatasync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    deinit { try? file.close() }
}
