import AccessPolicy
package import CryptoPrimitives
import ZeroKnowledge

/// A patient's secret, committed to for one clinic, and the proof of knowing it: with it the clinic signs claims for a holder who is not
/// there. docs/proofs.md, section 4.
package struct HolderCommitment: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = SG3072.Element.size + HolderRelation.proofSize

    package let commitment: SG3072.Element
    private let proof: [UInt8]

    /// - Parameter context: what the card says before it.
    package init(_ holder: borrowing HolderSecret, for clinic: Ed25519.PublicKey, context: [UInt8]) {
        self.init(holder, for: clinic, context: context, randomness: SecretBytes.random(count: 32))
    }

    /// With given randomness, for published vectors alone.
    init(_ holder: borrowing HolderSecret, for clinic: Ed25519.PublicKey, context: [UInt8], randomness: borrowing SecretBytes) {
        commitment = holder.commitment(for: clinic)
        proof = HolderRelation.prove(
            commitment, holder.opening(for: clinic), tag: Self.tag(context), secret: holder.key, randomness: randomness)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        commitment = try SG3072.Element(decoding: try reader.fixed(SG3072.Element.size))
        proof = try reader.fixed(HolderRelation.proofSize)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(commitment.encoded)
        writer.fixed(proof)
    }

    /// Throws unless whoever made the card that says this knows what is committed to.
    package func verify(context: [UInt8]) throws(ClientError) {
        do {
            try HolderRelation.verify(proof, of: commitment, tag: Self.tag(context))
        } catch {
            throw .notVerified(.paperNotAuthentic)
        }
    }

    private static func tag(_ context: [UInt8]) -> [UInt8] {
        HolderRelation.tag(.card, Hash.labelled(.holderContext, context))
    }
}

/// What makes claims a holder's own: one number for all of a patient's claims, and one for each clinic that hides it.
package struct HolderSecret: ~Copyable, Sendable {
    let key: SecretBytes

    /// h
    func secret() -> SG3072.SecretScalar { scalar("cordon/holder/v1", []) }

    /// rho0
    func blinding(for clinic: Ed25519.PublicKey) -> SG3072.SecretScalar { scalar("cordon/holder-blinding/v1", clinic.bytes) }

    /// rho of a grant.
    private func grantBlinding(for control: Ed25519.PublicKey) -> SG3072.SecretScalar {
        scalar("cordon/grant-blinding/v1", control.bytes)
    }

    /// rho of a grant and h.
    func grantOpening(for control: Ed25519.PublicKey) -> SG3072.SecretScalars {
        HolderRelation.opening(blinding: grantBlinding(for: control), secret: secret())
    }

    /// rho0 and h.
    fileprivate func opening(for clinic: Ed25519.PublicKey) -> SG3072.SecretScalars {
        HolderRelation.opening(blinding: blinding(for: clinic), secret: secret())
    }

    /// A: the same on every card for a clinic.
    package func commitment(for clinic: Ed25519.PublicKey) -> SG3072.Element {
        HolderRelation.commitment(opening(for: clinic))
    }

    /// What a grant of this holder's carries for proofs of consent.
    func commitment(to attributes: GrantAttributes, of control: Ed25519.PublicKey, origin: TextLine) -> GrantCommitment {
        GrantCommitment(
            to: attributes, of: control, origin: origin,
            opening: grantOpening(for: control), secret: key, randomness: SecretBytes.random(count: 32))
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
