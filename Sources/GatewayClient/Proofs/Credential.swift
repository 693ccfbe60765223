package import CryptoPrimitives
package import MedicalRecords
import SharingContract

/// What an issuer signs: one commitment to claims under a schema, and for which days. docs/proofs.md, section 3.
package struct Credential: Hashable, Sendable {
    package let issuer: Ed25519.PublicKey
    package let validity: Validity
    package let signature: Ed25519.Signature
    package let commitment: SG3072.Element

    init(
        issuer: Ed25519.PublicKey, validity: Validity, signature: Ed25519.Signature, commitment: SG3072.Element
    ) {
        (self.issuer, self.validity, self.signature, self.commitment) = (issuer, validity, signature, commitment)
    }

    init(
        _ commitment: SG3072.Element, of schema: ClaimsSchema, validity: Validity, origin: TextLine,
        signingWith issuer: borrowing Ed25519.PrivateKey
    ) {
        self.issuer = issuer.publicKey
        self.validity = validity
        self.commitment = commitment
        signature = issuer.sign(.credential, origin: origin, Self.signedBytes(schema, commitment, validity))
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        issuer = try reader.value()
        validity = try Validity(from: &reader)
        signature = try reader.signature()
        commitment = try SG3072.Element(decoding: try reader.fixed(SG3072.Element.size))
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(issuer)
        validity.encode(to: &writer)
        writer.signature(signature)
        writer.fixed(commitment.encoded)
    }

    /// Throws unless the issuer signed this for this ledger.
    func verify(_ schema: ClaimsSchema, origin: TextLine) throws(ClientError) {
        do {
            try issuer.verify(signature, .credential, origin: origin, Self.signedBytes(schema, commitment, validity))
        } catch {
            throw .notVerified(.claimsNotSigned)
        }
    }

    /// What stands for it in a tree of anchors.
    var anchor: Hash { .labelled(.anchor, commitment.encoded, signature.bytes) }

    private static func signedBytes(_ schema: ClaimsSchema, _ commitment: SG3072.Element, _ validity: Validity) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(schema.hash)
        writer.value(SHA256.hash(commitment.encoded))
        validity.encode(to: &writer)
        return writer.bytes
    }
}

extension ClaimsSchema {
    /// What stands for the schema in signatures, commitments and statements.
    package var hash: Hash { .labelled(.claimsSchema, canonicalBytes) }
}
