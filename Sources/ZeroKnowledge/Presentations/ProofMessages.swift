internal import CryptoPrimitives

/// What a prover commits to first: B, T_C of each record, T_B, V_1 and V_0 of docs/proofs.md, section 6. B and T_B are there if there are
/// rows, V_1 and V_0 if a grant is proven.
struct Announcement {
    var auxiliaries: SG3072.Element?
    var recordMasks: [SG3072.Element]
    var auxiliaryMask: SG3072.Element?
    var candidates: SG3072.Element?
    var candidateMask: SG3072.Element?

    var elements: [SG3072.Element] {
        [auxiliaries].compactMap(\.self) + recordMasks + [auxiliaryMask, candidates, candidateMask].compactMap(\.self)
    }
}

/// Then, behind y: E_1 … E_(D-1) and T_E. Nothing if there are no rows.
struct RowCommitments {
    var coefficients: [SG3072.Element] = []
    var mask: SG3072.Element?

    var elements: [SG3072.Element] { coefficients + [mask].compactMap(\.self) }
}

/// And in the end, behind x: f, z of the free variables, z_C, z_B, z_E and z_V.
struct Answers {
    var auxiliary: [SG3072.Scalar]
    var free: [SG3072.Scalar]
    var blindings: [SG3072.Scalar]
    var auxiliaryBlinding: SG3072.Scalar?
    var rowBlinding: SG3072.Scalar?
    var candidateBlinding: SG3072.Scalar?

    var scalars: [SG3072.Scalar] {
        auxiliary + free + blindings + [auxiliaryBlinding, rowBlinding, candidateBlinding].compactMap(\.self)
    }
}

extension Array<SG3072.Element> {
    var encoded: [UInt8] { flatMap(\.encoded) }
}

extension Array<SG3072.Scalar> {
    var encoded: [UInt8] { flatMap(\.encoded) }
}
