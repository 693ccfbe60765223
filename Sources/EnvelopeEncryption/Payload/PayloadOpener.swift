internal import CryptoPrimitives

/// Opens a payload as it arrives, in pieces of any size, nonce first.
///
/// Every byte it appends was sealed under this file key at this place. That nothing is missing is known only once `finish` has
/// returned: until then the content is a prefix, and who cannot use a prefix must wait. Holds one chunk, whatever the size.
package struct PayloadOpener: ~Copyable {
    private let fileKey: FileKey
    private var nonce: [UInt8] = []
    /// `nil` until the nonce is there.
    private var chunks: ChunkQueue?
    private var hasFailed = false

    package init(fileKey: borrowing FileKey) {
        self.fileKey = fileKey.duplicate()
    }

    /// When it throws, what it appended before is a prefix of the content, and every later call throws too.
    package mutating func open(_ ciphertext: Span<UInt8>, appendingTo output: inout [UInt8]) throws(PayloadError) {
        guard !hasFailed else { throw .notAuthentic }
        var rest = ciphertext
        if chunks == nil {
            let missing = rest.extracting(first: Payload.nonceSize - nonce.count)
            nonce.append(copying: missing)
            rest = rest.extracting(droppingFirst: missing.count)
            guard nonce.count == Payload.nonceSize else { return }
            chunks = ChunkQueue(
                chunkSize: Payload.sealedChunkSize, cipher: ChunkCipher(fileKey: fileKey, nonce: nonce))
        }
        // Until the opposite is known.
        hasFailed = true
        try chunks?.push(rest) { cipher, chunk, position throws(PayloadError) in
            try Self.open(chunk, at: position, cipher, appendingTo: &output)
        }
        hasFailed = false
    }

    /// Appends the last chunk. Throws unless it is the last one that was sealed.
    package consuming func finish(appendingTo output: inout [UInt8]) throws(PayloadError) {
        guard !hasFailed, let chunks else { throw .notAuthentic }
        try chunks.finish { cipher, chunk, position throws(PayloadError) in
            // An empty last chunk would give one content two payloads.
            guard chunk.count > ChaCha20Poly1305.tagSize || position.index == 0 else { throw .notAuthentic }
            try Self.open(chunk, at: position, cipher, appendingTo: &output)
        }
    }

    /// A full chunk that is sealed as the last one and is not, or the reverse, is authentic all the same: its content is released
    /// before the failure. Then how much comes out of a broken payload depends on the payload, not on how far the reader looks ahead.
    private static func open(
        _ chunk: Span<UInt8>, at position: ChunkCipher.Position, _ cipher: ChunkCipher,
        appendingTo output: inout [UInt8]
    ) throws(PayloadError) {
        do throws(PayloadError) {
            try cipher.open(chunk, at: position, appendingTo: &output)
        } catch {
            guard chunk.count == Payload.sealedChunkSize else { throw error }
            let other = ChunkCipher.Position(index: position.index, isLast: !position.isLast)
            try cipher.open(chunk, at: other, appendingTo: &output)
            throw error
        }
    }
}
