package import CryptoPrimitives

/// A desk's word that there is an emergency, on the ledger before anything is asked for because of it.
///
/// The grant need not be there: a desk that knows of none draws a name, so that nobody can tell from the ledger whom it knows.
package struct EmergencyAccess: Hashable, Sendable {
    /// By its control key.
    package let grant: Ed25519.PublicKey
    /// The last day on which a member can look at it in time.
    package let due: Day

    package init(grant: Ed25519.PublicKey, due: Day) {
        self.grant = grant
        self.due = due
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        grant = try reader.value()
        due = try reader.day()
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(grant)
        writer.day(due)
    }
}

/// What a desk says of an emergency: why, and the four things that 42 CFR 2.51(c) wants written down beside the time, which is the leaf's.
package struct EmergencyDeclaration: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 32 + 1 + 5 * 256 + 1 + 32
    package static let minutes: ClosedRange<UInt8> = 1...240

    package struct Words: Hashable, Sendable {
        /// Why, in the desk's own words.
        package var explanation: TextLine
        /// Who among the medical personnel is given the records.
        package var recipient: TextLine
        /// Where that is.
        package var facility: TextLine
        /// Who discloses them.
        package var discloser: TextLine
        /// What kind of emergency it is.
        package var nature: TextLine

        package init(
            explanation: TextLine, recipient: TextLine, facility: TextLine, discloser: TextLine, nature: TextLine
        ) {
            self.explanation = explanation
            self.recipient = recipient
            self.facility = facility
            self.discloser = discloser
            self.nature = nature
        }
    }

    package let grant: Ed25519.PublicKey
    /// The emergency desk, by its actor key.
    package let desk: Ed25519.PublicKey
    /// A number of a closed list, which means nothing to the contract.
    package let reason: UInt8
    /// The explanation is not empty. Whether one of the others may be is for policies to say.
    package let words: Words
    /// For how long, from the leaf's minute on.
    package let minutes: UInt8
    package let nonce: Bytes32

    /// `nil` without an explanation, or for a time that no declaration has.
    package init?(
        grant: Ed25519.PublicKey, desk: Ed25519.PublicKey, reason: UInt8, words: Words, minutes: UInt8, nonce: Bytes32
    ) {
        guard !words.explanation.isEmpty, Self.minutes.contains(minutes) else { return nil }
        self.grant = grant
        self.desk = desk
        self.reason = reason
        self.words = words
        self.minutes = minutes
        self.nonce = nonce
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        grant = try reader.value()
        desk = try reader.value()
        reason = try reader.integer(UInt8.self)
        words = Words(
            explanation: try reader.text(), recipient: try reader.text(), facility: try reader.text(),
            discloser: try reader.text(), nature: try reader.text())
        minutes = try reader.integer(UInt8.self)
        nonce = try reader.bytes32()
        guard !words.explanation.isEmpty, Self.minutes.contains(minutes) else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(grant)
        writer.value(desk)
        writer.integer(reason)
        for text in [words.explanation, words.recipient, words.facility, words.discloser, words.nature] { writer.text(text) }
        writer.integer(minutes)
        writer.bytes32(nonce)
    }

    /// The first minute in which it does not hold any more.
    package func end(from opened: Minute) -> Minute {
        Minute(UInt32(clamping: UInt64(opened.number) + UInt64(minutes)))
    }

    /// By which the ledger tells that it has it already.
    package var hash: Hash { .labelled(.emergency, canonicalBytes) }
}

/// For the patient, the members and the auditor: the declaration, signed by the desk.
package struct EmergencyBody: Body, Hashable {
    package static let kind = Event.Kind.emergencyAccess
    package static let maximumSize = EmergencyDeclaration.maximumSize + 64

    package let declaration: EmergencyDeclaration
    package let signature: Ed25519.Signature

    package init(_ declaration: EmergencyDeclaration, signingWith key: borrowing Ed25519.PrivateKey, origin: TextLine) {
        self.declaration = declaration
        signature = key.sign(.emergency, origin: origin, declaration.canonicalBytes)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        declaration = try reader.value()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(declaration)
        writer.signature(signature)
    }

    package func verifySignature(origin: TextLine) throws(Ed25519.SignatureError) {
        try declaration.desk.verify(signature, .emergency, origin: origin, declaration.canonicalBytes)
    }
}
