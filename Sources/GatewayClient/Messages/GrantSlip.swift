package import CryptoPrimitives
package import SharingContract

/// What a grantee gets with a grant: where it stands, what it says, and from whom. The grant's control key signs.
package struct GrantSlip: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 8 + 32 + 4 + GrantBody.maximumSize + 256 + 32 + RecipientKey.count + 64

    package let grant: Ed25519.PublicKey
    package let leaf: UInt64
    package let salt: Bytes32
    package let body: GrantBody
    /// How the patient wants to be called.
    package let name: TextLine
    package let inbox: Ed25519.PublicKey
    package let inboxRecipient: RecipientKey
    private let signature: Ed25519.Signature

    /// Where the patient is reached.
    package struct Sender: Sendable {
        package let name: TextLine
        package let inbox: Ed25519.PublicKey
        package let inboxRecipient: RecipientKey

        package init(name: TextLine, inbox: Ed25519.PublicKey, inboxRecipient: RecipientKey) {
            self.name = name
            self.inbox = inbox
            self.inboxRecipient = inboxRecipient
        }
    }

    package init(
        leaf: UInt64, salt: Bytes32, body: GrantBody, from sender: Sender, signingWith control: borrowing Ed25519.PrivateKey,
        origin: TextLine
    ) {
        grant = control.publicKey
        self.leaf = leaf
        self.salt = salt
        self.body = body
        name = sender.name
        inbox = sender.inbox
        inboxRecipient = sender.inboxRecipient
        signature = control.sign(.slip, origin: origin, Self.unsignedBytes(control.publicKey, leaf, salt, body, sender))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        grant = try reader.value()
        leaf = try reader.integer(UInt64.self)
        salt = try reader.bytes32()
        body = try GrantBody(canonical: try reader.string(length: UInt32.self, atMost: GrantBody.maximumSize))
        name = try reader.text()
        inbox = try reader.value()
        inboxRecipient = try reader.recipient()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(unsignedBytes)
        writer.signature(signature)
    }

    package func verifySignature(origin: TextLine) throws(Ed25519.SignatureError) {
        try grant.verify(signature, .slip, origin: origin, unsignedBytes)
    }

    private var unsignedBytes: [UInt8] {
        Self.unsignedBytes(grant, leaf, salt, body, Sender(name: name, inbox: inbox, inboxRecipient: inboxRecipient))
    }

    private static func unsignedBytes(
        _ grant: Ed25519.PublicKey, _ leaf: UInt64, _ salt: Bytes32, _ body: GrantBody, _ sender: Sender
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(grant)
        writer.integer(leaf)
        writer.bytes32(salt)
        writer.string(body.canonicalBytes, length: UInt32.self)
        writer.text(sender.name)
        writer.value(sender.inbox)
        writer.recipient(sender.inboxRecipient)
        return writer.bytes
    }
}
