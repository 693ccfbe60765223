package import CryptoPrimitives

/// To whom a depositor seals: the compartment itself and the pseudonyms of its live grants, in random order. No grant, no grantee.
package struct RecipientList: CanonicalCodable, Hashable, Sendable {
    package static let maximumRecipients = 256
    package static let maximumSize = 32 + 8 + 32 + RecipientKey.count + 2 + maximumRecipients * RecipientKey.count + 64

    package let compartment: Ed25519.PublicKey
    package let serial: UInt64
    /// Hash of the list before; zero for serial 0.
    package let previous: Hash
    /// The compartment's own recipient.
    package let own: RecipientKey
    package let recipients: [RecipientKey]
    package let signature: Ed25519.Signature

    /// The list that follows `previous`, or the first. At most 256 recipients; a repeated one stands once.
    package init(
        signingWith key: borrowing Ed25519.PrivateKey, origin: TextLine, following previous: RecipientList?, own: RecipientKey,
        recipients: Set<RecipientKey>
    ) {
        precondition(recipients.count <= Self.maximumRecipients, "a list has at most 256 recipients")
        precondition(!recipients.contains(own), "a compartment's own recipient is no other's")
        var generator = SecureRandomNumberGenerator()
        compartment = key.publicKey
        serial = previous.map { $0.serial + 1 } ?? 0
        self.previous = previous?.hash ?? Hash(.zero)
        self.own = own
        self.recipients = recipients.shuffled(using: &generator)
        let bytes = Self.unsignedBytes(compartment, serial, self.previous, own, self.recipients)
        signature = key.sign(.recipientList, origin: origin, bytes)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        serial = try reader.integer(UInt64.self)
        previous = try reader.value()
        guard (serial == 0) == (previous.value == .zero) else { throw .notCanonical }
        own = try reader.recipient()
        recipients = try reader.list(length: UInt16.self, atMost: Self.maximumRecipients) { reader throws(FormatError) in
            try reader.recipient()
        }
        guard Set(recipients).count == recipients.count, !recipients.contains(own) else { throw .notCanonical }
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(unsignedBytes)
        writer.signature(signature)
    }

    package var hash: Hash { .labelled(.recipientList, unsignedBytes) }

    package func verifySignature(origin: TextLine) throws(Ed25519.SignatureError) {
        try compartment.verify(signature, .recipientList, origin: origin, unsignedBytes)
    }

    private var unsignedBytes: [UInt8] {
        Self.unsignedBytes(compartment, serial, previous, own, recipients)
    }

    private static func unsignedBytes(
        _ compartment: Ed25519.PublicKey, _ serial: UInt64, _ previous: Hash, _ own: RecipientKey, _ recipients: [RecipientKey]
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(compartment)
        writer.integer(serial)
        writer.value(previous)
        writer.recipient(own)
        writer.list(recipients, length: UInt16.self) { $0.recipient($1) }
        return writer.bytes
    }
}
