package import CryptoPrimitives

/// What one party declares to the ledger: public fields, a commitment to the body that stays off it, and signatures.
///
///     text  origin
///     u8    kind
///     …     public fields of the kind
///     hash  body commitment
///     list8 signatures of (key, sig), ascending by key
///
/// docs/formats.md, section 4.1.
package struct Entry: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 16_380
    package static let maximumSignatures = 64

    package let origin: TextLine
    package let event: Event
    package let bodyCommitment: Hash
    package private(set) var signatures: [EntrySignature]

    package init(origin: TextLine, event: Event, bodyCommitment: Hash) {
        self.origin = origin
        self.event = event
        self.bodyCommitment = bodyCommitment
        signatures = []
    }

    /// An entry of a kind that has no body.
    package init(origin: TextLine, bodiless event: Event) {
        self.init(origin: origin, event: event, bodyCommitment: EmptyBody.commitment(for: event.kind))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        origin = try reader.text()
        event = try Event(from: &reader)
        bodyCommitment = try reader.value()
        signatures = try reader.list(length: UInt8.self, atMost: Self.maximumSignatures) { reader throws(FormatError) in
            EntrySignature(key: try reader.value(), signature: try reader.signature())
        }
        guard signatures.isAscending(by: \.key) else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        encodeUnsigned(to: &writer)
        writer.list(signatures, length: UInt8.self) { writer, signature in
            writer.value(signature.key)
            writer.signature(signature.signature)
        }
    }

    private func encodeUnsigned(to writer: inout CanonicalWriter) {
        writer.text(origin)
        event.encode(to: &writer)
        writer.value(bodyCommitment)
    }
}

package struct EntrySignature: Hashable, Sendable {
    package let key: Ed25519.PublicKey
    package let signature: Ed25519.Signature
}

extension Entry {
    /// What each signature covers: the entry with an empty signature list.
    private var signedBytes: [UInt8] {
        var writer = CanonicalWriter()
        encodeUnsigned(to: &writer)
        writer.integer(0 as UInt8)
        return writer.bytes
    }

    /// Adds a signature, or replaces the one this key gave before.
    package mutating func sign(with key: borrowing Ed25519.PrivateKey) {
        let signature = EntrySignature(key: key.publicKey, signature: key.sign(.entry, origin: origin, signedBytes))
        signatures.removeAll { $0.key == signature.key }
        signatures.append(signature)
        signatures.sort { $0.key < $1.key }
    }

    package func signed(with key: borrowing Ed25519.PrivateKey) -> Entry {
        var entry = self
        entry.sign(with: key)
        return entry
    }

    package func verifySignatures() throws(Ed25519.SignatureError) {
        let bytes = signedBytes
        for signature in signatures {
            try signature.key.verify(signature.signature, .entry, origin: origin, bytes)
        }
    }
}

/// What the ledger holds and RFC 6962 hashes: the sequencer's minute, then the entry.
package struct Leaf: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = Entry.maximumSize + 4

    package let time: Minute
    package let entry: Entry

    package init(time: Minute, entry: Entry) {
        self.time = time
        self.entry = entry
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        time = try reader.minute()
        entry = try reader.value()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.minute(time)
        writer.value(entry)
    }
}
