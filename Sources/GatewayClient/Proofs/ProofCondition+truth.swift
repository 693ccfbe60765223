import MedicalRecords

extension ProofCondition {
    /// Whether it holds of these values, one claims set for each that is asked for. What holds of no values, others look at.
    func holds(for values: [[ClaimValue]]) -> Bool {
        let own = fields.map { values[Int($0.record)][Int($0.field)] }
        switch self {
        case .range(_, let low, let high): return own[0].steps.map { (low...high).contains($0) } ?? false
        case .member(_, let set): return set.contains(own[0])
        case .isShown(_, let value): return own[0] == value
        case .isNot(_, let value): return own[0] != .absent && own[0] != value
        case .differ: return !own.contains(.absent) && own[0] != own[1]
        case .same: return own[0] != .absent && own[0] == own[1]
        case .difference(_, _, let low, let high):
            guard let first = own[0].steps, let second = own[1].steps else { return false }
            let (difference, overflow) = first.subtractingReportingOverflow(second)
            return !overflow && (low...high).contains(difference)
        case .covered: return true
        }
    }
}

extension ClaimValue {
    /// Of what has an order.
    var steps: Int64? {
        switch self {
        case .date(let days): Int64(days)
        case .number(let steps): steps
        case .absent, .code, .openCode, .text: nil
        }
    }
}
