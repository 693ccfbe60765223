import Logging
import RecordStorage
import ServiceLifecycle

/// After a start that trusted a snapshot, looks at everything that the snapshot vouched for. What it finds ends the service.
struct StoreCheck: Service {
    let store: LedgerStore
    let logger: Logger

    /// For each second of work it rests so many: it takes a tenth of a processor and leaves the disk to others.
    private static let restPerWork = 9
    private static let pause = Duration.seconds(60)

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            if store.checkedSize < store.head.size {
                while try await !isChecked() { try? await Task.sleep(for: Self.pause) }
            }
            // A service that returns would end the server.
            try? await Task.sleep(for: .seconds(Int64.max / 4))
        }
    }

    /// `false` if the check has to be tried again: a disk that is full, or too few file descriptors, say nothing against the store.
    private func isChecked() async throws -> Bool {
        do {
            try await store.checkAll { work in try await Task.sleep(for: work * Self.restPerWork) }
            logger.info("all that the snapshot vouched for was checked")
            return true
        } catch is CancellationError {
            return true
        } catch StoreError.differs(let difference) {
            logger.critical("the store does not agree with itself and is not served any more")
            throw StoreError.differs(difference)
        } catch {
            logger.warning("the check of the store was interrupted and is tried again")
            return Task.isCancelled
        }
    }
}
