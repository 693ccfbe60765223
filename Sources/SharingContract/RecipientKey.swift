package import CryptoPrimitives

/// The public half of a hybrid age identity (`mlkem768x25519`), 1,216 bytes. The contract stores and compares it and can do nothing
/// else with it: wrapping needs EnvelopeEncryption.
package struct RecipientKey: Hashable, Sendable {
    package static let count = 1_216
    package let bytes: [UInt8]

    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// A short name for tables.
    package var name: Hash { .labelled(.recipient, bytes) }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        bytes = try reader.fixed(Self.count)
    }
}

extension CanonicalReader {
    package mutating func recipient() throws(FormatError) -> RecipientKey {
        try RecipientKey(from: &self)
    }
}

extension CanonicalWriter {
    package mutating func recipient(_ recipient: RecipientKey) {
        fixed(recipient.bytes)
    }
}
