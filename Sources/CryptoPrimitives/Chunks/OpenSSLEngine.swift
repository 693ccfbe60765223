internal import COpenSSL

/// OpenSSL's, with the vector instructions of the processor.
///
/// The key does not stay in the arena alone: OpenSSL copies it into its context on the heap, together with the key stream of the last
/// message's first block and the state of Poly1305, and that memory is neither locked nor fenced. It lives as long as this object and
/// is overwritten when it is freed (`EVP_CIPHER_CTX_free` clears what the provider allocated). What OpenSSL's own stack frames held is
/// out of reach, as it is with libsodium.
///
/// `@unchecked`, for the context is a pointer: it is not safe to share, and `ChunkCipher` never does.
@safe
final class OpenSSLEngine: ChunkEngine, @unchecked Sendable {
    /// Fetched once: to look it up for every context would cost as much as a message of 1 KiB.
    private static let cipher = Fetched()

    private let context: OpaquePointer

    init?(key: borrowing SecretBytes) {
        guard key.count == ChaCha20Poly1305.keySize, let cipher = unsafe Self.cipher.pointer,
            let context = unsafe EVP_CIPHER_CTX_new()
        else { return nil }
        unsafe self.context = context
        let status = unsafe key.withUnsafeBytes { unsafe EVP_CipherInit_ex2(context, cipher, $0.baseAddress, nil, 1, nil) }
        guard status == 1 else { return nil }
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    func seal(_ plaintext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>) {
        precondition(output.count >= plaintext.count + ChaCha20Poly1305.tagSize, "no room for ciphertext and tag")
        let isSealed = unsafe output.withUnsafeMutableBufferPointer { output in
            guard let end = unsafe output.baseAddress?.advanced(by: plaintext.count) else { return false }
            return unsafe begin(nonce, isSealing: true) && update(plaintext, into: output.baseAddress)
                && control(EVP_CTRL_AEAD_GET_TAG, end)
        }
        precondition(isSealed, "ChaCha20-Poly1305 cannot fail to encrypt")
    }

    func open(
        _ ciphertext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>
    ) throws(ChaCha20Poly1305.OpenError) {
        guard ciphertext.count >= ChaCha20Poly1305.tagSize else { throw .notAuthentic }
        let size = ciphertext.count - ChaCha20Poly1305.tagSize
        precondition(output.count >= size, "no room for the plaintext")
        var tag = InlineArray<16, UInt8>(repeating: 0)
        for index in tag.indices { tag[index] = ciphertext[size + index] }
        var tagSpan = tag.mutableSpan
        let isAuthentic = unsafe tagSpan.withUnsafeMutableBufferPointer { tag in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe begin(nonce, isSealing: false) && control(EVP_CTRL_AEAD_SET_TAG, tag.baseAddress)
                    && update(ciphertext.extracting(first: size), into: output.baseAddress)
            }
        }
        guard isAuthentic else { throw .notAuthentic }
    }

    /// The key stays as it was set.
    private func begin(_ nonce: Nonce, isSealing: Bool) -> Bool {
        unsafe nonce.span.withUnsafeBufferPointer { nonce in
            unsafe EVP_CipherInit_ex2(context, nil, nil, nonce.baseAddress, isSealing ? 1 : 0, nil) == 1
        }
    }

    /// All of the message, and its end: when opening, this compares the tags.
    private func update(_ message: Span<UInt8>, into output: UnsafeMutablePointer<UInt8>?) -> Bool {
        guard let count = CInt(exactly: message.count) else { return false }
        var written: CInt = 0
        let isDone = unsafe message.withUnsafeBufferPointer { message in
            unsafe message.isEmpty || EVP_CipherUpdate(context, output, &written, message.baseAddress, count) == 1
        }
        guard isDone, written == count else { return false }
        // There is nothing left for it to write, but it may not be given a null pointer.
        var nothing: UInt8 = 0
        return unsafe EVP_CipherFinal_ex(context, &nothing, &written) == 1 && written == 0
    }

    private func control(_ command: CInt, _ tag: UnsafeMutablePointer<UInt8>?) -> Bool {
        unsafe EVP_CIPHER_CTX_ctrl(context, command, CInt(ChaCha20Poly1305.tagSize), tag) == 1
    }

    /// Lives as long as the process.
    @safe
    private struct Fetched: @unchecked Sendable {
        let pointer: OpaquePointer?

        /// The system's configuration is not read: it could put other code in the place of the cipher.
        init() {
            OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
            unsafe pointer = EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil)
        }
    }
}
