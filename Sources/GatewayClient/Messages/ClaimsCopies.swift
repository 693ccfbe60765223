package import CryptoPrimitives
package import SharingContract

/// New copies of a claims set, for the patient who asked. docs/proofs.md, section 8.
package struct ClaimsCopies: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 32 + 32 + 4 + 32 + 1 + ClaimSet.maximumCopies * 96 + 64

    package let issuer: Ed25519.PublicKey
    package let inbox: Ed25519.PublicKey
    package let record: Descriptor.RecordID
    package let version: UInt32
    /// `ClaimSet.claimsHash` of the set that was asked for.
    package let set: Hash
    package let copies: [ClaimSet.Copy]
    private let signature: Ed25519.Signature

    package init(
        answering wish: ClaimsWish, with copies: [ClaimSet.Copy], signingWith issuer: borrowing Ed25519.PrivateKey, origin: TextLine
    ) {
        self.issuer = issuer.publicKey
        inbox = wish.inbox
        record = wish.record
        version = wish.version
        set = wish.set.claimsHash
        self.copies = copies
        signature = issuer.sign(
            .claimsCopies, origin: origin, Self.unsignedBytes(issuer.publicKey, inbox, record, version, set, copies))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        issuer = try reader.value()
        inbox = try reader.value()
        record = try reader.value()
        version = try reader.integer(UInt32.self)
        set = try reader.value()
        copies = try reader.claimCopies()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(issuer, inbox, record, version, set, copies))
        writer.signature(signature)
    }

    package func verifySignature(origin: TextLine) throws(Ed25519.SignatureError) {
        try issuer.verify(signature, .claimsCopies, origin: origin, Self.unsignedBytes(issuer, inbox, record, version, set, copies))
    }

    private static func unsignedBytes(
        _ issuer: Ed25519.PublicKey, _ inbox: Ed25519.PublicKey, _ record: Descriptor.RecordID, _ version: UInt32, _ set: Hash,
        _ copies: [ClaimSet.Copy]
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(issuer)
        writer.value(inbox)
        writer.value(record)
        writer.integer(version)
        writer.value(set)
        writer.claimCopies(copies)
        return writer.bytes
    }
}
