import CryptoPrimitives
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import EnvelopeEncryption

/// What a file is to the workers: bytes at places. It can end early, run full, or be looked at afterwards.
private final class Place: Sendable {
    enum Failure: Error, Equatable {
        case cut(Int)
        case full(Int)
    }

    private let bytes: Mutex<[UInt8]>
    private let limit: Int
    private let calls = Mutex(0)

    init(_ bytes: [UInt8] = [], limit: Int = .max) {
        self.bytes = Mutex(bytes)
        self.limit = limit
    }

    var content: [UInt8] { bytes.withLock { $0 } }
    var callCount: Int { calls.withLock { $0 } }

    func read(_ offset: UInt64, _ output: inout OutputSpan<UInt8>) throws(Failure) {
        calls.withLock { $0 += 1 }
        let all = content
        guard Int(offset) + output.freeCapacity <= all.count else { throw .cut(all.count) }
        output.withUnsafeMutableBufferPointer { buffer, count in
            _ = buffer[count...].update(fromContentsOf: all[Int(offset)..<Int(offset) + buffer.count - count])
            count = buffer.count
        }
    }

    func write(_ offset: UInt64, _ piece: Span<UInt8>) throws(Failure) {
        calls.withLock { $0 += 1 }
        let end = Int(offset) + piece.count
        guard end <= limit else { throw .full(limit) }
        bytes.withLock { bytes in
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            piece.withUnsafeBufferPointer { bytes.replaceSubrange(Int(offset)..<end, with: $0) }
        }
    }
}

private final class Seen: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    var content: [UInt8] { bytes.withLock { $0 } }
    func take(_ piece: Span<UInt8>) { bytes.withLock { $0.append(copying: piece) } }
}

private enum Refusal: Error { case refused }

private final class Keys: Sendable {
    let file = FileKey.random()
    let nonce = Random.bytes(16)
}

private let keys = Keys()

/// The first bytes of one content, which is made once.
private func sample(_ size: Int) -> [UInt8] { Array(wholeSample.prefix(size)) }
private let wholeSample = Random.bytes(5 * Payload.pieceSize + 70_000)

private func seal(_ source: Place, _ size: Int, into target: Place, cores: Int = 2) async throws -> SealedPayload {
    try await Payload.seal(
        size: UInt64(size), under: keys.file, nonce: keys.nonce, reading: source.read, writing: target.write, coreCount: cores)
}

/// Throws whatever comes first, as it is.
private func open(_ payload: [UInt8], into target: Place, cores: Int = 2, onContent: Payload.View? = nil) async throws {
    let source = Place(payload)
    try await Payload.open(
        payloadSize: UInt64(payload.count), under: keys.file, refusal: Refusal.refused as any Error,
        reading: { offset, output throws(any Error) in try source.read(offset, &output) },
        writing: { offset, bytes throws(any Error) in try target.write(offset, bytes) }, onContent: onContent, coreCount: cores)
}

private func serial(_ plaintext: [UInt8]) -> (bytes: [UInt8], sealed: SealedPayload) {
    var sealer = PayloadSealer(fileKey: keys.file, nonce: keys.nonce)
    var payload: [UInt8] = []
    sealer.seal(plaintext.span, appendingTo: &payload)
    let sealed = sealer.finish(appendingTo: &payload)
    return (payload, sealed)
}

