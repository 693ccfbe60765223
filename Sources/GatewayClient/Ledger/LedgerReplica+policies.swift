package import CryptoPrimitives
import GatewayAPI
package import SharingContract

/// Policies that the ledger says are in force, with the files that its members signed.
package struct PublishedPolicies: Sendable {
    package let files: PolicyFiles
    /// The leaf that put them in force, and its time.
    package let publishedAt: UInt64
    package let time: Minute
}

extension LedgerReplica {
    /// Fetches the policies in force, by our copy of the ledger; `nil` if none were ever published. Whoever shows the files cannot change
    /// them: the ledger has their root.
    package func policies(_ connection: GatewayConnection) async throws(ClientError) -> PublishedPolicies? {
        let inForce: PolicyState?
        do { inForce = try state.policies() } catch { throw .notVerified(.otherLedger) }
        guard let inForce else { return nil }
        let path = PublicPath.policies(publishedAt: inForce.publishedAt)
        let bytes = try await connection.get(path, atMost: PolicyFiles.maximumSize)
        guard let files = try? PolicyFiles(canonical: bytes), files.root == inForce.root else {
            throw .notVerified(.evidenceOther(leaf: inForce.publishedAt))
        }
        return PublishedPolicies(files: files, publishedAt: inForce.publishedAt, time: try leaf(inForce.publishedAt).time)
    }
}
