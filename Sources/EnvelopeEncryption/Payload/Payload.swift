package import CryptoPrimitives

/// What stands behind the header of an age file: a nonce, then the content in chunks, each sealed by itself.
///
///     nonce      16 random bytes
///     chunk      ChaCha20-Poly1305(payload key, chunk nonce, 64 KiB of content)          65,552 bytes
///     …
///     chunk      the same, of the last 1 to 65,536 bytes; of none if there is no content
///
///     payload key = HKDF-SHA-256(file key, salt: nonce, info: "payload")
///     chunk nonce = number of the chunk (11 bytes, big-endian, from 0) || 0x01 for the last one, 0x00 for all others
///
/// So chunks cannot be reordered, dropped or repeated, the end cannot be cut off, and any part can be read without the rest.
package enum Payload {
    package static let nonceSize = PayloadID.nonceSize
    package static let chunkSize = 65_536
    package static let sealedChunkSize = PayloadID.sealedChunkSize
}

package enum PayloadError: Error, Equatable {
    /// The bytes are not, in order and to the end, what was sealed under this file key. Nothing more is said, on purpose.
    case notAuthentic
    /// The range asked for reaches past the end of the content.
    case outOfRange
}

/// What is known of a payload once it was written.
package struct SealedPayload: Hashable, Sendable {
    package let id: PayloadID
    /// In bytes, nonce and tags included.
    package let size: UInt64
}
