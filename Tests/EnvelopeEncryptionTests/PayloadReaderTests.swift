import CryptoPrimitives
import TestSupport
import Testing

@testable import EnvelopeEncryption

@Suite struct PayloadLayouts {
    @Test(
        arguments: [
            (0, 32), (1, 33), (65_535, 65_567), (65_536, 65_568), (65_537, 65_585), (131_072, 131_120), (131_073, 131_137),
        ] as [(UInt64, UInt64)])
    func `either size gives the other`(plaintextSize: UInt64, payloadSize: UInt64) {
        #expect(PayloadLayout(plaintextSize: plaintextSize)?.payloadSize == payloadSize)
        #expect(PayloadLayout(payloadSize: payloadSize)?.plaintextSize == plaintextSize)
    }

    @Test func `a payload size is one that sealing makes, or it is none`() {
        let sizes: Range<UInt64> = 0..<140_000
        let made = Set(sizes.compactMap { PayloadLayout(plaintextSize: $0)?.payloadSize })
        let taken = sizes.filter { PayloadLayout(payloadSize: $0) != nil }
        #expect(made.filter(sizes.contains) == Set(taken))
    }

    @Test(arguments: [0, 15, 16, 31, 65_569, 65_584, 131_121, 131_136, .max] as [UInt64])
    func `other sizes are refused`(payloadSize: UInt64) {
        #expect(PayloadLayout(payloadSize: payloadSize) == nil)
    }

    @Test func `sizes beyond any file are refused and do not overflow`() {
        #expect(PayloadLayout(plaintextSize: 1 << 62) != nil)
        #expect(PayloadLayout(plaintextSize: 1 << 62 + 1) == nil)
        #expect(PayloadLayout(plaintextSize: .max) == nil)
    }
}

@Suite struct PayloadReaders {
    private final class Sealed: Sendable {
        let fileKey = FileKey.random()
        let plaintext: [UInt8]
        let payload: [UInt8]

        init(_ size: Int) {
            plaintext = content(size)
            payload = sealedPayload(of: plaintext, under: fileKey).bytes
        }

        func reader(of payload: [UInt8]? = nil, size: Int? = nil) throws -> PayloadReader {
            let payload = payload ?? self.payload
            return try PayloadReader(fileKey: fileKey, payloadSize: UInt64(size ?? payload.count), reading: source(payload))
        }
    }

    struct Broke: Error {}

    /// Reads what is there, and fewer bytes than asked for where it ends.
    private static func source(_ payload: [UInt8]) -> PayloadReader.Source {
        { range in Array(payload.dropFirst(Int(range.lowerBound)).prefix(range.count)) }
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]) func `any range is read`(size: Int) throws {
        let seed: UInt64 = 20_261_121
        var generator = SeededGenerator(seed: seed)
        let sealed = Sealed(size)
        let reader = try sealed.reader()
        #expect(reader.layout.plaintextSize == UInt64(size))
        let borders = [0, 1, 65_535, 65_536, 65_537, size - 1, size].filter { 0...size ~= $0 }
        for _ in 0..<60 {
            let edge = { (generator: inout SeededGenerator) in
                Bool.random(using: &generator)
                    ? borders.randomElement(using: &generator)! : Int.random(in: 0...size, using: &generator)
            }
            let (one, other) = (edge(&generator), edge(&generator))
            let range = min(one, other)..<max(one, other)
            let read = try reader.open(UInt64(range.lowerBound)..<UInt64(range.upperBound), reading: Self.source(sealed.payload))
            #expect(read == Array(sealed.plaintext[range]), "seed \(seed), \(range) of \(size)")
        }
    }

    @Test func `only the chunks that hold the range are read`() throws {
        let sealed = Sealed(300_000)
        let reader = try sealed.reader()
        var asked: [Range<UInt64>] = []
        _ = try reader.open(70_000..<70_010) { range in
            asked.append(range)
            return try Self.source(sealed.payload)(range)
        }
        #expect(asked == [16 + 65_552..<16 + 2 * 65_552])
    }

    @Test func `a range past the end is refused`() throws {
        let sealed = Sealed(100)
        let reader = try sealed.reader()
        for range in [0..<101, 101..<101, 99..<UInt64.max] as [Range<UInt64>] {
            #expect(throws: PayloadError.outOfRange) { try reader.open(range, reading: Self.source(sealed.payload)) }
        }
    }

    @Test func `a wrong size makes no reader`() throws {
        for size in [0, 1, 65_536, 200_000] {
            let sealed = Sealed(size)
            for other in [-65_552, -17, -16, -1, 1, 16, 17, 65_552] where sealed.payload.count + other >= 0 {
                let padded = sealed.payload + [UInt8](repeating: 0, count: 70_000)
                #expect(throws: PayloadError.notAuthentic) {
                    _ = try sealed.reader(of: padded, size: sealed.payload.count + other).layout
                }
            }
        }
    }

    @Test func `a payload cut at a chunk makes no reader`() {
        let sealed = Sealed(200_000)
        for count in [16 + 65_552, 16 + 2 * 65_552, 16 + 3 * 65_552] {
            #expect(throws: PayloadError.notAuthentic) { _ = try sealed.reader(of: Array(sealed.payload.prefix(count))).layout }
        }
    }

    @Test func `a changed nonce or last chunk makes no reader`() throws {
        let sealed = Sealed(65_546)
        for index in Array(0..<16) + Array(16 + 65_552..<sealed.payload.count) {
            var changed = sealed.payload
            changed[index] ^= 1
            #expect(throws: PayloadError.notAuthentic) { _ = try sealed.reader(of: changed).layout }
        }
    }

    @Test func `a changed, swapped or short chunk is found when it is read`() throws {
        let sealed = Sealed(200_000)
        let reader = try sealed.reader()
        var changed = sealed.payload
        changed[16 + 65_552 + 5] ^= 1
        let (first, second) = (sealed.payload[16..<65_568], sealed.payload[65_568..<131_120])
        let swapped = Array(sealed.payload[..<16] + second + first + sealed.payload[131_120...])
        let short = Array(sealed.payload.prefix(100_000))
        for broken in [changed, swapped, short] {
            #expect(throws: PayloadError.notAuthentic) { try reader.open(66_000..<66_001, reading: Self.source(broken)) }
        }
        #expect(try reader.open(0..<10, reading: Self.source(changed)) == Array(sealed.plaintext[..<10]))
    }

    @Test func `what the source throws comes through`() throws {
        let sealed = Sealed(10)
        let reader = try sealed.reader()
        #expect(throws: Broke.self) { try reader.open(0..<1) { _ in throw Broke() } }
        #expect(throws: Broke.self) {
            _ = try PayloadReader(fileKey: sealed.fileKey, payloadSize: 42) { _ in throw Broke() }.layout
        }
    }
}
