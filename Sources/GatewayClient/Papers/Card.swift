package import CryptoPrimitives
package import SharingContract

/// What a patient gives to one clinic, so that it can deposit and write to the patient: never the same card twice.
package struct Card: Paper, Hashable, Sendable {
    package static let kind = "CARD"
    package static let maximumCompartments = 96
    package static let maximumSize = 1 << 20

    /// One compartment, ready to be opened at its first use.
    package struct Slot: Hashable, Sendable {
        package let category: UInt16
        /// The signed entry that opens it on the ledger.
        package let entry: Entry
        /// The newest list when the card was made.
        package let list: RecipientList
        package let permission: DepositPermission

        package init(category: UInt16, entry: Entry, list: RecipientList, permission: DepositPermission) {
            self.category = category
            self.entry = entry
            self.list = list
            self.permission = permission
        }

        package var compartment: Ed25519.PublicKey { list.compartment }
    }

    package let pin: Pin
    package let name: TextLine
    package let clinic: Ed25519.PublicKey
    package let inbox: Ed25519.PublicKey
    package let inboxRecipient: RecipientKey
    package let slots: [Slot]
    /// Of records that a minor's own consent made: no guardian may learn of them, and all that is deposited is labelled so.
    package let isConfidential: Bool
    /// With it the clinic signs claims that only this patient can show.
    package let holder: HolderCommitment?
    private let signature: Ed25519.Signature

    package init(
        pin: Pin, name: TextLine, clinic: Ed25519.PublicKey, inboxRecipient: RecipientKey, slots: [Slot],
        isConfidential: Bool = false, signingWith inbox: borrowing Ed25519.PrivateKey,
        committing commit: (_ context: [UInt8]) -> HolderCommitment? = { _ in nil }
    ) {
        self.pin = pin
        self.name = name
        self.clinic = clinic
        self.inbox = inbox.publicKey
        self.inboxRecipient = inboxRecipient
        self.slots = slots.sorted { $0.category < $1.category }
        self.isConfidential = isConfidential
        var writer = CanonicalWriter()
        Self.encode(to: &writer, pin, name, clinic, inbox.publicKey, inboxRecipient, self.slots, isConfidential)
        holder = commit(writer.bytes)
        writer.optional(holder) { $0.value($1) }
        let bytes = writer.bytes
        signature = inbox.sign(.card, origin: pin.origin, bytes)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        pin = try reader.value()
        name = try reader.text()
        clinic = try reader.value()
        inbox = try reader.value()
        inboxRecipient = try reader.recipient()
        slots = try reader.list(length: UInt8.self, atMost: Self.maximumCompartments) { reader throws(FormatError) in
            Slot(
                category: try reader.integer(UInt16.self),
                entry: try Entry(canonical: try reader.string(length: UInt16.self, atMost: Entry.maximumSize)),
                list: try RecipientList(canonical: try reader.string(length: UInt32.self, atMost: RecipientList.maximumSize)),
                permission: try reader.value())
        }
        guard slots.isAscending(by: \.category) else { throw .notCanonical }
        isConfidential = try reader.flag()
        holder = try reader.optional { reader throws(FormatError) in try reader.value() }
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(unsignedBytes)
        writer.signature(signature)
    }

    /// Throws unless every part is signed by the key it names, for this ledger and this clinic, and whoever made the card knows what its
    /// holder commitment hides.
    package func verify() throws(ClientError) {
        do {
            try inbox.verify(signature, .card, origin: pin.origin, unsignedBytes)
            for slot in slots {
                try slot.entry.verifySignatures()
                try slot.list.verifySignature(origin: pin.origin)
                try slot.permission.verifySignature(origin: pin.origin)
            }
        } catch {
            throw .notVerified(.paperNotAuthentic)
        }
        try holder?.verify(context: contextBytes)
        for slot in slots {
            guard case .compartment(let compartment) = slot.entry.event, slot.entry.origin == pin.origin,
                slot.entry.signatures.map(\.key) == [compartment.key], compartment.key == slot.list.compartment,
                compartment.key == slot.permission.compartment, slot.permission.clinic == clinic
            else { throw .notVerified(.paperNotAuthentic) }
        }
    }

    private var unsignedBytes: [UInt8] {
        var writer = CanonicalWriter()
        writer.fixed(contextBytes)
        writer.optional(holder) { $0.value($1) }
        return writer.bytes
    }

    /// What the holder commitment is for.
    private var contextBytes: [UInt8] {
        var writer = CanonicalWriter()
        Self.encode(to: &writer, pin, name, clinic, inbox, inboxRecipient, slots, isConfidential)
        return writer.bytes
    }

    private static func encode(
        to writer: inout CanonicalWriter, _ pin: Pin, _ name: TextLine, _ clinic: Ed25519.PublicKey, _ inbox: Ed25519.PublicKey,
        _ inboxRecipient: RecipientKey, _ slots: [Slot], _ isConfidential: Bool
    ) {
        writer.value(pin)
        writer.text(name)
        writer.value(clinic)
        writer.value(inbox)
        writer.recipient(inboxRecipient)
        writer.list(slots, length: UInt8.self) { writer, slot in
            writer.integer(slot.category)
            writer.string(slot.entry.canonicalBytes, length: UInt16.self)
            writer.string(slot.list.canonicalBytes, length: UInt32.self)
            writer.value(slot.permission)
        }
        writer.flag(isConfidential)
    }
}
