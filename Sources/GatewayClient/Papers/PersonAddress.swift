package import CryptoPrimitives
package import SharingContract

/// What a person hands to a patient who wants to let him decide: how he is called, and where he is reached. His inbox key signs.
package struct PersonAddress: Paper, Hashable, Sendable {
    package static let kind = "PERSON"
    package static let name = "personal address"
    package static let maximumSize = Pin.maximumSize + 256 + 32 + RecipientKey.count + 64

    package let pin: Pin
    package let name: TextLine
    package let inbox: Ed25519.PublicKey
    package let inboxRecipient: RecipientKey
    private let signature: Ed25519.Signature

    package init(pin: Pin, name: TextLine, inboxRecipient: RecipientKey, signingWith inbox: borrowing Ed25519.PrivateKey) {
        self.pin = pin
        self.name = name
        self.inbox = inbox.publicKey
        self.inboxRecipient = inboxRecipient
        signature = inbox.sign(
            .person, origin: pin.origin, Self.unsignedBytes(pin, name, inbox.publicKey, inboxRecipient))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        pin = try reader.value()
        name = try reader.text()
        guard !name.text.isEmpty else { throw .notCanonical }
        inbox = try reader.value()
        inboxRecipient = try reader.recipient()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(pin, name, inbox, inboxRecipient))
        writer.signature(signature)
    }

    package func verify() throws(ClientError) {
        do {
            try inbox.verify(signature, .person, origin: pin.origin, Self.unsignedBytes(pin, name, inbox, inboxRecipient))
        } catch {
            throw .notVerified(.paperNotAuthentic)
        }
    }

    private static func unsignedBytes(
        _ pin: Pin, _ name: TextLine, _ inbox: Ed25519.PublicKey, _ recipient: RecipientKey
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(pin)
        writer.text(name)
        writer.value(inbox)
        writer.recipient(recipient)
        return writer.bytes
    }
}
