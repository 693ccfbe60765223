internal import CryptoPrimitives

/// A prover's part about which candidate the grant is: V_1, V_0 and z_V of docs/proofs.md, section 6. Its mask serves one proof.
struct CandidateProver: ~Copyable {
    private let candidates: [SG3072.Element]
    /// Coefficients of 1 and of x in the product of a candidate's digits. That of x^2 is 1 for the grant and 0 for the others.
    private let constant, linear: [SecretNumber]
    private let difference, blinding: SecretNumber
    private let mask: SG3072.Mask

    /// - Parameters:
    ///   - auxiliary: b of the whole statement.
    ///   - masks: what was drawn for them.
    init(
        _ covering: Covering, _ digits: CoveringDigits, _ candidate: Witness.Candidate, auxiliary: [SecretNumber],
        masks: Responses<SecretNumber>, from source: inout SG3072.MaskSource
    ) {
        candidates = covering.candidates
        let (low, high) = digits.values(masks)
        let (lowBits, highBits) = digits.values(Responses(auxiliary: auxiliary, variables: [], challenge: .one))
        constant = digits.products(low, high, candidates: candidates.count)
        linear = zip(
            digits.products(low, highBits, candidates: candidates.count),
            digits.products(lowBits, high, candidates: candidates.count)
        ).map { $0 + $1 }
        difference = SecretNumber(candidate.difference.duplicate())
        blinding = SecretNumber(source.nextScalar())
        mask = source.next()
    }

    borrowing func announce(in announcement: inout Announcement) {
        announcement.candidates = commitment(linear, blinding)
        announcement.candidateMask = commitment(constant, SecretNumber(mask.scalar.duplicate()))
    }

    /// v_0 + x (v_1 - x delta)
    consuming func answer(to x: SG3072.Scalar) -> SG3072.Scalar {
        mask.response(to: x, witness: (blinding - difference.scaled(by: x)).scalar)
    }

    /// H to the blinding, divided by the candidates raised to these numbers.
    private borrowing func commitment(_ numbers: [SecretNumber], _ blinding: SecretNumber) -> SG3072.Element {
        SG3072.commit(
            SG3072.SecretScalars([blinding] + numbers.map { SecretNumber(.zero) - $0 }), to: [SG3072.blinding] + candidates)
    }
}
