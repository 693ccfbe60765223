internal import CryptoPrimitives

/// The post-quantum recipient of the age specification, ML-KEM-768 with X25519 (X-Wing), for every record. Written "age1pq1…".
///
///     -> mlkem768x25519 base64(encapsulated key)
///     base64(ciphertext of the file key)
///
/// Both are outputs of HPKE's SealBase (RFC 9180, section 6.1); `HybridEncryption` says with which parameters.
package struct HybridRecipient: Hashable, Sendable {
    static let stanzaType = "mlkem768x25519"
    /// The ML-KEM-768 key, then the X25519 point.
    package static let size = 1_184 + 32
    private static let text = Bech32(prefix: "age1pq", byteCount: size, letterCase: .lower)

    package let bytes: [UInt8]

    /// `nil` unless there are exactly 1,216 bytes. Whether they are a key shows when something is wrapped for it.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }
}

extension HybridRecipient: Recipient {
    package func wrap(_ fileKey: borrowing FileKey) throws(WrapError) -> Stanza {
        let wrap = try HybridEncryption.wrap(fileKey, to: self)
        return Stanza(
            type: Self.stanzaType, arguments: [Base64.encode(wrap.encapsulatedKey, .unpadded)], body: wrap.body)
    }
}

extension HybridRecipient: LosslessStringConvertible {
    /// `nil` unless the text is "age1pq1…" in lower case.
    package init?(_ description: String) {
        guard let bytes = Self.text.decode(description) else { return nil }
        self.init(bytes)
    }

    package var description: String { Self.text.encode(bytes) }
}
