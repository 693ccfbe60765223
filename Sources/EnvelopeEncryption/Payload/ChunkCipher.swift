internal import CryptoPrimitives

/// Seals and opens the chunks of one payload.
///
/// Nothing passes from one chunk to the next, and this holds nothing that changes: chunks may be handled in any order, and at the same
/// time by several threads.
struct ChunkCipher: Sendable {
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

    private let cipher: MessageCipher

    init(fileKey: borrowing FileKey, nonce: [UInt8]) {
        precondition(nonce.count == Payload.nonceSize, "a payload nonce is 16 bytes")
        cipher = MessageCipher(key: fileKey.deriveKey(salt: nonce, info: "payload"))
    }

    func seal(_ plaintext: Span<UInt8>, at position: Position, appendingTo output: inout [UInt8]) {
        output.append(addingCapacity: plaintext.count + ChaCha20Poly1305.tagSize) { output in
            cipher.seal(plaintext, nonce: position.nonce, appendingTo: &output)
        }
    }

    /// Appends nothing when it throws.
    func open(_ chunk: Span<UInt8>, at position: Position, appendingTo output: inout [UInt8]) throws(PayloadError) {
        guard chunk.count >= ChaCha20Poly1305.tagSize else { throw .notAuthentic }
        try output.append(addingCapacity: chunk.count - ChaCha20Poly1305.tagSize) { output throws(PayloadError) in
            do throws(ChaCha20Poly1305.OpenError) {
                try cipher.open(chunk, nonce: position.nonce, appendingTo: &output)
            } catch {
                throw .notAuthentic
            }
        }
    }

    /// The plaintext as key material, which never leaves the arena.
    func openSecret(_ chunk: Span<UInt8>, at position: Position) throws(PayloadError) -> SecretBytes {
        do throws(ChaCha20Poly1305.OpenError) {
            return try cipher.openSecret(chunk, nonce: position.nonce)
        } catch {
            throw .notAuthentic
        }
    }
}
