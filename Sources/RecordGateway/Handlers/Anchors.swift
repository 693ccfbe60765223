import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

/// Anchors of claims, put on the ledger in trees: with all that came in since the last, so that no deposit shows which are its own.
extension Gateway {
    /// What was published in one entry.
    struct PublishedAnchors: Sendable {
        let leaf: CommittedLeaf
        let count: Int
        let hasMore: Bool
    }

    /// Anchors without a deposit: new copies of claims that a clinic issued before.
    func answer(_ call: PostAnchors, from caller: Caller) async throws -> Done {
        try requireRoom()
        try await writing(for: caller) { transaction in
            guard try transaction.view.requireLiveActor(caller.key, on: transaction.now.day).actor.role == .clinic else {
                throw APIError(.forbidden, "only clinics issue claims")
            }
            guard try transaction.view.waitingAnchors() + call.anchors.count <= AnchorTree.maximumCount else {
                throw APIError(.full, "too many anchors wait to be published")
            }
            try transaction.keepAnchors(call.anchors)
        }
        return Done()
    }

    func answer(_ call: PublishAnchors, from caller: Caller) async throws -> PublishAnchors.Answer {
        try requireWritable()
        try await reading(for: caller) { try $0.requireMember(caller.key) }
        guard let published = try await publishAnchors() else { throw APIError(.notFound, "nothing waits to be published") }
        return PublishAnchors.Answer(
            posted: try PostedLeaf(published.leaf), count: UInt32(published.count), hasMore: published.hasMore)
    }

    /// Publishes what came on an earlier day, and with it all that waits. Does nothing while only anchors of today wait, so that there is
    /// one publication a day.
    func publishAnchorsOfEarlierDays() async throws {
        let today = max(today, store.head.time.day)
        guard !isReadOnly, try await store.read({ try $0.hasAnchors(before: today) }) else { return }
        while try await publishAnchors()?.hasMore == true {}
    }

    /// How often somebody else may have published the same meanwhile.
    private static let attempts = 3

    /// One tree of what waits, durable with its entry or not at all; `nil` if nothing waits. The tree is mixed before the writer's turn.
    private func publishAnchors() async throws -> PublishedAnchors? {
        try requireRoom()
        for _ in 0..<Self.attempts {
            guard let waiting = try await store.read({ try $0.mixedAnchors() }) else { return nil }
            let entry = Entry(origin: store.origin, bodiless: .claimsAnchors(waiting.tree.publication)).signed(with: member)
            let committed = try await store.commit { transaction in
                try transaction.attempt { transaction in
                    guard try transaction.publish(waiting, entry) else { throw PublishedMeanwhile() }
                }
            }
            guard case .failure(let error) = committed.result else {
                guard let leaf = committed.leaves.first else { break }
                return PublishedAnchors(leaf: leaf, count: waiting.hashes.count, hasMore: waiting.hasMore)
            }
            guard error is PublishedMeanwhile else { throw error }
        }
        throw APIError(.unavailable, "the gateway could not do this")
    }

    private struct PublishedMeanwhile: Error {}
}
