import CryptoPrimitives
import Foundation
import NIOCore
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport

/// The same work on a long ledger and on a short one, in the same round: what costs more with the years shows here. The long ones are
/// made first, which takes a few minutes.
enum GrowthContests {
    private static let short: UInt64 = 1_000
    private static let long: [(leaves: UInt64, name: String)] = [(100_000, "10^5"), (1_000_000, "10^6")]

    static func all(in folder: ScratchFolder) async throws -> [Contest] {
        let small = try await GrownGateway(leaves: short, in: folder)
        var contests: [Contest] = []
        for (leaves, name) in long {
            let grown = try await GrownGateway(leaves: leaves, in: folder)
            contests += [
                Contest(
                    title: "decide on 1 record, server's processor, at \(name) leaves", peer: "the same at 10^3",
                    ours: { try await grown.processorTime() }, theirs: { try await small.processorTime() }),
                Contest(
                    title: "decide on 1 record, 64 clients, at \(name) leaves", peer: "the same at 10^3",
                    ours: { try await grown.release(clients: 64, each: 16) },
                    theirs: { try await small.release(clients: 64, each: 16) }),
                Contest(
                    title: "append a durable leaf, 64 writers, at \(name) leaves", peer: "the same at 10^3",
                    ours: { try await grown.append() }, theirs: { try await small.append() }),
            ]
        }
        return contests
    }
}

/// A gateway that serves a ledger of some length, and a copy of its store to append to directly.
private final class GrownGateway {
    private let server: ServerProcess
    private let appended: BenchmarkLedger
    private let leaves: UInt64
    private var (written, appendedCount) = (0, 0)

    init(leaves: UInt64, in folder: ScratchFolder) async throws {
        self.leaves = leaves
        let path = folder.url.appending(path: "grown-\(leaves)")
        let copy = folder.url.appending(path: "grown-\(leaves)-copy")
        let store = try await BenchmarkStore(in: FilePath(path.path), leaves: leaves)
        try FileManager.default.copyItem(at: path, to: copy)
        let start = ContinuousClock.now
        server = try ServerProcess(["serve-gateway", store.folder.string])
        let time = ContinuousClock.now - start
        appended = BenchmarkLedger(try BenchmarkStore.opened(FilePath(copy.path)))
        print("\(leaves) leaves: the gateway listened after \(time), with \(server.memory) MiB of its own memory")
    }

    func release(clients: Int, each: Int) async throws -> Duration {
        let scripts = ReleaseScripts(.decision, clients: clients, each: each)
        return try await LoadClient.run(port: server.port, clients: clients, scripts.script) / (clients * each)
    }

    /// Of one decision. How long one client waits for it says nothing: answers leave in steps of 10 ms.
    func processorTime() async throws -> Duration {
        try await server.processorTime(of: 8 * 32) { _ = try await release(clients: 8, each: 32) }
    }

    func append() async throws -> Duration {
        let batches = (0..<64).map { _ in (0..<16).map { _ in appended.next(.verified) } }
        let before = Self.bytesWritten
        let time = try await ContinuousClock.measure(64 * 16) { try await appended.append(batches, .verified) }
        written += Self.bytesWritten - before
        appendedCount += 64 * 16
        return time
    }

    /// By this process, to files, as it asked for it.
    private static var bytesWritten: Int {
        let lines = (try? String(contentsOfFile: "/proc/self/io", encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.first { $0.hasPrefix("wchar: ") }.flatMap { Int($0.dropFirst(7)) } ?? 0
    }

    deinit {
        print(
            "\(leaves) leaves: at the end the gateway had \(server.memory) MiB; each leaf appended wrote \(written / max(1, appendedCount)) bytes"
        )
    }
}
