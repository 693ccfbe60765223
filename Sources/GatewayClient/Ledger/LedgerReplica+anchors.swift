package import CryptoPrimitives
import GatewayAPI
package import SharingContract

/// A tree of anchors of claims that the ledger names.
package struct LoggedAnchors: Sendable {
    package let leaf: UInt64
    package let time: Minute
    package let publication: AnchorPublication
}

extension LedgerReplica {
    /// Fetches the tree that a leaf published. Whoever shows it cannot change it: the ledger has its root. No more is read of it than the
    /// ledger says that there is.
    package func anchorTree(_ leaf: UInt64, _ connection: GatewayConnection) async throws(ClientError) -> AnchorTree {
        guard let logged = anchors.first(where: { $0.leaf == leaf }) else { throw .notVerified(.historyIncomplete(leaf: leaf)) }
        let publication = logged.publication
        let bytes = try await connection.get(
            PublicPath.anchors(publishedAt: leaf), atMost: 4 + Int(publication.count) * Bytes32.count)
        guard let tree = try? AnchorTree(canonical: bytes), tree.publication == publication else {
            throw .notVerified(.evidenceOther(leaf: leaf))
        }
        return tree
    }
}

extension Session {
    /// The tree of anchors that a leaf published, as the ledger names it.
    package func anchorTree(_ leaf: UInt64) async throws(ClientError) -> AnchorTree {
        try await ledger.anchorTree(leaf, connection)
    }
}
