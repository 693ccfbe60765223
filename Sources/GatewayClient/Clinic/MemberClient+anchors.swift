import GatewayAPI
import SharingContract

extension MemberClient {
    /// What one entry published.
    package struct PublishedAnchors: Sendable {
        package let leaf: UInt64
        /// How many of its hashes are anchors, by the gateway's word.
        package let count: Int
        package let hasMore: Bool
    }

    /// Lets the gateway publish the anchors of claims that wait. Throws `refused` with `notFound` if none do.
    package func publishAnchors() async throws(ClientError) -> PublishedAnchors {
        guard try state().isMember(publicKey) else { throw .notPossible(.notAMember) }
        let answer = try await connection.call(PublishAnchors(), with: key, member: ledger.member())
        guard case .claimsAnchors(let publication) = answer.posted.leaf.entry.event, answer.count > 0,
            answer.count <= publication.count
        else { throw .notVerified(.leafNotOurs) }
        try await ledger.verify(answer.posted, connection)
        return PublishedAnchors(leaf: answer.posted.index, count: Int(answer.count), hasMore: answer.hasMore)
    }
}
