package import CryptoPrimitives
package import ZeroKnowledge

/// What a grant carries on the ledger for proofs of consent, and the proof in its body that it says what the grant says.
///
///     C = A · G_0^schema · G_2^until · … · G_7^from,  A = H^rho · G_1^h
///
/// docs/proofs.md, section 9.
package struct GrantCommitment: Hashable, Sendable {
    /// C
    package let commitment: SG3072.Element
    /// Of A. In the body, which the public does not see: with it anybody could try out what goes with C.
    package let proof: [UInt8]

    package init(_ commitment: SG3072.Element, proof: [UInt8]) {
        (self.commitment, self.proof) = (commitment, proof)
    }

    /// Takes the same time whatever the grant says.
    ///
    /// - Parameters:
    ///   - control: the grant's name.
    ///   - opening: of A.
    ///   - secret: what the holder alone knows; masks depend on it beside `randomness`.
    package init(
        to attributes: GrantAttributes, of control: Ed25519.PublicKey, origin: TextLine, opening: consuming SG3072.SecretScalars,
        secret: borrowing SecretBytes, randomness: borrowing SecretBytes
    ) {
        commitment = Self.commitment(to: attributes, opening: opening, difference: SG3072.SecretScalar(0))
        proof = HolderRelation.prove(
            HolderRelation.commitment(opening), opening, tag: Self.tag(control, origin), secret: secret, randomness: randomness)
    }

    /// C, times H to the difference.
    package static func commitment(
        to attributes: GrantAttributes, opening: borrowing SG3072.SecretScalars, difference: borrowing SG3072.SecretScalar
    ) -> SG3072.Element {
        let place = Int(ShownRecord.holderAttribute)
        let count = attributes.scalars.count
        let exponents = SG3072.SecretScalars(count: 1 + count) { index in
            switch index {
            case 0: opening.scalar(at: 0) + difference
            case 1 + place: opening.scalar(at: 1)
            default: SG3072.SecretScalar(attributes.scalars[index - 1])
            }
        }
        return SG3072.commit(exponents, to: [SG3072.blinding] + SG3072.attributes.prefix(count))
    }

    /// Throws unless the commitment is to these attributes, and whoever made it for this grant on this ledger knew the rest.
    package func verify(
        _ attributes: GrantAttributes, of control: Ed25519.PublicKey, origin: TextLine
    ) throws(ProofError) {
        let known = zip(SG3072.attributes, attributes.scalars).map { SG3072.Power($0, -SG3072.Exponent($1)) }
        let rest = SG3072.product([SG3072.Power(commitment, SG3072.Exponent(1 as UInt128))] + known)
        try HolderRelation.verify(proof, of: rest, tag: Self.tag(control, origin))
    }

    /// Whether a grant's commitment, and its body's proof, are good. Programs that prove no consent make grants with neither.
    package static func isProven(
        _ commitment: SG3072.Element?, _ proof: [UInt8]?, _ attributes: GrantAttributes, of control: Ed25519.PublicKey,
        origin: TextLine
    ) -> Bool {
        guard let commitment, let proof else { return commitment == nil && proof == nil }
        let committed = GrantCommitment(commitment, proof: proof)
        return (try? committed.verify(attributes, of: control, origin: origin)) != nil
    }

    private static func tag(_ control: Ed25519.PublicKey, _ origin: TextLine) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.text(origin)
        writer.value(control)
        return HolderRelation.tag(.grant, Hash.labelled(.grantContext, writer.bytes))
    }
}
