import CryptoPrimitives
import GatewayClient
import SharingContract

/// Which policies a ledger says are in force.
struct PolicyLine: Encodable {
    let root: String
    let entry: UInt64
    let since: String

    static let none = "No policies were published: patients' grants alone decide."

    var words: String { "Its policies have been in force since \(since) (entry \(entry)), root \(root)." }

    /// `nil` on a ledger on which none were published.
    init?(_ ledger: LedgerReplica) throws {
        guard let inForce = try ledger.state.policies() else { return nil }
        root = inForce.root.description
        entry = inForce.publishedAt
        since = try ledger.leaf(inForce.publishedAt).time.description
    }
}
