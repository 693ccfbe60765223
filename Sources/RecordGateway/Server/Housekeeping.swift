import Logging
import RecordStorage
import ServiceLifecycle

/// Throws away what has had its time: nonces, messages, uploads that no deposit named. Publishes the anchors of claims that came on an
/// earlier day, and says which reviews are overdue.
struct Housekeeping: Service {
    let gateway: Gateway
    let logger: Logger

    private static let pause = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var reviews = ReviewWatch()
            while !Task.isCancelled {
                await keepHouse(&reviews)
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Once through everything. What fails is tried again the next time.
    func keepHouse(_ reviews: inout ReviewWatch) async {
        await clean()
        do { try await gateway.publishAnchorsOfEarlierDays() } catch {
            logger.warning("the marks of claims that wait could not be published, and it is tried again")
        }
        if let waiting = try? await gateway.store.read({ try $0.waitingAnchors() }) { gateway.meter.anchors(waiting: waiting) }
        do { try await reviews.look(at: gateway, logger) } catch {
            logger.warning("overdue reviews could not be looked for")
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
