package import CryptoPrimitives

/// What an organisation hands to a member in order to become one, or in order to go on under a new key. Its key signs, so that nobody
/// proposes another's. docs/formats.md, section 5.
package struct Candidacy: Paper, Hashable, Sendable {
    package static let kind = "CANDIDACY"
    package static let maximumSize = Pin.maximumSize + 256 + 256 + 32 + 64

    package let pin: Pin
    package let name: TextLine
    /// The base address of its gateway, or of the one it will run.
    package let address: TextLine
    package let key: Ed25519.PublicKey
    private let signature: Ed25519.Signature

    package init(pin: Pin, name: TextLine, address: TextLine, signingWith key: borrowing Ed25519.PrivateKey) {
        self.pin = pin
        self.name = name
        self.address = address
        self.key = key.publicKey
        signature = key.sign(.candidacy, origin: pin.origin, Self.unsignedBytes(pin, name, address, key.publicKey))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        pin = try reader.value()
        name = try reader.text()
        address = try reader.text()
        guard !name.isEmpty, !address.isEmpty else { throw .notCanonical }
        key = try reader.value()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(pin, name, address, key))
        writer.signature(signature)
    }

    package func verify() throws(ClientError) {
        do {
            try key.verify(signature, .candidacy, origin: pin.origin, Self.unsignedBytes(pin, name, address, key))
        } catch {
            throw .notVerified(.paperNotAuthentic)
        }
    }

    private static func unsignedBytes(
        _ pin: Pin, _ name: TextLine, _ address: TextLine, _ key: Ed25519.PublicKey
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(pin)
        writer.text(name)
        writer.text(address)
        writer.value(key)
        return writer.bytes
    }
}
