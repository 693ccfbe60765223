import CryptoPrimitives
import TestSupport
import Testing

@testable import EnvelopeEncryption

/// Seals in pieces of these lengths, one reused buffer in between.
func sealedPayload(
    of plaintext: [UInt8], under fileKey: borrowing FileKey, pieces lengths: [Int] = [.max]
) -> (bytes: [UInt8], sealed: SealedPayload) {
    var sealer = PayloadSealer(fileKey: fileKey)
    var pieces = Pieces(plaintext, lengths: lengths)
    var payload: [UInt8] = []
    var buffer: [UInt8] = []
    while true {
        let piece = Array(pieces.next())
        if piece.isEmpty { break }
        sealer.seal(piece.span, appendingTo: &buffer)
        payload += buffer
        buffer.removeAll(keepingCapacity: true)
    }
    let sealed = sealer.finish(appendingTo: &payload)
    return (payload, sealed)
}

/// What comes out, and whether the end was reached.
func openedPayload(
    _ payload: [UInt8], under fileKey: borrowing FileKey, pieces lengths: [Int] = [.max]
) -> (content: [UInt8], isComplete: Bool) {
    var opener = PayloadOpener(fileKey: fileKey)
    var pieces = Pieces(payload, lengths: lengths)
    var content: [UInt8] = []
    while true {
        let piece = Array(pieces.next())
        if piece.isEmpty { break }
        guard (try? opener.open(piece.span, appendingTo: &content)) != nil else { return (content, false) }
    }
    let isComplete = (try? opener.finish(appendingTo: &content)) != nil
    return (content, isComplete)
}

@Suite struct Payloads {
    static let chunk = Payload.chunkSize
    static let sealedChunk = Payload.sealedChunkSize

    @Test(arguments: [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 2 * chunk + 1, 300_000])
    func `content comes back, and the payload has its name and size`(size: Int) throws {
        let fileKey = FileKey.random()
        let (payload, sealed) = sealedPayload(of: content(size), under: fileKey)
        let (opened, isComplete) = openedPayload(payload, under: fileKey)
        #expect(isComplete && opened == content(size))
        #expect(sealed.size == UInt64(payload.count))
        #expect(sealed.id == PayloadID(of: payload))
        #expect(PayloadLayout(plaintextSize: UInt64(size))?.payloadSize == sealed.size)
    }

    /// The seed stands in every message, so that a failure can be had again.
    @Test(arguments: [20_261_121, 7, 99] as [UInt64]) func `pieces of any length make no difference`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let fileKey = FileKey.random()
        for _ in 0..<12 {
            let plaintext = content(Int.random(in: 0...4 * Self.chunk, using: &generator))
            let lengths = (0..<5).map { _ in
                [1, 15, 16, 17, 4_096, 65_535, 65_536, 65_537, 65_552, 140_000].randomElement(using: &generator)!
            }
            let (payload, sealed) = sealedPayload(of: plaintext, under: fileKey, pieces: lengths.map { $0 + 1_000 })
            let (opened, isComplete) = openedPayload(payload, under: fileKey, pieces: lengths.map { $0 + 1_000 })
            #expect(isComplete && opened == plaintext, "seed \(seed), \(plaintext.count) bytes in pieces of \(lengths)")
            #expect(sealed.id == PayloadID(of: payload), "seed \(seed), \(plaintext.count) bytes in pieces of \(lengths)")
        }
    }

    @Test func `single bytes are pieces too`() {
        let fileKey = FileKey.random()
        let (payload, _) = sealedPayload(of: content(1_000), under: fileKey, pieces: [1])
        let (opened, isComplete) = openedPayload(payload, under: fileKey, pieces: [1])
        #expect(isComplete && opened == content(1_000))
    }

    @Test func `the same content under the same key gives another payload`() {
        let fileKey = FileKey.random()
        let (first, _) = sealedPayload(of: content(100), under: fileKey)
        let (second, _) = sealedPayload(of: content(100), under: fileKey)
        #expect(first.prefix(16) != second.prefix(16) && first.dropFirst(16) != second.dropFirst(16))
    }
}

@Suite struct PayloadRefusals {
    private let fileKey = FileKeyBox()
    private let plaintext = content(2 * Payload.chunkSize + 100)

    /// `FileKey` cannot be a constant of a suite, which is copied.
    private final class FileKeyBox: Sendable {
        let key = FileKey.random()
    }

    private func parts() -> (nonce: [UInt8], chunks: [[UInt8]]) {
        let (payload, _) = sealedPayload(of: plaintext, under: fileKey.key)
        let size = Payload.sealedChunkSize
        let starts = stride(from: Payload.nonceSize, to: payload.count, by: size)
        return (Array(payload.prefix(16)), starts.map { Array(payload[$0..<min($0 + size, payload.count)]) })
    }

    /// Fails, having released only a prefix of the content.
    private func isRefused(_ payload: [UInt8]) -> Bool {
        let (opened, isComplete) = openedPayload(payload, under: fileKey.key, pieces: [10_000])
        return !isComplete && plaintext.starts(with: opened) && opened.count.isMultiple(of: Payload.chunkSize)
    }

