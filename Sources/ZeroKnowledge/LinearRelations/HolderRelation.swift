package import CryptoPrimitives

/// A = H^rho · G_1^h: what in a commitment is its holder's alone, and the compact proof of knowing rho and h. docs/proofs.md, section 4.
package enum HolderRelation {
    /// A challenge and two responses.
    package static let proofSize = 3 * SG3072.Scalar.size

    /// Where such a commitment stands. A proof for one place is worth nothing in another.
    package enum Place: String, Sendable {
        case card = "HOLDER"
        case grant = "GRANT"
    }

    /// - Parameter context: hash of what the commitment stands beside.
    package static func tag(_ place: Place, _ context: Hash) -> [UInt8] {
        Array("CORDON-V01-\(place.rawValue)-\(context)-CMPT-with-\(SG3072.suite)".utf8)
    }

    /// rho and h.
    package static func opening(
        blinding: borrowing SG3072.SecretScalar, secret: borrowing SG3072.SecretScalar
    ) -> SG3072.SecretScalars {
        SG3072.SecretScalars(count: 2) { $0 == 0 ? blinding.duplicate() : secret.duplicate() }
    }

    package static func commitment(_ opening: borrowing SG3072.SecretScalars) -> SG3072.Element {
        SG3072.commit(opening, to: [SG3072.blinding, holder])
    }

    /// - Parameters:
    ///   - commitment: what `opening` opens.
    ///   - secret: what the prover alone knows; masks depend on it beside `randomness`.
    package static func prove(
        _ commitment: SG3072.Element, _ opening: consuming SG3072.SecretScalars, tag: [UInt8], secret: borrowing SecretBytes,
        randomness: borrowing SecretBytes
    ) -> [UInt8] {
        var nonces = SG3072.MaskSource(secret: secret, randomness: randomness, statement: tag + commitment.encoded)
        let witness = SG3072.Secrets(opening)
        do {
            return try relation(commitment).proveCompact(tag: tag, witness: witness, nonces: &nonces)
        } catch {
            preconditionFailure("who made a commitment can open it")
        }
    }

    /// Throws unless whoever made the proof knew what opens the commitment.
    package static func verify(_ proof: [UInt8], of commitment: SG3072.Element, tag: [UInt8]) throws(ProofError) {
        // The identity commits to nothing, and a relation with it is none.
        guard let relation = try? relation(commitment) else { throw .notValid }
        try relation.verifyCompact(proof, tag: tag)
    }

    private static var holder: SG3072.Element { SG3072.attributes[Int(ShownRecord.holderAttribute)] }

    /// Element 0 of a relation is H.
    private static func relation(_ commitment: SG3072.Element) throws(InstanceError) -> LinearRelation<SG3072> {
        try LinearRelation(
            elements: [holder, commitment],
            equations: [.init(image: [.init(element: 2)], terms: [.init(scalar: 0, element: 0), .init(scalar: 1, element: 1)])])
    }
}
