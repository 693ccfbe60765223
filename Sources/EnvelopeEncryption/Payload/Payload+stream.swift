internal import CryptoPrimitives

/// Whole payloads from a source to a sink, through two buffers of 1 MiB that are allocated once.
extension Payload {
    /// Appends what comes next, as much as there is room for or less. To append nothing is to say that the end is reached.
    package typealias Source = (inout OutputSpan<UInt8>) throws -> Void
    package typealias Sink = (Span<UInt8>) throws -> Void

    /// Sixteen chunks: a system call moves much, and only the last of them has to wait in a copy.
    static let pieceSize = 16 * chunkSize

    /// Seals what the source gives. Throws only what source and sink throw; then what was written is no payload.
    package static func seal(
        from source: Source, under fileKey: borrowing FileKey, into sink: Sink
    ) throws -> SealedPayload {
        var sealer = PayloadSealer(fileKey: fileKey)
        var piece: [UInt8] = []
        var output: [UInt8] = []
        output.reserveCapacity(pieceSize + 2 * sealedChunkSize)
        while try refill(&piece, from: source) {
            sealer.seal(piece.span, appendingTo: &output)
            try drain(&output, into: sink)
        }
        let sealed = sealer.finish(appendingTo: &output)
        try drain(&output, into: sink)
        return sealed
    }

    /// Opens what the source gives. Throws `PayloadError`, or what source and sink throw. The sink sees authentic content only, but
    /// until this has returned it has seen a prefix, which it must not take for the whole.
    package static func open(
        from source: Source, under fileKey: borrowing FileKey, into sink: Sink
    ) throws {
        try open(startingWith: [], from: source, under: fileKey, into: sink)
    }

    /// - Parameter start: the payload's first bytes, which the source no longer has.
    static func open(
        startingWith start: consuming [UInt8], from source: Source, under fileKey: borrowing FileKey, into sink: Sink
    ) throws {
        var opener = PayloadOpener(fileKey: fileKey)
        var piece = start
        var output: [UInt8] = []
        output.reserveCapacity(pieceSize + 2 * sealedChunkSize)
        repeat {
            do throws(PayloadError) {
                try opener.open(piece.span, appendingTo: &output)
            } catch {
                // What was authentic before the failure goes out too.
                try drain(&output, into: sink)
                throw error
            }
            try drain(&output, into: sink)
        } while try refill(&piece, from: source)
        do throws(PayloadError) {
            try opener.finish(appendingTo: &output)
        } catch {
            try drain(&output, into: sink)
            throw error
        }
        try drain(&output, into: sink)
    }

    /// Fills the buffer anew, as far as the source goes. False at the end.
    static func refill(_ piece: inout [UInt8], from source: Source) throws -> Bool {
        piece.removeAll(keepingCapacity: true)
        piece.reserveCapacity(pieceSize)
        while piece.count < pieceSize {
            let before = piece.count
            try piece.append(addingCapacity: pieceSize - before) { try source(&$0) }
            if piece.count == before { break }
        }
        return !piece.isEmpty
    }

    private static func drain(_ output: inout [UInt8], into sink: Sink) throws {
        guard !output.isEmpty else { return }
        try sink(output.span)
        output.removeAll(keepingCapacity: true)
    }
}
