internal import CryptoPrimitives

/// Whole payloads between files, on all cores, in bounded memory whatever their size.
///
/// Content and payload are read and written at any place and by several tasks at once, so both must be files or like files.
extension Payload {
    /// Fills the span with what stands at the offset, or throws.
    package typealias Reading<Failure: Error> =
        @Sendable (_ offset: UInt64, _ output: inout OutputSpan<UInt8>) throws(Failure) -> Void
    package typealias Writing<Failure: Error> = @Sendable (_ offset: UInt64, _ bytes: Span<UInt8>) throws(Failure) -> Void
    /// Sees all of the bytes in their order: for hashes over the whole. Two of them run at the same time.
    package typealias View = @Sendable (Span<UInt8>) -> Void

    /// Seals `size` bytes of content. Throws only what is thrown by reading and writing; then what was written is no payload.
    ///
    /// - Parameters:
    ///   - onContent: sees the content as it is sealed, so that nothing can change in between.
    ///   - onPayload: sees the payload as it is written.
    package static func seal<Failure>(
        size: UInt64, under fileKey: borrowing FileKey, reading: @escaping Reading<Failure>, writing: @escaping Writing<Failure>,
        onContent: View? = nil, onPayload: View? = nil, coreCount: Int
    ) async throws(Failure) -> SealedPayload {
        try await seal(
            size: size, under: fileKey, nonce: Random.bytes(nonceSize), reading: reading, writing: writing, onContent: onContent,
            onPayload: onPayload, coreCount: coreCount)
    }

    /// With a nonce that was there before. Only a test may do so.
    static func seal<Failure>(
        size: UInt64, under fileKey: borrowing FileKey, nonce: [UInt8], reading: @escaping Reading<Failure>,
        writing: @escaping Writing<Failure>, onContent: View? = nil, onPayload: View? = nil, coreCount: Int
    ) async throws(Failure) -> SealedPayload {
        guard let layout = PayloadLayout(plaintextSize: size) else { preconditionFailure("no disk holds 2^62 bytes") }
        let cipher = ChunkCipher(fileKey: fileKey, nonce: nonce)
        var names = PayloadID.Hasher()
        names.update(nonce)
        try writing(0, nonce.span)
        onPayload?(nonce.span)
        let line = PieceLine(pieceCount: layout.pieceCount, coreCount: coreCount)
        try await line.run(
            { (piece: inout PieceLine.Piece) -> Result<Void, Failure> in
                do throws(Failure) {
                    try layout.seal(&piece, cipher, reading, writing)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            },
            views: PieceLine.views(onContent, onPayload),
            collect: { names.append($0.leaves, size: $0.ciphertext.count) })
        guard let id = names.finalize() else { preconditionFailure("a payload has a nonce and a chunk") }
        return SealedPayload(id: id, size: names.size)
    }

    /// Opens a payload of `payloadSize` bytes. Throws what is thrown by reading and writing, and `refusal` unless every chunk is
    /// authentic and the payload has the end that was sealed.
    ///
    /// Every byte that is written was sealed under this file key at this place, but they are not written in order: until this has
    /// returned, what was written is no content.
    package static func open<Failure>(
        payloadSize: UInt64, under fileKey: borrowing FileKey, refusal: Failure, reading: @escaping Reading<Failure>,
        writing: @escaping Writing<Failure>, onContent: View? = nil, coreCount: Int
    ) async throws(Failure) {
        guard let layout = PayloadLayout(payloadSize: payloadSize) else { throw refusal }
        var nonce: [UInt8] = []
        try nonce.append(addingCapacity: nonceSize) { output throws(Failure) in try reading(0, &output) }
        let cipher = ChunkCipher(fileKey: fileKey, nonce: nonce)
        let line = PieceLine(pieceCount: layout.pieceCount, coreCount: coreCount)
        try await line.run(
            { (piece: inout PieceLine.Piece) -> Result<Void, Failure> in
                do throws(Failure) {
                    return try layout.open(&piece, cipher, reading, writing) ? .success(()) : .failure(refusal)
                } catch {
                    return .failure(error)
                }
            },
            views: PieceLine.views(onContent, nil))
    }
}

extension PieceLine {
    fileprivate static func views(_ onContent: Payload.View?, _ onPayload: Payload.View?) -> [View] {
        var views: [View] = []
        if let onContent { views.append { onContent($0.plaintext.span) } }
        if let onPayload { views.append { onPayload($0.ciphertext.span) } }
        return views
    }
}

extension PayloadLayout {
    /// Sixteen chunks, the last piece fewer.
    fileprivate static let piece = UInt64(Payload.pieceSize / Payload.chunkSize)

