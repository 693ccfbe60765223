import CryptoPrimitives
import TestSupport
import Testing

@testable import EnvelopeEncryption

/// The examples of docs/formats.md, section 3.
@Suite struct EnvelopeFormats {
    private let binding = ContentBinding(
        origin: line("north.example/ledger"), compartment: SHA256.hash([1]).value, record: SHA256.hash([2]).value, version: 1)

    @Test func `payloads and content commitments are as the document says`() throws {
        let difference = try FormatFile("envelopes.json").difference(from: [
            ("empty", try example(count: 0, isWhole: true)), ("short", try example(count: 100, isWhole: true)),
            ("one full chunk", try example(count: 65_536, isWhole: false)),
            ("two chunks", try example(count: 65_541, isWhole: false)),
            ("released", try released()),
        ])
        #expect(difference == nil)
    }

    /// Content whose byte i is i mod 251.
    private func content(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }

    private func fileKey() throws -> FileKey {
        guard let fileKey = FileKey(secret(Array(SHA256.hash([3]).bytes.prefix(16)))) else { throw FormatError.notCanonical }
        return fileKey
    }

    private func example(count: Int, isWhole: Bool) throws -> Shown {
        let fileKey = try fileKey()
        let nonce = Array(SHA256.hash([4]).bytes.prefix(16))
        let content = content(count)
        var payload: [UInt8] = []
        var sealer = PayloadSealer(fileKey: fileKey, nonce: nonce)
        sealer.seal(content.span, appendingTo: &payload)
        let sealed = sealer.finish(appendingTo: &payload)
        return fields([
            "file key": exposed(fileKey), "nonce": nonce, "content length": count, "payload": isWhole ? payload : nil,
            "payload size": sealed.size, "payload id": sealed.id, "origin": binding.origin, "compartment": binding.compartment,
            "record": binding.record, "version": Int(binding.version),
            "content commitment": ContentCommitment(to: content.span, bound: binding, under: fileKey).value,
        ])
    }

    /// Sealed once: the header is random by nature. Whoever has the identity's seed and X-Wing can open it.
    private func released() throws -> Shown {
        let seed = SHA256.hash([5]).bytes
        let identity = HybridIdentity(seed: secret(seed))
        let file = try FormatFile("envelopes.json").once("released", "file") {
            try Envelope.seal(content(100).span, to: identity.recipient())
        }
        #expect(try Envelope.open(file, with: identity) == content(100))
        return fields([
            "identity seed": seed, "recipient": identity.recipient().bytes, "content length": 100,
            "header size": try Header(startOf: file).bytes.count, "file": file,
        ])
    }
}
