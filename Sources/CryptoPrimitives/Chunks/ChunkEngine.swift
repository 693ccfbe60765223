/// A library's ChaCha20-Poly1305 under one key, for many messages without associated data. One thread at a time uses it.
protocol ChunkEngine: AnyObject, Sendable {
    typealias Nonce = ChaCha20Poly1305.Nonce

    /// `nil` if the library has no such cipher.
    init?(key: borrowing SecretBytes)

    /// Writes `plaintext.count + 16` bytes to the start of `output`.
    func seal(_ plaintext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>)

    /// Writes `ciphertext.count - 16` bytes to the start of `output`, and nothing of use when it throws.
    func open(
        _ ciphertext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>
    ) throws(ChaCha20Poly1305.OpenError)
}

extension ChaCha20Poly1305 {
    /// What chunks are sealed with in this process: OpenSSL's cipher, three times as fast, if it gives the same bytes as libsodium's.
    static let engine: any ChunkEngine.Type = engine(preferring: OpenSSLEngine.self)

    /// The preferred one if it passes the self-test, else libsodium's.
    static func engine(preferring candidate: any ChunkEngine.Type) -> any ChunkEngine.Type {
        ChunkSelfTest.passes(candidate) ? candidate : SodiumEngine.self
    }
}

/// libsodium's, which uses the key where it lies.
final class SodiumEngine: ChunkEngine {
    private let key: SecretBytes

    init?(key: borrowing SecretBytes) {
        self.key = key.duplicate()
    }

    func seal(_ plaintext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>) {
        ChaCha20Poly1305.seal(plaintext, key: key, nonce: nonce, into: &output)
    }

    func open(
        _ ciphertext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>
    ) throws(ChaCha20Poly1305.OpenError) {
        try ChaCha20Poly1305.open(ciphertext, key: key, nonce: nonce, into: &output)
    }
}
