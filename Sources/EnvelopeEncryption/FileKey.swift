internal import CryptoPrimitives

/// The key of one file, 16 random bytes, from which the keys of its header, its payload and its commitment are derived.
///
/// age calls it file key; it is the data encryption key (DEK) of the design. It encrypts one payload and no other. Wrapping it for
/// another recipient shares that payload without touching it.
package struct FileKey: ~Copyable, Sendable {
    package static let size = 16
    /// What a recipient stanza carries: the file key and a tag.
    static let wrappedSize = size + ChaCha20Poly1305.tagSize

    private let secret: SecretBytes

    package static func random() -> FileKey {
        FileKey(secret: SecretBytes.random(count: size))
    }

    private init(secret: consuming SecretBytes) {
        self.secret = secret
    }

    /// `nil` unless there are exactly 16 bytes.
    init?(_ secret: consuming SecretBytes) {
        guard secret.count == Self.size else { return nil }
        self.secret = secret
    }

    borrowing func withBytes<Result: ~Copyable, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try secret.withBytes(body)
    }

    borrowing func duplicate() -> FileKey {
        FileKey(secret: secret.duplicate())
    }

    /// HKDF-SHA-256 with a label that names the use. The age specification uses "header" and "payload".
    borrowing func deriveKey(salt: [UInt8] = [], info: String) -> SecretBytes {
        HKDF.deriveKey(from: secret, salt: salt, info: Array(info.utf8))
    }
}

extension FileKey {
    /// Both X25519 and scrypt stanzas seal the file key under a wrap key that no other message ever sees, so its nonce may be zero.
    private static let wrapNonce = ChaCha20Poly1305.Nonce(repeating: 0)

    borrowing func wrapped(under wrapKey: borrowing SecretBytes) -> [UInt8] {
        secret.withBytes { ChaCha20Poly1305.seal($0, key: wrapKey, nonce: Self.wrapNonce) }
    }

    /// `nil` when it was wrapped under another key.
    ///
    /// The size was checked when the stanza was read, as the specification demands: a longer body can be made to open under many keys,
    /// and so to find out which one a recipient holds (a partitioning oracle).
    init?(unwrapping body: [UInt8], under wrapKey: borrowing SecretBytes) {
        precondition(body.count == Self.wrappedSize, "a stanza's body is checked before it is opened")
        guard let secret = try? ChaCha20Poly1305.openSecret(body.span, key: wrapKey, nonce: Self.wrapNonce) else { return nil }
        self.init(secret: secret)
    }
}
