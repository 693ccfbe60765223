internal import CryptoPrimitives

/// Seals a payload as its content arrives, in pieces of any size, and names it on the way.
///
/// Holds one chunk, whatever the size of the content; what it makes goes into a buffer of the caller's, which empties and reuses it.
/// `finish` uses the sealer up: a file key and a nonce seal one payload.
package struct PayloadSealer: ~Copyable {
    private let nonce: [UInt8]
    private var chunks: ChunkQueue
    private var hasher = PayloadID.Hasher()

    package init(fileKey: borrowing FileKey) {
        self.init(fileKey: fileKey, nonce: Random.bytes(Payload.nonceSize))
    }

    /// With a nonce that was there before. Only a test against published files may do so.
    init(fileKey: borrowing FileKey, nonce: [UInt8]) {
        self.nonce = nonce
        chunks = ChunkQueue(chunkSize: Payload.chunkSize, cipher: ChunkCipher(fileKey: fileKey, nonce: nonce))
    }

    /// Appends the chunks that are full and not the last, each with its tag; before the first of them the nonce.
    package mutating func seal(_ plaintext: Span<UInt8>, appendingTo output: inout [UInt8]) {
        let start = output.count
        writeNonce(to: &output)
        chunks.push(plaintext) { cipher, chunk, position in
            cipher.seal(chunk, at: position, appendingTo: &output)
        }
        hasher.update(output.span.extracting(droppingFirst: start))
    }

    /// Appends the last chunk.
    package consuming func finish(appendingTo output: inout [UInt8]) -> SealedPayload {
        let start = output.count
        writeNonce(to: &output)
        chunks.finish { cipher, chunk, position in
            cipher.seal(chunk, at: position, appendingTo: &output)
        }
        hasher.update(output.span.extracting(droppingFirst: start))
        guard let id = hasher.finalize() else { preconditionFailure("a payload has a nonce and a chunk") }
        return SealedPayload(id: id, size: hasher.size)
    }

    /// The nonce comes before everything else, and only there.
    private func writeNonce(to output: inout [UInt8]) {
        if hasher.size == 0 { output += nonce }
    }
}
