import CryptoPrimitives
import Foundation
import GRDB
package import SharingContract

extension StoreView {
    /// Emergencies that nobody has reviewed yet, by their leaves: those in front that are due first.
    package func openReviews(limit: Int) throws -> [OpenReview] {
        let (first, last) = (StateKey.reviewDue(Day(0), 0), StateKey.reviewDue(Day(.max), .max))
        return try database.rows(
            "SELECT key FROM state WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?", [first.bytes.blob, last.bytes.blob, limit]
        ).map { row throws in
            guard let review = OpenReview(stateKey: try row.bytes("key")) else { throw StoreError.differs(.database) }
            return review
        }
    }
}