    fileprivate var pieceCount: UInt64 { (chunkCount + Self.piece - 1) / Self.piece }

    private func chunks(of piece: UInt64) -> Range<UInt64> {
        piece * Self.piece..<min((piece + 1) * Self.piece, chunkCount)
    }

    private func contentRange(of piece: UInt64) -> Range<UInt64> {
        let start = piece * UInt64(Payload.pieceSize)
        return start..<min(start + UInt64(Payload.pieceSize), plaintextSize)
    }

    fileprivate func seal<Failure>(
        _ piece: inout PieceLine.Piece, _ cipher: ChunkCipher, _ reading: Payload.Reading<Failure>,
        _ writing: Payload.Writing<Failure>
    ) throws(Failure) {
        let (range, chunks) = (contentRange(of: piece.index), chunks(of: piece.index))
        try piece.plaintext.fill(from: range, reading)
        let plaintext = piece.plaintext
        var ciphertext = piece.ciphertext.taken()
        ciphertext.reserveCapacity(chunks.count * Payload.sealedChunkSize)
        var leaves = piece.leaves.taken()
        for index in chunks {
            let start = ciphertext.count
            let done = Int(index - chunks.lowerBound) * Payload.chunkSize
            let chunk = plaintext.span.extracting(droppingFirst: done).extracting(first: Payload.chunkSize)
            cipher.seal(chunk, at: position(of: index), appendingTo: &ciphertext)
            leaves.append(Hash.leaf(ciphertext.span.extracting(droppingFirst: start)))
        }
        try writing(payloadRange(of: chunks).lowerBound, ciphertext.span)
        (piece.ciphertext, piece.leaves) = (ciphertext, leaves)
    }

    /// False if a chunk is not authentic. Then nothing of the piece is written.
    fileprivate func open<Failure>(
        _ piece: inout PieceLine.Piece, _ cipher: ChunkCipher, _ reading: Payload.Reading<Failure>,
        _ writing: Payload.Writing<Failure>
    ) throws(Failure) -> Bool {
        let chunks = chunks(of: piece.index)
        try piece.ciphertext.fill(from: payloadRange(of: chunks), reading)
        let ciphertext = piece.ciphertext
        var plaintext = piece.plaintext.taken()
        plaintext.reserveCapacity(chunks.count * Payload.chunkSize)
        for index in chunks {
            let done = Int(index - chunks.lowerBound) * Payload.sealedChunkSize
            let chunk = ciphertext.span.extracting(droppingFirst: done).extracting(first: Payload.sealedChunkSize)
            guard (try? cipher.open(chunk, at: position(of: index), appendingTo: &plaintext)) != nil else { return false }
        }
        try writing(contentRange(of: piece.index).lowerBound, plaintext.span)
        piece.plaintext = plaintext
        return true
    }
}

extension Array {
    /// The array's memory, emptied. The array has none then.
    fileprivate mutating func taken() -> [Element] {
        var memory: [Element] = []
        swap(&memory, &self)
        memory.removeAll(keepingCapacity: true)
        return memory
    }
}

extension [UInt8] {
    /// In place of what was there.
    fileprivate mutating func fill<Failure>(from range: Range<UInt64>, _ reading: Payload.Reading<Failure>) throws(Failure) {
        removeAll(keepingCapacity: true)
        try append(addingCapacity: range.count) { output throws(Failure) in try reading(range.lowerBound, &output) }
        precondition(count == range.count, "who reads fills what there is to fill, or throws")
    }
}
