internal import CryptoPrimitives

/// Reads any range of a payload's content without the rest of it.
///
/// A reader exists only once the last chunk was found to be a last chunk: then the size of the content is authentic, and with it every
/// place that is counted from the end. The caller fetches ciphertext, from where `layout` says; a read holds its range and no more.
package struct PayloadReader: ~Copyable, Sendable {
    package let layout: PayloadLayout
    private let cipher: ChunkCipher

    /// - Parameters:
    ///   - nonce: the payload's first 16 bytes.
    ///   - lastChunk: the payload's bytes at `layout.lastChunk`.
    package init(
        fileKey: borrowing FileKey, layout: PayloadLayout, nonce: [UInt8], lastChunk: [UInt8]
    ) throws(PayloadError) {
        guard nonce.count == Payload.nonceSize, lastChunk.count == layout.lastChunk.count else { throw .notAuthentic }
        let cipher = ChunkCipher(fileKey: fileKey, nonce: nonce)
        var plaintext: [UInt8] = []
        try cipher.open(lastChunk.span, at: layout.position(of: layout.chunkCount - 1), appendingTo: &plaintext)
        self.layout = layout
        self.cipher = cipher
    }

    /// The content at `range`.
    ///
    /// - Parameter ciphertext: the payload's bytes at `layout.payloadRange(holding: range)`.
    package func open(_ range: Range<UInt64>, from ciphertext: [UInt8]) throws(PayloadError) -> [UInt8] {
        guard let payloadRange = layout.payloadRange(holding: range) else { throw .outOfRange }
        guard ciphertext.count == payloadRange.count else { throw .notAuthentic }
        guard !range.isEmpty else { return [] }
        let chunks = layout.chunks(holding: range)
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(ciphertext.count)
        var rest = ciphertext.span
        for index in chunks {
            let chunk = rest.extracting(first: Payload.sealedChunkSize)
            try cipher.open(chunk, at: layout.position(of: index), appendingTo: &plaintext)
            rest = rest.extracting(droppingFirst: chunk.count)
        }
        let start = Int(range.lowerBound - chunks.lowerBound * UInt64(Payload.chunkSize))
        return Array(plaintext[start..<start + range.count])
    }
}

/// The same over a closure that reads a range of the payload. What it throws is passed on; that it reads as many bytes as it was asked
/// for is checked.
extension PayloadReader {
    package typealias Source = (Range<UInt64>) throws -> [UInt8]

    package init(fileKey: borrowing FileKey, payloadSize: UInt64, reading source: Source) throws {
        guard let layout = PayloadLayout(payloadSize: payloadSize) else { throw PayloadError.notAuthentic }
        let nonce = try source(0..<UInt64(Payload.nonceSize))
        try self.init(fileKey: fileKey, layout: layout, nonce: nonce, lastChunk: source(layout.lastChunk))
    }

    package func open(_ range: Range<UInt64>, reading source: Source) throws -> [UInt8] {
        guard let payloadRange = layout.payloadRange(holding: range) else { throw PayloadError.outOfRange }
        return try open(range, from: payloadRange.isEmpty ? [] : source(payloadRange))
    }
}
