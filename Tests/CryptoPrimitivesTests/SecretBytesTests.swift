import Foundation
import Testing

@testable import CryptoPrimitives

@Suite struct SecretMemory {
    @Test func `slots are wiped on release and taken again`() {
        let arena = SecretArena()
        let first = arena.allocate(byteCount: 100)
        for index in 0..<100 { first.base[index] = 0xA5 }
        arena.release(first)
        // The chunk stays mapped, so a freed slot may be looked at.
        #expect((0..<128).allSatisfy { first.base[$0] == 0 })
        let second = arena.allocate(byteCount: 1)
        #expect(second.base == first.base)
    }

    @Test func `a full chunk is followed by another`() {
        let arena = SecretArena()
        let half = SecretArena.slotSize * SecretArena.slotsPerChunk / 2
        let all = (0..<3).map { _ in arena.allocate(byteCount: half) }
        #expect(Set(all.map(\.base)).count == 3)
    }

    @Test func `a thousand secrets of all sizes keep apart`() {
        final class Box {
            let secret: SecretBytes
            let fill: UInt8
            init(_ index: Int) {
                fill = UInt8(truncatingIfNeeded: index)
                secret = SecretBytes(copying: [UInt8](repeating: fill, count: index % 300).span)
            }
        }
        var boxes = (0..<1_000).map { Box($0) }
        boxes.removeAll { $0.fill.isMultiple(of: 3) }
        boxes += (0..<1_000).map { Box($0) }
        for box in boxes {
            let isIntact = box.secret.withBytes { span in span.indices.allSatisfy { span[$0] == box.fill } }
            #expect(isIntact)
        }
    }

    @Test func `a secret whose making fails leaves nothing behind`() {
        struct Refused: Error {}
        #expect(throws: Refused.self) {
            _ = try SecretBytes(count: 40) { (span: inout MutableSpan<UInt8>) throws(Refused) in
                span[0] = 1
                throw Refused()
            }.count
        }
    }

    @Test func `equality looks at every byte and at the length`() {
        func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
            SecretBytes(copying: left.span).isEqual(to: SecretBytes(copying: right.span))
        }
        #expect(isEqual([1, 2, 3], [1, 2, 3]))
        #expect(!isEqual([1, 2, 3], [1, 2, 4]))
        #expect(!isEqual([1, 2, 3], [1, 2]))
    }

    @Test func `random bytes differ`() {
        let isEqual = SecretBytes.random(count: 32).isEqual(to: .random(count: 32))
        #expect(!isEqual)
        #expect(Bytes32.random() != Bytes32.random())
    }
}

@Suite struct SecretsFromDescriptors {
    /// Reads one line of what is written into a pipe.
    private func line(of text: String, atMost limit: Int = 20) throws -> [UInt8] {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try pipe.fileHandleForWriting.close()
        let secret = try SecretBytes.read(upTo: .line, from: pipe.fileHandleForReading.fileDescriptor, atMost: limit)
        return secret.withBytes { span in span.indices.map { span[$0] } }
    }

    @Test(arguments: ["secret", "secret\n", "secret\r\n", "secret\nmore\n"]) func `a line is read without its end`(text: String)
        throws
    {
        #expect(try line(of: text) == Array("secret".utf8))
    }

    @Test func `an empty input is an empty line`() throws {
        #expect(try line(of: "").isEmpty)
        #expect(try line(of: "\nsecond").isEmpty)
    }

    @Test func `a line above the limit is refused, and one of just that length is not`() throws {
        let twenty = String(repeating: "x", count: 20)
        #expect(try line(of: twenty + "\n").count == 20)
        #expect(throws: SecretBytes.ReadError.tooLong) { try line(of: twenty + "y\n") }
        #expect(throws: SecretBytes.ReadError.tooLong) { try line(of: twenty + twenty) }
    }

    @Test func `a descriptor that is not open is refused`() {
        #expect(throws: SecretBytes.ReadError.unreadable) { _ = try SecretBytes.read(upTo: .line, from: -1, atMost: 10).count }
    }
}
