import CryptoPrimitives
import Logging
import RecordStorage
import SharingContract

/// Looks after the reviews that emergencies are due, and says so where one did not come: once a day for each.
struct ReviewWatch {
    /// As many as are looked at. There are more only where nobody reviews anything.
    private static let limit = 4_096

    /// The day on which each was told of last, by the emergency's leaf.
    private var told: [UInt64: Day] = [:]

    /// The leaf's number is all that is told: who it was about is on no log.
    mutating func look(at gateway: Gateway, _ logger: Logger) async throws {
        let today = max(gateway.today, gateway.store.head.time.day)
        let open = try await gateway.store.read { try $0.openReviews(limit: Self.limit) }
        let overdue = open.filter { $0.due < today }
        gateway.meter.reviews(open: open.count, overdue: overdue.count)
        for review in overdue where told[review.emergency] != today {
            logger.warning(
                "the review of an emergency is overdue",
                metadata: ["entry": "\(review.emergency)", "due": "\(review.due)"])
        }
        told = Dictionary(uniqueKeysWithValues: overdue.map { ($0.emergency, today) })
    }
}
