package import CryptoPrimitives
package import SharingContract

/// What an organisation hands to a member in order to be admitted. Its key signs, so that nobody applies with another's.
package struct Application: Paper, Hashable, Sendable {
    package static let kind = "APPLICATION"
    package static let maximumSize = Pin.maximumSize + 1 + 256 + 32 + RecipientKey.count + 257 + 256 + 64

    package let pin: Pin
    package let role: Actor.Role
    package let name: TextLine
    package let key: Ed25519.PublicKey
    package let recipient: RecipientKey
    package let mandate: TextLine?
    package let identifiers: TextLine
    private let signature: Ed25519.Signature

    package init(
        pin: Pin, role: Actor.Role, name: TextLine, recipient: RecipientKey, mandate: TextLine?, identifiers: TextLine,
        signingWith key: borrowing Ed25519.PrivateKey
    ) {
        self.pin = pin
        self.role = role
        self.name = name
        self.key = key.publicKey
        self.recipient = recipient
        self.mandate = mandate
        self.identifiers = identifiers
        let bytes = Self.unsignedBytes(pin, role, name, key.publicKey, recipient, mandate, identifiers)
        signature = key.sign(.application, origin: pin.origin, bytes)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        pin = try reader.value()
        guard let role = Actor.Role(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.role = role
        name = try reader.text()
        key = try reader.value()
        recipient = try reader.recipient()
        mandate = try reader.optional { reader throws(FormatError) in try reader.text() }
        guard !name.isEmpty, (mandate != nil) == (role == .auditor) else { throw .notCanonical }
        identifiers = try reader.text()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(pin, role, name, key, recipient, mandate, identifiers))
        writer.signature(signature)
    }

    package func verify() throws(ClientError) {
        let bytes = Self.unsignedBytes(pin, role, name, key, recipient, mandate, identifiers)
        do {
            try key.verify(signature, .application, origin: pin.origin, bytes)
        } catch {
            throw .notVerified(.paperNotAuthentic)
        }
    }

    private static func unsignedBytes(
        _ pin: Pin, _ role: Actor.Role, _ name: TextLine, _ key: Ed25519.PublicKey, _ recipient: RecipientKey, _ mandate: TextLine?,
        _ identifiers: TextLine
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(pin)
        writer.integer(role.rawValue)
        writer.text(name)
        writer.value(key)
        writer.recipient(recipient)
        writer.optional(mandate) { $0.text($1) }
        writer.text(identifiers)
        return writer.bytes
    }
}
