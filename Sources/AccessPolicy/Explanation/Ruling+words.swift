import Cedar

extension Ruling {
    package var isAllowed: Bool { decision == .allow }

    /// Policies by their names: what permitted, or what forbade.
    package var deciding: [String] { reasons.map(\.text) }
    /// What could not be evaluated.
    package var failing: [String] { erring.map(\.text) }
    /// What obliges whoever gets it.
    package var demanding: [String] { obliging.map(\.text) }
}
