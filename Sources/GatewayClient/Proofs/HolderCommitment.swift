package import CryptoPrimitives
import ZeroKnowledge

/// A patient's secret, committed to for one clinic, and the proof of knowing it: with it the clinic signs claims for a holder who is not
/// there. docs/proofs.md, section 4.
package struct HolderCommitment: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = SG3072.Element.size + proofSize
    private static let proofSize = 3 * SG3072.Scalar.size

    package let commitment: SG3072.Element
    private let proof: [UInt8]

    /// - Parameter context: what the card says before it.
    package init(_ holder: borrowing HolderSecret, for clinic: Ed25519.PublicKey, context: [UInt8]) {
        self.init(holder, for: clinic, context: context, randomness: SecretBytes.random(count: 32))
    }

    /// With given randomness, for published vectors alone.
    init(_ holder: borrowing HolderSecret, for clinic: Ed25519.PublicKey, context: [UInt8], randomness: borrowing SecretBytes) {
        let witness = SG3072.Secrets(holder.opening(for: clinic))
        commitment = holder.commitment(for: clinic)
        let tag = Self.tag(context)
        var nonces = SG3072.MaskSource(secret: holder.key, randomness: randomness, statement: tag + commitment.encoded)
        do {
            proof = try Self.relation(commitment).proveCompact(tag: tag, witness: witness, nonces: &nonces)
        } catch {
            preconditionFailure("who made a commitment can open it")
        }
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        commitment = try SG3072.Element(decoding: try reader.fixed(SG3072.Element.size))
        proof = try reader.fixed(Self.proofSize)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(commitment.encoded)
        writer.fixed(proof)
    }

    /// Throws unless whoever made the card that says this knows what is committed to.
    package func verify(context: [UInt8]) throws(ClientError) {
        do {
            try Self.relation(commitment).verifyCompact(proof, tag: Self.tag(context))
        } catch {
            throw .notVerified(.paperNotAuthentic)
        }
    }

    /// A = H^rho0 · G_1^h. Element 0 of a relation is H.
    private static func relation(_ commitment: SG3072.Element) throws(InstanceError) -> LinearRelation<SG3072> {
        try LinearRelation(
            elements: [SG3072.attributes[ClaimAttribute.holder], commitment],
            equations: [.init(image: [.init(element: 2)], terms: [.init(scalar: 0, element: 0), .init(scalar: 1, element: 1)])])
    }

    private static func tag(_ context: [UInt8]) -> [UInt8] {
        let digits = Hash.labelled(.holderContext, context).description
        return Array("CORDON-V01-HOLDER-\(digits)-CMPT-with-\(SG3072.suite)".utf8)
    }
}

/// What makes claims a holder's own: one number for all of a patient's claims, and one for each clinic that hides it.
package struct HolderSecret: ~Copyable, Sendable {
    let key: SecretBytes

    /// h
    func secret() -> SG3072.SecretScalar { scalar("cordon/holder/v1", []) }

    /// rho0
    func blinding(for clinic: Ed25519.PublicKey) -> SG3072.SecretScalar { scalar("cordon/holder-blinding/v1", clinic.bytes) }

    /// rho0 and h.
    fileprivate func opening(for clinic: Ed25519.PublicKey) -> SG3072.SecretScalars {
        SG3072.SecretScalars(count: 2) { $0 == 0 ? blinding(for: clinic) : secret() }
    }

    /// A: the same on every card for a clinic.
    package func commitment(for clinic: Ed25519.PublicKey) -> SG3072.Element {
        SG3072.commit(opening(for: clinic), to: [SG3072.blinding, SG3072.attributes[ClaimAttribute.holder]])
    }

    private func scalar(_ label: String, _ bytes: [UInt8]) -> SG3072.SecretScalar {
        SG3072.SecretScalar(reducing: HKDF.deriveKey(from: key, info: Array(label.utf8) + bytes, count: 48))
    }
}

extension Keyring {
    package borrowing func holderSecret() -> HolderSecret {
        HolderSecret(key: SubkeyDerivation.deriveKey(from: seed, number: 0, context: "cdn-hold"))
    }
}
