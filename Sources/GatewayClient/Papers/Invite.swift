package import CryptoPrimitives

/// What a clinic hands to a patient: which ledger, which gateway, which clinic.
package struct Invite: Paper, Hashable, Sendable {
    package static let kind = "INVITE"
    package static let maximumSize = Pin.maximumSize + 32 + 256 + 64

    package let pin: Pin
    package let clinic: Ed25519.PublicKey
    package let name: TextLine
    private let signature: Ed25519.Signature

    package init(pin: Pin, name: TextLine, signingWith key: borrowing Ed25519.PrivateKey) {
        self.pin = pin
        clinic = key.publicKey
        self.name = name
        signature = key.sign(.invite, origin: pin.origin, Self.unsignedBytes(pin, key.publicKey, name))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        pin = try reader.value()
        clinic = try reader.value()
        name = try reader.text()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(pin, clinic, name))
        writer.signature(signature)
    }

    package func verify() throws(ClientError) {
        do {
            try clinic.verify(signature, .invite, origin: pin.origin, Self.unsignedBytes(pin, clinic, name))
        } catch {
            throw .notVerified(.paperNotAuthentic)
        }
    }

    private static func unsignedBytes(_ pin: Pin, _ clinic: Ed25519.PublicKey, _ name: TextLine) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(pin)
        writer.value(clinic)
        writer.text(name)
        return writer.bytes
    }
}
