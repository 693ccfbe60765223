package import CryptoPrimitives

/// A clinic tells a patient that records were deposited.
package struct DepositNotice: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 32 + 2 + 8 + 2 + 64

    package let actor: Ed25519.PublicKey
    package let inbox: Ed25519.PublicKey
    package let category: UInt16
    /// The deposit's leaf.
    package let leaf: UInt64
    package let count: UInt16
    private let signature: Ed25519.Signature

    package init(
        inbox: Ed25519.PublicKey, category: UInt16, leaf: UInt64, count: UInt16, signingWith key: borrowing Ed25519.PrivateKey,
        origin: TextLine
    ) {
        actor = key.publicKey
        self.inbox = inbox
        self.category = category
        self.leaf = leaf
        self.count = count
        signature = key.sign(.notice, origin: origin, Self.unsignedBytes(key.publicKey, inbox, category, leaf, count))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        actor = try reader.value()
        inbox = try reader.value()
        category = try reader.integer(UInt16.self)
        leaf = try reader.integer(UInt64.self)
        count = try reader.integer(UInt16.self)
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(actor, inbox, category, leaf, count))
        writer.signature(signature)
    }

    package func verifySignature(origin: TextLine) throws(Ed25519.SignatureError) {
        try actor.verify(signature, .notice, origin: origin, Self.unsignedBytes(actor, inbox, category, leaf, count))
    }

    private static func unsignedBytes(
        _ actor: Ed25519.PublicKey, _ inbox: Ed25519.PublicKey, _ category: UInt16, _ leaf: UInt64, _ count: UInt16
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(actor)
        writer.value(inbox)
        writer.integer(category)
        writer.integer(leaf)
        writer.integer(count)
        return writer.bytes
    }
}
