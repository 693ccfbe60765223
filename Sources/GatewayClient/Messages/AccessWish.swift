package import CryptoPrimitives
package import MedicalRecords

/// A clinic's wish for access, to one patient's inbox. Silence is a refusal, and the clinic is told nothing but that it was delivered.
package struct AccessWish: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 32 + 2 + 1 + 4 + 256 + 64

    package let actor: Ed25519.PublicKey
    /// The inbox it was written for, so that it means nothing in another.
    package let inbox: Ed25519.PublicKey
    package let category: UInt16
    package let purpose: PurposeOfUse
    package let until: Day
    package let note: TextLine
    private let signature: Ed25519.Signature

    package init(
        inbox: Ed25519.PublicKey, category: UInt16, purpose: PurposeOfUse, until: Day, note: TextLine,
        signingWith key: borrowing Ed25519.PrivateKey, origin: TextLine
    ) {
        actor = key.publicKey
        self.inbox = inbox
        self.category = category
        self.purpose = purpose
        self.until = until
        self.note = note
        signature = key.sign(.ask, origin: origin, Self.unsignedBytes(key.publicKey, inbox, category, purpose, until, note))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        actor = try reader.value()
        inbox = try reader.value()
        category = try reader.integer(UInt16.self)
        guard let purpose = PurposeOfUse(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.purpose = purpose
        until = try reader.day()
        note = try reader.text()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(actor, inbox, category, purpose, until, note))
        writer.signature(signature)
    }

    package func verifySignature(origin: TextLine) throws(Ed25519.SignatureError) {
        try actor.verify(signature, .ask, origin: origin, Self.unsignedBytes(actor, inbox, category, purpose, until, note))
    }

    private static func unsignedBytes(
        _ actor: Ed25519.PublicKey, _ inbox: Ed25519.PublicKey, _ category: UInt16, _ purpose: PurposeOfUse, _ until: Day,
        _ note: TextLine
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(actor)
        writer.value(inbox)
        writer.integer(category)
        writer.integer(purpose.rawValue)
        writer.day(until)
        writer.text(note)
        return writer.bytes
    }
}
