internal import CryptoPrimitives

/// Cuts a stream that arrives in pieces of any size into chunks, and tells which one is the last.
///
/// The last chunk is sealed differently from all others, and a full one may be the last. So a chunk is handed on only when a byte
/// behind it has come; until then it waits here. Chunks that lie whole in a piece are not copied.
struct ChunkQueue: ~Copyable {
    private let cipher: ChunkCipher
    /// Size of every chunk but the last.
    private let chunkSize: Int
    private var waiting: [UInt8] = []
    private var index: UInt64 = 0

    init(chunkSize: Int, cipher: ChunkCipher) {
        self.chunkSize = chunkSize
        self.cipher = cipher
    }

    /// Hands `handle` every chunk that is now known not to be the last.
    mutating func push<Failure>(
        _ piece: Span<UInt8>,
        _ handle: (ChunkCipher, Span<UInt8>, ChunkCipher.Position) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = piece
        if !waiting.isEmpty {
            let missing = rest.extracting(first: chunkSize - waiting.count)
            waiting.append(copying: missing)
            rest = rest.extracting(droppingFirst: missing.count)
            guard !rest.isEmpty else { return }
            try handle(cipher, waiting.span, ChunkCipher.Position(index: index, isLast: false))
            waiting.removeAll(keepingCapacity: true)
            index += 1
        }
        while rest.count > chunkSize {
            try handle(cipher, rest.extracting(first: chunkSize), ChunkCipher.Position(index: index, isLast: false))
            rest = rest.extracting(droppingFirst: chunkSize)
            index += 1
        }
        waiting.append(copying: rest)
    }

    /// The stream ended: what waits is the last chunk.
    consuming func finish<Failure>(
        _ handle: (ChunkCipher, Span<UInt8>, ChunkCipher.Position) throws(Failure) -> Void
    ) throws(Failure) {
        try handle(cipher, waiting.span, ChunkCipher.Position(index: index, isLast: true))
    }
}
