internal import Synchronization

/// ChaCha20-Poly1305 under one key, for many messages without associated data and for many threads, by the fastest engine there is.
///
/// A thread that seals or opens takes an engine, and puts it back for whoever comes next, so that there are no more of them than
/// threads at work, and the key is set up once for each.
package final class MessageCipher: Sendable {
    private let key: SecretBytes
    private let engineType: any ChunkEngine.Type
    private let idle = Mutex<[any ChunkEngine]>([])

    package convenience init(key: consuming SecretBytes) {
        self.init(key: key, engine: ChaCha20Poly1305.engine)
    }

    init(key: consuming SecretBytes, engine: any ChunkEngine.Type) {
        precondition(key.count == ChaCha20Poly1305.keySize, "a ChaCha20-Poly1305 key is 32 bytes")
        self.key = key
        engineType = engine
    }

    /// Appends `plaintext.count + 16` bytes.
    package func seal(_ plaintext: Span<UInt8>, nonce: ChaCha20Poly1305.Nonce, appendingTo output: inout OutputSpan<UInt8>) {
        let engine = take()
        unsafe output.withUnsafeMutableBufferPointer { buffer, count in
            var room = unsafe buffer.extracting(count...).mutableSpan
            engine.seal(plaintext, nonce: nonce, into: &room)
            count += plaintext.count + ChaCha20Poly1305.tagSize
        }
        idle.withLock { $0.append(engine) }
    }

    /// Appends `ciphertext.count - 16` bytes, or nothing when it throws.
    package func open(
        _ ciphertext: Span<UInt8>, nonce: ChaCha20Poly1305.Nonce, appendingTo output: inout OutputSpan<UInt8>
    ) throws(ChaCha20Poly1305.OpenError) {
        let engine = take()
        defer { idle.withLock { $0.append(engine) } }
        try unsafe output.withUnsafeMutableBufferPointer { buffer, count throws(ChaCha20Poly1305.OpenError) in
            var room = unsafe buffer.extracting(count...).mutableSpan
            try engine.open(ciphertext, nonce: nonce, into: &room)
            count += ciphertext.count - ChaCha20Poly1305.tagSize
        }
    }

    /// The plaintext as key material, which never leaves the arena. By libsodium, which keeps nothing of it elsewhere.
    package func openSecret(
        _ ciphertext: Span<UInt8>, nonce: ChaCha20Poly1305.Nonce
    ) throws(ChaCha20Poly1305.OpenError) -> SecretBytes {
        try ChaCha20Poly1305.openSecret(ciphertext, key: key, nonce: nonce)
    }

    private func take() -> any ChunkEngine {
        if let engine = idle.withLock({ $0.popLast() }) { return engine }
        if let engine = engineType.init(key: key) ?? SodiumEngine(key: key) { return engine }
        preconditionFailure("libsodium has the cipher")
    }
}
