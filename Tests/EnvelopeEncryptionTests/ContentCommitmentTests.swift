import CryptoPrimitives
import Testing

@testable import EnvelopeEncryption

@Suite struct ContentCommitments {
    private func fileKey(_ fill: UInt8 = 7) throws -> FileKey {
        guard let fileKey = FileKey(secret([UInt8](repeating: fill, count: 16))) else { throw Missing() }
        return fileKey
    }

    private struct Missing: Error {}

    private func binding(
        origin: String = "example.com/ledger", compartment: UInt8 = 1, record: UInt8 = 2, version: UInt32 = 3
    ) throws -> ContentBinding {
        ContentBinding(
            origin: try #require(TextLine(origin)),
            compartment: try #require(Bytes32([UInt8](repeating: compartment, count: 32))),
            record: try #require(Bytes32([UInt8](repeating: record, count: 32))), version: version)
    }

    private let plaintext = Array("glucose 5.4 mmol/L".utf8)

    private func commitment(to content: [UInt8]? = nil, bound binding: ContentBinding) throws -> ContentCommitment {
        let content = content ?? plaintext
        return ContentCommitment(to: content.span, bound: binding, under: try fileKey())
    }

    /// Computed with Python's hmac and hashlib from the table above `ContentCommitment`.
    @Test func `the commitment is the HMAC the table says`() throws {
        #expect(try commitment(bound: binding()).description == "48d930f997d4d9a83275a0bc053f52d14569f8b747b51806c88deba57dd7667c")
    }

    @Test func `origin, compartment, record, version, content and file key each change it`() throws {
        let other = ContentCommitment(to: plaintext.span, bound: try binding(), under: try fileKey(8))
        let all = [
            try commitment(bound: binding()), try commitment(bound: binding(origin: "example.com/ledgers")),
            try commitment(bound: binding(compartment: 9)), try commitment(bound: binding(record: 9)),
            try commitment(bound: binding(version: 4)), try commitment(to: plaintext + [0], bound: binding()),
            try commitment(to: [], bound: binding()), try commitment(to: Array(plaintext.dropLast()), bound: binding()), other,
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func `compartment and record do not stand for each other`() throws {
        #expect(try commitment(bound: binding(compartment: 2, record: 1)) != commitment(bound: binding(compartment: 1, record: 2)))
    }

    @Test func `content in pieces gives the same`() throws {
        var hasher = ContentCommitment.Hasher(fileKey: try fileKey(), binding: try binding(), size: UInt64(plaintext.count))
        for byte in plaintext { hasher.update([byte].span) }
        let pieced = hasher.finalize()
        #expect(try pieced == commitment(bound: binding()))
    }

    @Test(arguments: [0, 17, 19, UInt64.max]) func `another size than announced gives none`(size: UInt64) throws {
        var hasher = ContentCommitment.Hasher(fileKey: try fileKey(), binding: try binding(), size: size)
        hasher.update(plaintext.span)
        let commitment = hasher.finalize()
        #expect(commitment == nil)
    }
}
