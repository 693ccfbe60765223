import InMemoryLogging
import Logging
import RecordGateway
import RecordStorage
import ServiceLifecycle
import SharingContract
import TestSupport
import Testing

/// What a start by a snapshot has not looked at is looked at beside the service.
@Suite struct StoreChecks {
    private func opened(_ site: GatewaySite, _ check: StartCheck) throws -> LedgerStore {
        let clock = site.clock
        return try LedgerStore.open(
            site.path, signer: GatewaySite.signer(), snapshots: SnapshotSigner(key("north")), check: check,
            clock: { clock.minute })
    }

    /// A site whose store was checked and stopped in order.
    private func checked() async throws -> GatewaySite {
        let site = try GatewaySite()
        _ = try await site.serving { try await Town.begun($0) }
        try opened(site, .all).close()
        return site
    }

    /// Serves until the check is through or has failed.
    private func serve(_ site: GatewaySite) async throws -> LedgerStore {
        let store = try opened(site, .sinceSnapshot(ofAtLeast: 0))
        defer { try? store.close() }
        // One leaf that the snapshot does not know of.
        let entry = World().entry(.compartment(World().compartment("ben")), by: ["ben"])
        try await store.commit { _ = try $0.append(entry, evidence: .none) }
        let clock = site.clock
        let gateway = Gateway(store: store, member: key("north"), address: GatewaySite.address, clock: { clock.seconds })
        let logs = site.logs
        let logger = Logger(label: "gateway") { _ in logs }
        let configuration = try GatewayServer.Configuration(host: "127.0.0.1", port: 0, tls: nil)
        let group = ServiceGroup(
            configuration: .init(
                services: [try GatewayServer(gateway, configuration, logger: logger).service()], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                while store.checkedSize < store.head.size, !Task.isCancelled { await Task.yield() }
                await group.triggerGracefulShutdown()
            }
            try await tasks.next()
            tasks.cancelAll()
        }
        return store
    }

    @Test func `a store that is whole is vouched for to its end, and served on`() async throws {
        let store = try await serve(try await checked())
        #expect(store.checkedSize == store.head.size)
    }

    @Test func `a state line that was changed ends the service by name`() async throws {
        let site = try await checked()
        try site.meddle("DELETE FROM state WHERE length(value) = 1 AND value <> x'02'")
        await #expect(throws: StoreError.differs(.state)) { _ = try await serve(site) }
        #expect(site.logs.entries.contains { $0.level == .critical })
        // A start that looks at everything does not get as far.
        #expect(throws: StoreError.differs(.state)) { _ = try opened(site, .all) }
    }
}
