import CryptoPrimitives

extension Contract {
    /// In days: an emergency access is reviewed within a month at the latest.
    package static let longestReview: UInt32 = 30

    func apply(_ access: EmergencyAccess, _ ledger: LedgerState) throws -> [StateChange] {
        let today = leaf.time.day
        guard today < access.due, access.due <= today.adding(days: Self.longestReview) else { throw Refusal.badWindow }
        let opened = EmergencyState(grant: access.grant, openedAt: leaf.time, due: access.due)
        return try applyByMember(
            ledger,
            [StateChange(.emergency(index), opened), StateChange(.reviewDue(access.due, index), LeafIndex(index))])
    }

    func apply(_ review: Review, _ state: some StateReader, _ ledger: LedgerState) throws -> [StateChange] {
        guard var emergency = try state.emergency(review.emergency) else { throw Refusal.notLive }
        guard emergency.reviewedAt == nil else { throw Refusal.unchanged }
        emergency.reviewedAt = index
        return try applyByMember(
            ledger,
            [
                StateChange(.emergency(review.emergency), emergency),
                StateChange(removing: .reviewDue(emergency.due, review.emergency)),
            ])
    }

    /// What a release under an emergency changes: it uses the emergency up.
    func use(_ emergency: UInt64, for release: Decision.Release, _ state: some StateReader) throws -> StateChange {
        guard var opened = try state.emergency(emergency), opened.grant == release.grant, opened.releasedAt == nil else {
            throw Refusal.emergencyNotInForce
        }
        opened.releasedAt = index
        return StateChange(.emergency(emergency), opened)
    }
}
