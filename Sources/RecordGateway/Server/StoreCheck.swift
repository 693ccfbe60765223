import Logging
import RecordStorage
import ServiceLifecycle

/// After a start that trusted a snapshot, looks at everything that the snapshot vouched for. What it finds ends the service.
struct StoreCheck: Service {
    let store: LedgerStore
    let logger: Logger

    /// For each second of work it rests so many: it takes a tenth of a processor and leaves the disk to others.
    private static let restPerWork = 9

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            if store.checkedSize < store.head.size { try await check() }
            // A service that returns would end the server.
            try? await Task.sleep(for: .seconds(Int64.max / 4))
        }
    }

    private func check() async throws {
        do {
            try await store.checkAll { work in try await Task.sleep(for: work * Self.restPerWork) }
            logger.info("all that the snapshot vouched for was checked")
        } catch is CancellationError {
            return
        } catch let error as StoreError {
            logger.critical("the store does not agree with itself and is not served any more")
            throw error
        }
    }
}
