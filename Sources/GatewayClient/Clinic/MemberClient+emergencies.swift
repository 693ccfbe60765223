package import CryptoPrimitives
import GatewayAPI
package import SharingContract

extension MemberClient {
    /// An emergency as a member sees it: whose it was is told by a grant's name alone.
    package struct Emergency: Sendable {
        package let leaf: UInt64
        package let state: EmergencyState
        package let declaration: EmergencyDeclaration
        package let deskName: TextLine
        package let review: ReviewBody?
    }

    package var today: Day { ledger.today(clock()) }

    /// All emergencies of the ledger, the oldest first, or those alone whose review is overdue.
    package func emergencies(overdueOnly: Bool) async throws(ClientError) -> [Emergency] {
        let leaves = ledger.emergencies.filter { !overdueOnly || emergency($0)?.isOverdue(on: today) ?? false }
        var all: [Emergency] = []
        // Each with its review is two.
        let batch = FetchEmergencies.maximumCount / 2
        for start in stride(from: 0, to: leaves.count, by: batch) {
            all += try await emergencies(at: Array(leaves[start..<min(start + batch, leaves.count)]))
        }
        return all
    }

    private func emergencies(at leaves: [UInt64]) async throws(ClientError) -> [Emergency] {
        let wanted = Set(leaves).union(leaves.compactMap { emergency($0)?.reviewedAt })
        let page = try await connection.call(FetchEmergencies(leaves: wanted), with: key, member: ledger.member())
        guard page.next == nil, Set(page.items.map(\.leaf)) == wanted else { throw .notVerified(.answerMalformed) }
        var evidence: [UInt64: Evidence] = [:]
        for item in page.items { evidence[item.leaf] = item.evidence }
        return try leaves.map { leaf throws(ClientError) in
            guard let state = emergency(leaf), let body = try body(EmergencyBody.self, of: leaf, evidence),
                body.declaration.grant == state.grant, (try? body.verifySignature(origin: ledger.pin.origin)) != nil,
                let desk = (try? ledger.state.actor(body.declaration.desk)) ?? nil, desk.actor.role == .emergencyDesk
            else { throw .notVerified(.evidenceOther(leaf: leaf)) }
            return Emergency(
                leaf: leaf, state: state, declaration: body.declaration, deskName: desk.actor.name,
                review: try state.reviewedAt.flatMap { review throws(ClientError) in
                    try self.body(ReviewBody.self, of: review, evidence)
                })
        }
    }

    /// Evidence counts only if the leaf committed to it.
    private func body<Content: Body>(
        _: Content.Type, of leaf: UInt64, _ evidence: [UInt64: Evidence]
    ) throws(ClientError) -> Content? {
        guard let evidence = evidence[leaf], let body = try? Content(canonical: evidence.body),
            body.commitment(salt: evidence.salt) == (try ledger.leaf(leaf)).entry.bodyCommitment
        else { throw .notVerified(.evidenceOther(leaf: leaf)) }
        return body
    }

    private func emergency(_ leaf: UInt64) -> EmergencyState? { (try? ledger.state.emergency(leaf)) ?? nil }

    /// Writes down that somebody has looked at an emergency, and what was found. Returns the leaf.
    package func review(
        _ leaf: UInt64, _ finding: ReviewBody.Finding, by reviewer: TextLine, note: TextLine
    ) async throws(ClientError) -> UInt64 {
        guard try state().isMember(publicKey) else { throw .notPossible(.notAMember) }
        guard let known = emergency(leaf) else { throw .notFound(.emergency) }
        guard known.reviewedAt == nil else { throw .notPossible(.reviewedAlready) }
        guard let body = ReviewBody(finding: finding, reviewer: reviewer, note: note) else { throw .notPossible(.reviewUnsigned) }
        let evidence = Evidence(salt: .random(), body: body)
        let entry = Entry(
            origin: ledger.pin.origin, event: .review(Review(emergency: leaf)),
            bodyCommitment: body.commitment(salt: evidence.salt)
        ).signed(with: key)
        let posted = try await connection.call(
            PostEntry(entry: entry, evidence: evidence), with: key, member: ledger.member())
        guard posted.leaf.entry == entry else { throw .notVerified(.leafNotOurs) }
        try await ledger.verify(posted, connection)
        return posted.index
    }
}
