package import CryptoPrimitives

/// The classical recipient of the age specification, for exports to stock age. Written "age1…".
///
///     -> X25519 base64(ephemeral share)
///     base64(ChaCha20-Poly1305(wrap key, zero nonce, file key))
///
///     shared secret = X25519(ephemeral secret, recipient)
///     wrap key      = HKDF-SHA-256(shared secret, salt: ephemeral share || recipient, info: "age-encryption.org/v1/X25519")
package struct X25519Recipient: Hashable, Sendable {
    static let stanzaType = "X25519"
    private static let text = Bech32(prefix: "age", byteCount: Bytes32.count, letterCase: .lower)

    package let publicKey: X25519.PublicKey

    package init(_ publicKey: X25519.PublicKey) {
        self.publicKey = publicKey
    }

    /// The same on both sides. The shared secret comes from one ephemeral key, so the wrap key is used once.
    static func wrapKey(
        sharedSecret: borrowing SecretBytes, share: X25519.PublicKey, recipient: X25519.PublicKey
    ) -> SecretBytes {
        HKDF.deriveKey(
            from: sharedSecret, salt: share.bytes + recipient.bytes, info: Array("age-encryption.org/v1/X25519".utf8))
    }
}

extension X25519Recipient: Recipient {
    package func wrap(_ fileKey: borrowing FileKey) throws(WrapError) -> Stanza {
        let ephemeral = X25519.PrivateKey.random()
        guard let sharedSecret = try? ephemeral.sharedSecret(with: publicKey) else { throw .unusableRecipient }
        let share = ephemeral.publicKey
        let wrapKey = Self.wrapKey(sharedSecret: sharedSecret, share: share, recipient: publicKey)
        return Stanza(
            type: Self.stanzaType, arguments: [Base64.encode(share.bytes, .unpadded)], body: fileKey.wrapped(under: wrapKey))
    }
}

extension X25519Recipient: LosslessStringConvertible {
    /// `nil` unless the text is "age1…" in lower case.
    package init?(_ description: String) {
        guard let bytes = Self.text.decode(description), let publicKey = X25519.PublicKey(bytes) else { return nil }
        self.init(publicKey)
    }

    package var description: String { Self.text.encode(publicKey.bytes) }
}
