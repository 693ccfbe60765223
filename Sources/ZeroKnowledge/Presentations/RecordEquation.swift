internal import CryptoPrimitives

/// One of a proof's equations: a mask as the product of generators raised to answers, of commitments raised to powers of the challenge, and
/// of elements of the group of order q raised to what follows from both.
///
///     mask = H^blinding * Q^quadratic * prod G_i^attributes[i] * prod K_k^auxiliaries[k] * prod committed[j]^(-x^(j+1)) * prod others
struct RecordEquation {
    var generators = GeneratorExponents()
    let committed: [SG3072.Element]
    var others: [(element: SG3072.Element, exponent: SG3072.Scalar)] = []

    /// The mask that answers and challenge go with.
    func mask(_ x: UInt128) -> SG3072.Element {
        let powers = committed.enumerated().map { SG3072.Power($1, -Self.power(of: x, $0 + 1)) }
        return SG3072.product(generators.powers + powers + others.map { SG3072.Power($0.element, $0.exponent) })
    }

    /// A whole number while the first power is asked for: the element need not be known to have order q.
    static func power(of x: UInt128, _ exponent: Int, times weight: UInt128 = 1) -> SG3072.Exponent {
        guard exponent > 1 else { return SG3072.Exponent(x, times: weight) }
        let scalar = SG3072.Scalar(wide: x)
        return SG3072.Exponent((0..<exponent).reduce(SG3072.Scalar(wide: weight)) { power, _ in power * scalar })
    }
}

/// What each generator is raised to.
struct GeneratorExponents {
    var blinding = SG3072.Scalar.zero
    var quadratic = SG3072.Scalar.zero
    var attributes: [SG3072.Scalar] = []
    var auxiliaries: [SG3072.Scalar] = []

    var powers: [SG3072.Power] {
        [SG3072.Power(SG3072.blinding, blinding), SG3072.Power(SG3072.quadratic, quadratic)]
            + zip(SG3072.attributes, attributes).map { SG3072.Power($0, $1) }
            + zip(SG3072.auxiliaries, auxiliaries).map { SG3072.Power($0, $1) }
    }

    mutating func add(_ other: GeneratorExponents, times factor: SG3072.Scalar) {
        blinding = blinding + other.blinding * factor
        quadratic = quadratic + other.quadratic * factor
        Self.add(other.attributes, to: &attributes, factor)
        Self.add(other.auxiliaries, to: &auxiliaries, factor)
    }

    private static func add(_ terms: [SG3072.Scalar], to sums: inout [SG3072.Scalar], _ factor: SG3072.Scalar) {
        if sums.count < terms.count { sums += [SG3072.Scalar](repeating: .zero, count: terms.count - sums.count) }
        for (index, term) in terms.enumerated() { sums[index] = sums[index] + term * factor }
    }
}