    @Test func `chunks swapped, dropped, repeated or added are refused`() {
        let (nonce, chunks) = parts()
        let orders = [
            [1, 0, 2], [0, 2], [1, 2], [0, 1], [0, 0, 1, 2], [0, 1, 1, 2], [0, 1, 2, 2], [0, 1, 2, 0], [2], [2, 1, 0], [0, 2, 1],
            [],
        ]
        for order in orders { #expect(isRefused(nonce + order.flatMap { chunks[$0] }), "\(order)") }
        #expect(!isRefused(nonce + chunks.flatMap { $0 }))
    }

    @Test func `a cut anywhere near a border is refused`() {
        let (nonce, chunks) = parts()
        let payload = nonce + chunks.flatMap { $0 }
        let borders = [0, 16, 16 + 65_552, 16 + 2 * 65_552, payload.count]
        for count in Set(borders.flatMap { $0 - 18..<$0 + 19 }) where payload.indices.contains(count) {
            #expect(isRefused(Array(payload.prefix(count))), "\(count) bytes")
        }
    }

    @Test func `bytes behind the end are refused`() {
        let (nonce, chunks) = parts()
        let payload = nonce + chunks.flatMap { $0 }
        for count in [1, 15, 16, 17, 65_552, 100_000] {
            #expect(isRefused(payload + [UInt8](repeating: 0, count: count)), "\(count) bytes more")
        }
    }

    @Test func `a chunk of another payload is refused, even at its own place`() {
        let (nonce, chunks) = parts()
        let (_, others) = parts()
        for index in chunks.indices {
            var mixed = chunks
            mixed[index] = others[index]
            #expect(isRefused(nonce + mixed.flatMap { $0 }), "chunk \(index)")
        }
        let (otherNonce, _) = parts()
        #expect(isRefused(otherNonce + chunks.flatMap { $0 }))
    }

    @Test func `another file key opens nothing`() {
        let (nonce, chunks) = parts()
        let (opened, isComplete) = openedPayload(nonce + chunks.flatMap { $0 }, under: .random())
        #expect(opened.isEmpty && !isComplete)
    }

    @Test func `an empty last chunk is refused behind another chunk`() {
        let cipher = ChunkCipher(fileKey: fileKey.key, nonce: content(16))
        var payload = content(16)
        cipher.seal(content(Payload.chunkSize).span, at: .init(index: 0, isLast: false), appendingTo: &payload)
        cipher.seal(Span(), at: .init(index: 1, isLast: true), appendingTo: &payload)
        let (opened, isComplete) = openedPayload(payload, under: fileKey.key)
        #expect(opened == content(Payload.chunkSize) && !isComplete)
        #expect(PayloadLayout(payloadSize: UInt64(payload.count)) == nil)
    }

    @Test func `after a failure every call fails, whatever it is given`() {
        let (nonce, chunks) = parts()
        let disordered = nonce + chunks[1] + chunks[2]
        var opener = PayloadOpener(fileKey: fileKey.key)
        var output: [UInt8] = []
        let first = (try? opener.open(disordered.span, appendingTo: &output)) != nil
        let second = (try? opener.open(disordered.span, appendingTo: &output)) != nil
        let end = (try? opener.finish(appendingTo: &output)) != nil
        #expect(!first && !second && !end && output.isEmpty)
    }
}

@Suite struct PayloadStreams {
    struct SourceBroke: Error {}

    /// However long the content, what goes through the two closures is bounded, and so are the buffers behind them.
    @Test func `the sink never gets, and the source never may give, more than a piece and a chunk`() throws {
        let fileKey = FileKey.random()
        let plaintext = content(5 * Payload.pieceSize + 12_345)
        var pieces = Pieces(plaintext, lengths: [.max])
        var payload: [UInt8] = []
        var largest = 0
        let sealed = try Payload.seal(
            from: { output in
                largest = max(largest, output.freeCapacity)
                pieces.next(into: &output)
            },
            under: fileKey,
            into: { bytes in
                largest = max(largest, bytes.count)
                payload.append(copying: bytes)
            })
        #expect(largest <= Payload.pieceSize + 2 * Payload.sealedChunkSize)
        #expect(sealed.id == PayloadID(of: payload))
        let (opened, isComplete) = openedPayload(payload, under: fileKey, pieces: [1 << 20])
        #expect(isComplete && opened == plaintext)
    }

    @Test func `what source and sink throw comes through`() throws {
        let fileKey = FileKey.random()
        #expect(throws: SourceBroke.self) {
            try Payload.seal(from: { _ in throw SourceBroke() }, under: fileKey, into: { _ in })
        }
        #expect(throws: SourceBroke.self) {
            try Payload.open(from: { _ in throw SourceBroke() }, under: fileKey, into: { _ in })
        }
        #expect(throws: SourceBroke.self) {
            try Payload.seal(from: { _ in }, under: fileKey, into: { _ in throw SourceBroke() })
        }
    }

    @Test func `a source that has nothing makes an empty payload, and is none`() throws {
        let fileKey = FileKey.random()
        var payload: [UInt8] = []
        _ = try Payload.seal(from: { _ in }, under: fileKey, into: { payload.append(copying: $0) })
        #expect(payload.count == 32)
        #expect(throws: PayloadError.notAuthentic) { try Payload.open(from: { _ in }, under: fileKey, into: { _ in }) }
    }
}
