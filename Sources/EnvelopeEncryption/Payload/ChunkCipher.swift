internal import CryptoPrimitives

/// Seals and opens the chunks of one payload.
///
/// Nothing passes from one chunk to the next, and this holds nothing that changes: chunks may be handled in any order, and at the same
/// time by several threads.
struct ChunkCipher: ~Copyable, Sendable {
    /// Which chunk it is. The two together make the nonce, so neither can be changed unnoticed.
    struct Position {
        let index: UInt64
        let isLast: Bool

        fileprivate var nonce: ChaCha20Poly1305.Nonce {
            // Byte 11 is the flag; bytes 3 to 10 hold the index; an index of more than eight bytes would be a payload of 2^80.
            ChaCha20Poly1305.Nonce { byte in
                switch byte {
                case 0..<3: 0
                case 11: isLast ? 1 : 0
                default: UInt8(truncatingIfNeeded: index >> (8 * (10 - byte)))
                }
            }
        }
    }

    private let key: SecretBytes

    init(fileKey: borrowing FileKey, nonce: [UInt8]) {
        precondition(nonce.count == Payload.nonceSize, "a payload nonce is 16 bytes")
        key = fileKey.deriveKey(salt: nonce, info: "payload")
    }

    func seal(_ plaintext: Span<UInt8>, at position: Position, appendingTo output: inout [UInt8]) {
        let size = plaintext.count + ChaCha20Poly1305.tagSize
        output.append(addingCapacity: size) { output in
            output.append(repeating: 0, count: size)
            var span = output.mutableSpan
            ChaCha20Poly1305.seal(plaintext, key: key, nonce: position.nonce, into: &span)
        }
    }

    /// Appends nothing when it throws.
    func open(_ chunk: Span<UInt8>, at position: Position, appendingTo output: inout [UInt8]) throws(PayloadError) {
        guard chunk.count >= ChaCha20Poly1305.tagSize else { throw .notAuthentic }
        let size = chunk.count - ChaCha20Poly1305.tagSize
        try output.append(addingCapacity: size) { output throws(PayloadError) in
            output.append(repeating: 0, count: size)
            var span = output.mutableSpan
            do throws(ChaCha20Poly1305.OpenError) {
                try ChaCha20Poly1305.open(chunk, key: key, nonce: position.nonce, into: &span)
            } catch {
                output.removeAll()
                throw .notAuthentic
            }
        }
    }

    /// The plaintext as key material, which never leaves the arena.
    func openSecret(_ chunk: Span<UInt8>, at position: Position) throws(PayloadError) -> SecretBytes {
        do throws(ChaCha20Poly1305.OpenError) {
            return try ChaCha20Poly1305.openSecret(chunk, key: key, nonce: position.nonce)
        } catch {
            throw .notAuthentic
        }
    }
}
