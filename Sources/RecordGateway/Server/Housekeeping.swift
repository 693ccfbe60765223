import Logging
import RecordStorage
import ServiceLifecycle

/// Throws away what has had its time: nonces, messages, uploads that no deposit named. And says which reviews are overdue.
struct Housekeeping: Service {
    let gateway: Gateway
    let logger: Logger

    private static let pause = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var reviews = ReviewWatch()
            while !Task.isCancelled {
                await clean()
                do { try await reviews.look(at: gateway, logger) } catch {
                    logger.warning("overdue reviews could not be looked for")
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// A gateway that cannot clean up goes on serving; its disk will say why.
    private func clean() async {
        do {
            let now = gateway.clock()
            try await gateway.store.commit { transaction in
                try transaction.deleteNonces(expiredBy: now)
                try transaction.deleteOldMessages()
            }
            try await gateway.store.removeForgottenUploads()
        } catch {
            logger.warning("housekeeping failed")
        }
    }
}
