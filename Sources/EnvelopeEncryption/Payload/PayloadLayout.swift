internal import CryptoPrimitives

/// Where the chunks of a payload lie. Pure arithmetic: either size gives the other, and sizes that no payload has are refused.
package struct PayloadLayout: Hashable, Sendable {
    /// Far above any file, and low enough that no sum below overflows.
    private static let maximumSize: UInt64 = 1 << 62

    private static let nonceSize = UInt64(Payload.nonceSize)
    private static let tagSize = UInt64(ChaCha20Poly1305.tagSize)
    private static let chunkSize = UInt64(Payload.chunkSize)
    private static let sealedChunkSize = UInt64(Payload.sealedChunkSize)

    package let plaintextSize: UInt64
    package let payloadSize: UInt64
    /// At least one.
    package let chunkCount: UInt64

    /// `nil` above 2^62 bytes.
    package init?(plaintextSize: UInt64) {
        guard plaintextSize <= Self.maximumSize else { return nil }
        self.plaintextSize = plaintextSize
        chunkCount = max(1, (plaintextSize + Self.chunkSize - 1) / Self.chunkSize)
        payloadSize = Self.nonceSize + plaintextSize + chunkCount * Self.tagSize
    }

    /// `nil` unless a payload can have this size. The last chunk is empty only if it is the first.
    package init?(payloadSize: UInt64) {
        guard payloadSize >= Self.nonceSize + Self.tagSize else { return nil }
        let (full, rest) = (payloadSize - Self.nonceSize).quotientAndRemainder(dividingBy: Self.sealedChunkSize)
        guard rest == 0 || rest >= Self.tagSize else { return nil }
        let plaintextSize = full * Self.chunkSize + (rest == 0 ? 0 : rest - Self.tagSize)
        self.init(plaintextSize: plaintextSize)
        guard self.payloadSize == payloadSize else { return nil }
    }

    /// Where in the payload the chunks lie that hold a range of the content. `nil` if the range reaches past the end.
    package func payloadRange(holding range: Range<UInt64>) -> Range<UInt64>? {
        guard range.upperBound <= plaintextSize else { return nil }
        return range.isEmpty ? 0..<0 : payloadRange(of: chunks(holding: range))
    }

    package var lastChunk: Range<UInt64> { payloadRange(of: chunkCount - 1..<chunkCount) }

    /// - Parameter range: not empty.
    func chunks(holding range: Range<UInt64>) -> Range<UInt64> {
        range.lowerBound / Self.chunkSize..<(range.upperBound + Self.chunkSize - 1) / Self.chunkSize
    }

    func position(of index: UInt64) -> ChunkCipher.Position {
        ChunkCipher.Position(index: index, isLast: index == chunkCount - 1)
    }

    func payloadRange(of chunks: Range<UInt64>) -> Range<UInt64> {
        let start = Self.nonceSize + chunks.lowerBound * Self.sealedChunkSize
        return start..<min(Self.nonceSize + chunks.upperBound * Self.sealedChunkSize, payloadSize)
    }
}