@Suite struct PayloadFiles {
    static let piece = Payload.pieceSize

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, piece - 1, piece, piece + 1, 2 * piece, 5 * piece + 70_000], [1, 2, 5])
    func `all cores give the bytes, the name and the size that one gives`(size: Int, cores: Int) async throws {
        let (expected, sealed) = serial(sample(size))
        let target = Place()
        #expect(try await seal(Place(sample(size)), size, into: target, cores: cores) == sealed)
        #expect(target.content == expected)
        let opened = Place()
        try await open(expected, into: opened, cores: cores)
        #expect(opened.content == sample(size))
    }

    /// The seed stands in every message, so that a failure can be had again.
    @Test(arguments: [20_261_121, 5] as [UInt64]) func `so they do for any size`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<6 {
            let size = Int.random(in: 0...5 * Self.piece, using: &generator)
            let cores = Int.random(in: 1...4, using: &generator)
            let target = Place()
            let sealed = try await seal(Place(sample(size)), size, into: target, cores: cores)
            let (expected, name) = serial(sample(size))
            #expect(sealed == name && target.content == expected, "seed \(seed): \(size) bytes, \(cores) cores")
        }
    }

    @Test(arguments: [0, 100, 5 * piece + 70_000]) func `views see content and payload whole and in order`(size: Int) async throws {
        let (seenContent, seenPayload, target) = (Seen(), Seen(), Place())
        let source = Place(sample(size))
        _ = try await Payload.seal(
            size: UInt64(size), under: keys.file, nonce: keys.nonce, reading: source.read, writing: target.write,
            onContent: seenContent.take, onPayload: seenPayload.take, coreCount: 3)
        #expect(seenContent.content == sample(size) && seenPayload.content == target.content)
        let seenOpened = Seen()
        try await open(target.content, into: Place(), onContent: seenOpened.take)
        #expect(seenOpened.content == sample(size))
    }

    @Test func `what is sealed for an envelope is sealed under a nonce of its own`() async throws {
        var payloads: [[UInt8]] = []
        for _ in 0..<2 {
            let (source, target) = (Place(sample(10)), Place())
            _ = try await Payload.seal(
                size: 10, under: keys.file, reading: source.read, writing: target.write, coreCount: 1)
            payloads.append(target.content)
        }
        #expect(payloads[0].prefix(16) != payloads[1].prefix(16))
    }
}

@Suite struct PayloadFileRefusals {
    private let size = 5 * Payload.pieceSize + 70_000

    @Test func `a source that ends early ends all with its own error`() async throws {
        for end in [0, 1, Payload.pieceSize, 4 * Payload.pieceSize + 3, size - 1] {
            await #expect(throws: Place.Failure.cut(end)) {
                try await seal(Place(sample(size).dropLast(size - end)), size, into: Place())
            }
        }
    }

    @Test func `a target that runs full ends all with its own error`() async throws {
        for limit in [0, 15, 16, 1_000_000, 4_000_000, size] {
            await #expect(throws: Place.Failure.full(limit)) {
                try await seal(Place(sample(size)), size, into: Place(limit: limit))
            }
        }
        let payload = serial(sample(size)).bytes
        await #expect(throws: Place.Failure.full(3_000_000)) { try await open(payload, into: Place(limit: 3_000_000)) }
    }

    /// The first set of pieces fails; the others are never read.
    @Test func `after a failure no worker begins another piece`() async throws {
        let source = Place(sample(size))
        _ = try? await seal(source, size, into: Place(limit: 16), cores: 2)
        #expect((1...4).contains(source.callCount))
    }

    @Test func `a flipped bit anywhere is refused, and nothing of its piece is written`() async throws {
        let payload = serial(sample(size)).bytes
        for place in [
            0, 15, 16, 70_000, 16 + 16 * Payload.sealedChunkSize, payload.count / 2, payload.count - 17, payload.count - 1,
        ] {
            var forged = payload
            forged[place] ^= 0x40
            let target = Place()
            await #expect(throws: Refusal.refused, "byte \(place)") { try await open(forged, into: target) }
            let piece = max(0, place - 16) / (16 * Payload.sealedChunkSize)
            let written = target.content.dropFirst(piece * Payload.pieceSize).prefix(Payload.pieceSize)
            #expect(written.allSatisfy { $0 == 0 }, "byte \(place)")
        }
    }

    @Test func `a payload that is cut, or longer, or has its chunks in another order is refused`() async throws {
        let payload = serial(sample(size)).bytes
        let chunk = Payload.sealedChunkSize
        var swapped = payload
        swapped.replaceSubrange(16..<16 + chunk, with: payload[16 + chunk..<16 + 2 * chunk])
        swapped.replaceSubrange(16 + chunk..<16 + 2 * chunk, with: payload[16..<16 + chunk])
        let wrong: [[UInt8]] = [
            [], Array(payload.prefix(16)), Array(payload.prefix(31)), payload.dropLast(), Array(payload.prefix(16 + 3 * chunk)),
            Array(payload.prefix(16 + 16 * chunk)), payload + [0], payload + payload.suffix(chunk), swapped,
        ]
        for (number, forged) in wrong.enumerated() {
            await #expect(throws: Refusal.refused, "number \(number)") { try await open(forged, into: Place()) }
        }
    }
}
