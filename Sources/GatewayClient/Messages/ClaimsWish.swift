package import CryptoPrimitives
package import SharingContract

/// A patient asks an issuer for new copies of a claims set. It shows one copy, which the issuer signed, so that nothing new can be claimed.
/// docs/proofs.md, section 8.
package struct ClaimsWish: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 1 << 14

    package let issuer: Ed25519.PublicKey
    /// The patient's, by which the issuer knows the card.
    package let inbox: Ed25519.PublicKey
    package let record: Descriptor.RecordID
    package let version: UInt32
    /// With one copy.
    package let set: ClaimSet
    private let signature: Ed25519.Signature

    package init(
        to issuer: Ed25519.PublicKey, record: Descriptor.RecordID, version: UInt32, set: ClaimSet,
        signingWith inbox: borrowing Ed25519.PrivateKey, origin: TextLine
    ) {
        self.issuer = issuer
        self.inbox = inbox.publicKey
        self.record = record
        self.version = version
        self.set = set
        signature = inbox.sign(.claimsWish, origin: origin, Self.unsignedBytes(issuer, inbox.publicKey, record, version, set))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        issuer = try reader.value()
        inbox = try reader.value()
        record = try reader.value()
        version = try reader.integer(UInt32.self)
        set = try reader.value()
        guard set.copies.count == 1 else { throw .notCanonical }
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(issuer, inbox, record, version, set))
        writer.signature(signature)
    }

    package func verifySignature(origin: TextLine) throws(Ed25519.SignatureError) {
        try inbox.verify(signature, .claimsWish, origin: origin, Self.unsignedBytes(issuer, inbox, record, version, set))
    }

    private static func unsignedBytes(
        _ issuer: Ed25519.PublicKey, _ inbox: Ed25519.PublicKey, _ record: Descriptor.RecordID, _ version: UInt32, _ set: ClaimSet
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(issuer)
        writer.value(inbox)
        writer.value(record)
        writer.integer(version)
        writer.value(set)
        return writer.bytes
    }
}
