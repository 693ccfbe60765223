import Cedar
import CryptoPrimitives

/// Collects rulings as records come in, and keeps what a decision record has room for.
package struct DecisionDraft: Sendable {
    /// What rulings may take of the record's 1 MiB. The released come first; what is held back may use what they leave.
    private static let room = 768 << 10
    private static let roomForHeldBack = 512 << 10

    package private(set) var released: [Candidate] = []
    /// There is at least one more to release than an answer holds.
    package private(set) var hasMore = false
    private var rulings: [Ruling] = []
    private var indices: [Ruling: Int] = [:]
    private var listed: [(candidate: Candidate, ruling: Int)] = []
    private var heldBack = 0
    private var moreHeldBack: UInt32 = 0
    /// Of those, how many lie behind the last released one.
    private var moreSinceRelease: UInt32 = 0
    private var size = 0

    package init() {}

    /// - Parameter candidates: in the order of their positions, behind those that came before. What comes when the answer is full is for
    ///   the next one.
    package mutating func add(_ candidates: [Candidate], _ found: [Ruling]) {
        for (candidate, ruling) in zip(candidates, found) where !hasMore {
            if ruling.decision == .allow {
                guard released.count < Filter.maximumRecords, let index = index(of: ruling) else {
                    hasMore = true
                    return leaveRest()
                }
                released.append(candidate)
                moreSinceRelease = 0
                listed.append((candidate, index))
            } else if heldBack < DecisionRecord.maximumHeldBack, let index = index(of: ruling) {
                heldBack += 1
                listed.append((candidate, index))
            } else {
                moreHeldBack += 1
                moreSinceRelease += 1
            }
        }
    }

    /// `nil` if there is no room for it.
    private mutating func index(of ruling: Ruling) -> Int? {
        if let index = indices[ruling] { return index }
        let (added, limit) = (ruling.canonicalBytes.count, ruling.decision == .allow ? Self.room : Self.roomForHeldBack)
        guard size + added <= limit else { return nil }
        size += added
        indices[ruling] = rulings.count
        rulings.append(ruling)
        return rulings.count - 1
    }

    /// What was held back behind the last released record is told with the next answer.
    private mutating func leaveRest() {
        guard let last = released.last else { return }
        moreHeldBack -= moreSinceRelease
        while let item = listed.last, item.candidate.position > last.position { listed.removeLast() }
    }

    package func record(_ inputs: DecisionInputs, refusal: Verdict.Reason?) -> DecisionRecord {
        // Rulings of what was left for the next answer are not used any more.
        var numbers: [Int: Int] = [:]
        var used: [Ruling] = []
        let records = listed.map { item in
            let number = numbers[item.ruling] ?? used.count
            if number == used.count {
                numbers[item.ruling] = number
                used.append(rulings[item.ruling])
            }
            return RuledRecord(commitment: item.candidate.commitment, position: item.candidate.position, ruling: number)
        }
        return DecisionRecord(inputs, rulings: used, records: records, moreHeldBack: moreHeldBack, refusal: refusal)
    }
}
