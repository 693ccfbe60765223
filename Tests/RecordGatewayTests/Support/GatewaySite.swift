import CryptoPrimitives
import Foundation
import GRDB
import InMemoryLogging
import Logging
import MerkleLedger
import RecordGateway
import RecordStorage
import ServiceLifecycle
import Synchronization
import SystemPackage
import TestSupport

/// The folder and the clock of one gateway, which outlive the processes that serve it.
struct GatewaySite: Sendable {
    /// What clients sign. It need not be where they connect to.
    static let address = "http://127.0.0.1:8460"

    let folder: TemporaryFolder
    let clock = TestClock(World().now)
    var limits = GatewayLimits()
    var isReadOnly = false
    var tls: GatewayServer.TLSFiles?
    let logs = InMemoryLogHandler()

    /// A ledger with its first leaf.
    init() throws {
        folder = try TemporaryFolder()
        let clock = clock
        let genesis = try World.begun().steps[0].entry
        try LedgerStore.create(in: path, genesis: genesis, signer: Self.signer(), clock: { clock.minute })
    }

    var path: FilePath { FilePath(folder.url.path) }

    static func signer() -> NoteSigner {
        guard let name = KeyName("north.example/ledger") else { preconditionFailure("the origin is a key name") }
        return NoteSigner(name: name, key: key("ledger"))
    }

    /// Serves the gateway on a loopback port while `body` runs, then shuts it down and closes the store.
    func serving<Result>(_ body: (RunningGateway) async throws -> Result) async throws -> Result {
        let clock = clock
        let store = try LedgerStore.open(path, signer: Self.signer(), clock: { clock.minute })
        let gateway = Gateway(
            store: store, member: key("north"), address: Self.address, limits: limits, isReadOnly: isReadOnly,
            clock: { clock.seconds })
        let configuration = try GatewayServer.Configuration(host: "127.0.0.1", port: 0, tls: tls)
        let logs = logs
        let logger = Logger(label: "gateway") { _ in logs }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let service = try GatewayServer(gateway, configuration, logger: logger).service { continuation.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [service], logger: logger))
        defer { try? store.close() }
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw NotListening() }
            let result = try await body(
                RunningGateway(site: self, store: store, port: port, stop: { await group.triggerGracefulShutdown() }))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    private struct NotListening: Error {}

    /// A site and a town in it, served.
    static func town<Result>(
        limits: GatewayLimits = GatewayLimits(), _ body: (inout Town) async throws -> Result
    ) async throws -> Result {
        var site = try GatewaySite()
        site.limits = limits
        return try await site.serving { gateway in
            var town = try await Town.begun(gateway)
            return try await body(&town)
        }
    }
}

// What lies on the disk, read and meddled with beside the store's own connections.
extension GatewaySite {
    /// All rows of all tables but the nonces, which every message uses up.
    func rows() throws -> [String: [Row]] {
        try database { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'nonce'"
            )
            return try Dictionary(uniqueKeysWithValues: tables.map { ($0, try Row.fetchAll(database, sql: "SELECT * FROM \($0)")) })
        }
    }

    func count(_ table: String) throws -> Int {
        try database { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") ?? 0 }
    }

    func meddle(_ sql: String) throws {
        try database { try $0.execute(sql: sql) }
    }

    private func database<Result>(_ body: (Database) throws -> Result) throws -> Result {
        let queue = try DatabaseQueue(path: path.appending("store.sqlite").string)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }
}

/// Time that passes only when a test says so.
final class TestClock: Sendable {
    private let now: Mutex<Int64>

    init(_ minute: Minute) {
        now = Mutex(minute.secondsSince1970)
    }

    var seconds: Int64 { now.withLock { $0 } }
    var minute: Minute { Minute(secondsSince1970: seconds) }

    func advance(by seconds: Int64) {
        now.withLock { $0 += seconds }
    }
}

/// The database as another process would find it at this moment, were this one killed.
struct LedgerCopy {
    private let folder: TemporaryFolder

    init(of site: GatewaySite) throws {
        folder = try TemporaryFolder()
        for name in ["store.sqlite", "store.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: site.folder.path(name), toPath: folder.path(name))
        }
    }

    func leaf(_ index: UInt64) throws -> [UInt8]? {
        try value("SELECT bytes FROM leaf WHERE number = ?", index).map { Array($0) }
    }

    func hasEvidence(of leaf: UInt64) throws -> Bool {
        try value("SELECT body FROM evidence WHERE leaf = ?", leaf) != nil
    }

    private func value(_ sql: String, _ number: UInt64) throws -> Data? {
        let queue = try DatabaseQueue(path: folder.path("store.sqlite"))
        defer { try? queue.close() }
        return try queue.read { try Data.fetchOne($0, sql: sql, arguments: [Int64(number)]) }
    }
}
