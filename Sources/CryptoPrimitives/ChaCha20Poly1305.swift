internal import CSodium

/// ChaCha20-Poly1305 (RFC 8439) by libsodium. Output is ciphertext, then the 16-byte tag.
package enum ChaCha20Poly1305 {
    package static let keySize = 32
    package static let tagSize = 16

    /// 12 bytes. One key must never meet the same nonce twice.
    package typealias Nonce = [12 of UInt8]

    package enum OpenError: Error {
        /// Not sealed with this key, nonce and associated data. Nothing more is said, on purpose.
        case notAuthentic
    }

    /// Writes `plaintext.count + 16` bytes to the start of `output`.
    package static func seal(
        _ plaintext: Span<UInt8>, key: borrowing SecretBytes, nonce: Nonce, associatedData: Span<UInt8> = Span(),
        into output: inout MutableSpan<UInt8>
    ) {
        precondition(key.count == keySize, "a ChaCha20-Poly1305 key is 32 bytes")
        precondition(output.count >= plaintext.count + tagSize, "no room for ciphertext and tag")
        let status = unsafe withPointers(plaintext, key, nonce, associatedData, &output) { input, key, nonce, data, output in
            unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
                output.baseAddress!, nil, input.baseAddress, UInt64(input.count), data.baseAddress, UInt64(data.count), nil,
                nonce.baseAddress!, key.baseAddress!)
        }
        precondition(status == 0, "ChaCha20-Poly1305 cannot fail to encrypt")
    }

    /// Writes `ciphertext.count - 16` bytes to the start of `output`, and nothing of use when it throws.
    package static func open(
        _ ciphertext: Span<UInt8>, key: borrowing SecretBytes, nonce: Nonce, associatedData: Span<UInt8> = Span(),
        into output: inout MutableSpan<UInt8>
    ) throws(OpenError) {
        precondition(key.count == keySize, "a ChaCha20-Poly1305 key is 32 bytes")
        guard ciphertext.count >= tagSize else { throw .notAuthentic }
        precondition(output.count >= ciphertext.count - tagSize, "no room for the plaintext")
        let status = unsafe withPointers(ciphertext, key, nonce, associatedData, &output) { input, key, nonce, data, output in
            unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
                output.baseAddress, nil, nil, input.baseAddress!, UInt64(input.count), data.baseAddress, UInt64(data.count),
                nonce.baseAddress!, key.baseAddress!)
        }
        guard status == 0 else { throw .notAuthentic }
    }

    package static func seal(
        _ plaintext: Span<UInt8>, key: borrowing SecretBytes, nonce: Nonce, associatedData: Span<UInt8> = Span()
    ) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: plaintext.count + tagSize)
        var span = output.mutableSpan
        seal(plaintext, key: key, nonce: nonce, associatedData: associatedData, into: &span)
        return output
    }

    /// The plaintext as key material, which never leaves the arena.
    package static func openSecret(
        _ ciphertext: Span<UInt8>, key: borrowing SecretBytes, nonce: Nonce, associatedData: Span<UInt8> = Span()
    ) throws(OpenError) -> SecretBytes {
        guard ciphertext.count >= tagSize else { throw .notAuthentic }
        return try SecretBytes(count: ciphertext.count - tagSize) { (output: inout MutableSpan<UInt8>) throws(OpenError) in
            try open(ciphertext, key: key, nonce: nonce, associatedData: associatedData, into: &output)
        }
    }

    private static func withPointers(
        _ input: Span<UInt8>, _ key: borrowing SecretBytes, _ nonce: Nonce, _ associatedData: Span<UInt8>,
        _ output: inout MutableSpan<UInt8>,
        _ body: (
            UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>,
            UnsafeMutableBufferPointer<UInt8>
        ) -> CInt
    ) -> CInt {
        Sodium.initialize()
        return unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe key.withUnsafeBytes { key in
                    unsafe nonce.span.withUnsafeBufferPointer { nonce in
                        unsafe associatedData.withUnsafeBufferPointer { unsafe body(input, key, nonce, $0, output) }
                    }
                }
            }
        }
    }
}
