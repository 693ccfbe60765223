package import CryptoPrimitives

/// Sealed records of one compartment, taken in by a gateway. The descriptors are committed in the tree alone.
package struct Deposit: Hashable, Sendable {
    /// Root of the slot tree of descriptor commitments.
    package let root: Hash

    package init(root: Hash) {
        self.root = root
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        root = try reader.value()
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(root)
    }
}

package struct DepositBody: Body, Hashable {
    package static let kind = Event.Kind.deposit
    package static let maximumSize = 32 + 32 + DepositPermission.maximumSize

    package let compartment: Ed25519.PublicKey
    /// The list the depositor sealed to. The gateway takes none but the newest.
    package let recipientList: Hash
    package let permission: DepositPermission

    package init(compartment: Ed25519.PublicKey, recipientList: Hash, permission: DepositPermission) {
        self.compartment = compartment
        self.recipientList = recipientList
        self.permission = permission
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        recipientList = try reader.value()
        permission = try reader.value()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(compartment)
        writer.value(recipientList)
        writer.value(permission)
    }
}

/// The patient's leave for one clinic to put records into one compartment, until a day.
package struct DepositPermission: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 32 + 4 + 64

    package let compartment: Ed25519.PublicKey
    package let clinic: Ed25519.PublicKey
    /// The first day on which it does not hold any more.
    package let until: Day
    package let signature: Ed25519.Signature

    package init(
        signingWith key: borrowing Ed25519.PrivateKey, origin: TextLine, clinic: Ed25519.PublicKey, until: Day
    ) {
        compartment = key.publicKey
        self.clinic = clinic
        self.until = until
        signature = key.sign(.depositPermission, origin: origin, Self.signedBytes(key.publicKey, clinic, until))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        clinic = try reader.value()
        until = try reader.day()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.signedBytes(compartment, clinic, until))
        writer.signature(signature)
    }

    package func verifySignature(origin: TextLine) throws(Ed25519.SignatureError) {
        try compartment.verify(signature, .depositPermission, origin: origin, Self.signedBytes(compartment, clinic, until))
    }

    private static func signedBytes(_ compartment: Ed25519.PublicKey, _ clinic: Ed25519.PublicKey, _ until: Day) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(compartment)
        writer.value(clinic)
        writer.day(until)
        return writer.bytes
    }
}
