internal import CryptoPrimitives

/// Whole age files from a source to a sink, in bounded memory.
extension Envelope {
    /// Seals for one recipient. Throws `WrapError`, or what source and sink throw; then what was written is no envelope.
    package static func seal(
        from source: Payload.Source, to recipient: borrowing some Recipient & ~Copyable, into sink: Payload.Sink
    ) throws -> SealedPayload {
        let fileKey = FileKey.random()
        let header = try Header.wrap(fileKey, to: recipient)
        try sink(header.bytes.span)
        return try Payload.seal(from: source, under: fileKey, into: sink)
    }

    /// Seals for several recipients of one type.
    package static func seal<R: Recipient>(
        from source: Payload.Source, to recipients: [R], into sink: Payload.Sink
    ) throws -> SealedPayload {
        let fileKey = FileKey.random()
        let header = try Header.wrap(fileKey, to: recipients)
        try sink(header.bytes.span)
        return try Payload.seal(from: source, under: fileKey, into: sink)
    }

    /// Throws `OpenError`, or what source and sink throw. The sink sees authentic content only, but until this has returned it has seen
    /// a prefix, which it must not take for the whole.
    package static func open(
        from source: Payload.Source, with identity: borrowing some Identity & ~Copyable, into sink: Payload.Sink
    ) throws {
        // A piece is longer than any header, so the first one holds the header whole.
        var piece: [UInt8] = []
        _ = try Payload.refill(&piece, from: source)
        let header = try UnwrappedHeader.read(startOf: piece, with: identity)
        piece.removeFirst(header.size)
        do {
            try Payload.open(startingWith: piece, from: source, under: header.fileKey, into: sink)
        } catch let error as PayloadError {
            throw OpenError.payload(error)
        }
    }
}
