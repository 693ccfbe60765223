package import CryptoPrimitives

/// A desk tells a patient that it has declared an emergency. What it declared stands on the ledger, and is not copied.
package struct EmergencyNotice: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 32 + 8 + 64

    package let actor: Ed25519.PublicKey
    package let inbox: Ed25519.PublicKey
    /// The leaf of the emergency access.
    package let leaf: UInt64
    private let signature: Ed25519.Signature

    package init(inbox: Ed25519.PublicKey, leaf: UInt64, signingWith key: borrowing Ed25519.PrivateKey, origin: TextLine) {
        actor = key.publicKey
        self.inbox = inbox
        self.leaf = leaf
        signature = key.sign(.emergencyNotice, origin: origin, Self.unsignedBytes(key.publicKey, inbox, leaf))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        actor = try reader.value()
        inbox = try reader.value()
        leaf = try reader.integer(UInt64.self)
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(actor, inbox, leaf))
        writer.signature(signature)
    }

    package func verifySignature(origin: TextLine) throws(Ed25519.SignatureError) {
        try actor.verify(signature, .emergencyNotice, origin: origin, Self.unsignedBytes(actor, inbox, leaf))
    }

    private static func unsignedBytes(_ actor: Ed25519.PublicKey, _ inbox: Ed25519.PublicKey, _ leaf: UInt64) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(actor)
        writer.value(inbox)
        writer.integer(leaf)
        return writer.bytes
    }
}
