import MedicalRecords

// Which claims answer a request.

extension ProofRequest {
    /// How many combinations are looked at: more are asked for by nobody who does not want to keep a patient's computer busy.
    private static let maximumSteps = 100_000

    /// One of each list so that all conditions hold, no claims set twice. The first in the order of the lists.
    ///
    /// - Parameter isUsable: asked once at most of each claims set, and only of those that could answer: to tell takes long.
    func choice(
        from candidates: [[HeldClaims]], isUsable: (HeldClaims) throws(ClientError) -> Bool
    ) throws(ClientError) -> [HeldClaims]? {
        let fit = candidates.indices.map { fitting(candidates[$0], $0) }
        var (steps, usable) = (0, [ClaimSet: Bool]())
        func isUsableOnce(_ claims: HeldClaims) throws(ClientError) -> Bool {
            if let known = usable[claims.set] { return known }
            let answer = try isUsable(claims)
            usable[claims.set] = answer
            return answer
        }
        func extend(_ chosen: [HeldClaims]) throws(ClientError) -> [HeldClaims]? {
            guard chosen.count < fit.count else { return chosen }
            for next in fit[chosen.count] {
                steps += 1
                guard steps <= Self.maximumSteps else { return nil }
                guard !chosen.contains(where: { $0.isSameResource(as: next) }) else { continue }
                let more = chosen + [next]
                guard holdTogether(more), try isUsableOnce(next) else { continue }
                if let found = try extend(more) { return found }
            }
            return nil
        }
        return try extend([])
    }

    /// Those of which all that is asked of this one alone is so. Large sets are looked through here, once for each claims set.
    private func fitting(_ held: [HeldClaims], _ record: Int) -> [HeldClaims] {
        let own = conditions.filter { $0.fields.allSatisfy { $0.record == record } }
        return held.filter { claims in
            let values = [[ClaimValue]](repeating: claims.set.values, count: record + 1)
            return own.allSatisfy { $0.holds(for: values) }
        }
    }

    /// Whether the last of them is to the others as it should be.
    private func holdTogether(_ chosen: [HeldClaims]) -> Bool {
        let (values, last) = (chosen.map(\.set.values), chosen.count - 1)
        return conditions.allSatisfy { condition in
            let records = condition.fields.map { Int($0.record) }
            guard records.max() == last, records.min() != last else { return true }
            return condition.holds(for: values)
        }
    }
}

extension HeldClaims {
    fileprivate func isSameResource(as other: HeldClaims) -> Bool {
        record == other.record && set.reference == other.set.reference
    }
}
