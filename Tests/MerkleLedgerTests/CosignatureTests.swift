import CryptoPrimitives
import MerkleLedger
import TestSupport
import Testing

@Suite struct Cosignatures {
    let checkpoint: Checkpoint
    let logKey: VerifierKey
    let note: SignedNote

    init() throws {
        checkpoint = try Checkpoint(origin: origin("log.example/a"), size: 7, rootHash: .leaf([1]))
        let signer = try logSigner(1)
        logKey = signer.verifierKey
        note = try signer.sign(checkpoint)
    }

    private func cosigned(by bytes: [UInt8], at secondsSince1970: Int64 = 1_800_000_000) throws -> SignedNote {
        try bytes.reduce(note) { note, byte in
            try note.adding(cosigner(byte, name: "cosigner.example/\(byte)").cosign(checkpoint, secondsSince1970: secondsSince1970))
        }
    }

    private func opened(_ note: SignedNote) throws -> VerifiedCheckpoint {
        try Checkpoint.open(note, origin: checkpoint.origin, key: logKey)
    }

    @Test func `a cosignature is time and signature over the time and the whole checkpoint`() throws {
        let line = try cosigner(2, name: "cosigner.example/2").cosign(checkpoint, secondsSince1970: 1_800_000_000)
        #expect(line.bytes.count == 72)
        #expect(line.bytes.prefix(8) == [0, 0, 0, 0, 0x6B, 0x49, 0xD2, 0x00])
        let message = Array("cosignature/v1\ntime 1800000000\n".utf8) + checkpoint.text
        let signature = try #require(Ed25519.Signature(Array(line.bytes.dropFirst(8))))
        try privateKey(2).publicKey.verify(signature, of: message)
    }

    @Test func `a line comes back as it was`() throws {
        let line = try cosigner(2, name: "cosigner.example/2").cosign(checkpoint, secondsSince1970: 0)
        #expect(try NoteSignature(line: line.line.utf8) == line)
    }

    @Test func `no bit of a cosignature can change`() throws {
        let key = try verifierKeys(cosigners: [2])
        let line = try #require(try cosigned(by: [2]).signatures.last?.line)
        let content = try #require(line.split(separator: " ").last.flatMap { Base64.decode($0) })
        for bit in 0..<8 * content.count {
            var changed = content
            changed[bit / 8] ^= 1 << (bit % 8)
            let signature = try NoteSignature(line: "— cosigner.example/2 \(Base64.encode(changed))".utf8)
            #expect(throws: NoteError.self) { try SignedNote(text: note.text, signatures: [signature]).verified(by: key) }
        }
    }

    @Test(arguments: [0, 8, 63, 64, 71, 73, 144]) func `bytes of another length are no cosignature`(count: Int) throws {
        let key = try verifierKeys(cosigners: [2])
        let content = key[0].keyID.bytes + [UInt8](repeating: 0, count: max(count, 1))
        let signature = try NoteSignature(line: "— cosigner.example/2 \(Base64.encode(content))".utf8)
        #expect(throws: NoteError.notAuthentic) { try note.adding(signature).verified(by: key) }
    }

    @Test func `a time beyond 63 bits is refused though it is signed`() throws {
        let key = try verifierKeys(cosigners: [2])
        let message = Array("cosignature/v1\ntime 9223372036854775808\n".utf8) + checkpoint.text
        let content = key[0].keyID.bytes + [0x80, 0, 0, 0, 0, 0, 0, 0] + privateKey(2).sign(message).bytes
        let signature = try NoteSignature(line: "— cosigner.example/2 \(Base64.encode(content))".utf8)
        #expect(throws: NoteError.notAuthentic) { try note.adding(signature).verified(by: key) }
        let latest = try cosigned(by: [2], at: .max)
        #expect(try latest.verified(by: key) == key)
    }

    @Test func `a note's signature is no cosignature, and a cosignature covers the text of its note alone`() throws {
        let key = try verifierKeys(cosigners: [2])
        let content = key[0].keyID.bytes + privateKey(2).sign(checkpoint.text).bytes
        let signature = try NoteSignature(line: "— cosigner.example/2 \(Base64.encode(content))".utf8)
        #expect(throws: NoteError.notAuthentic) { try note.adding(signature).verified(by: key) }
        let moved = try SignedNote(text: Array("log.example/a\n8\n".utf8), signatures: cosigned(by: [2]).signatures)
        #expect(throws: NoteError.notAuthentic) { try moved.verified(by: key) }
    }

    @Test func `a quorum is met by enough cosigners, whichever they are`() throws {
        let quorum = try #require(Quorum(2, of: verifierKeys(cosigners: [2, 3, 4])))
        try quorum.verify(opened(cosigned(by: [2, 3])))
        try quorum.verify(opened(cosigned(by: [4, 2])))
        try quorum.verify(opened(cosigned(by: [2, 3, 4, 9])))
    }

    @Test func `too few, the same one twice, strangers and the log itself are no quorum`() throws {
        let quorum = try #require(Quorum(2, of: verifierKeys(cosigners: [2, 3, 4])))
        for cosigners in [[], [2], [2, 2], [8, 9], [2, 8, 9]] as [[UInt8]] {
            #expect(throws: NoteError.unverified) { try quorum.verify(opened(cosigned(by: cosigners))) }
        }
    }

    @Test func `one false cosignature of the quorum spoils the rest`() throws {
        let quorum = try #require(Quorum(2, of: verifierKeys(cosigners: [2, 3, 4])))
        let key = try verifierKeys(cosigners: [4])[0]
        let line = "— cosigner.example/4 \(Base64.encode(key.keyID.bytes + [UInt8](repeating: 0, count: 72)))"
        let note = try cosigned(by: [2, 3]).adding(NoteSignature(line: line.utf8))
        #expect(throws: NoteError.notAuthentic) { try quorum.verify(opened(note)) }
    }

    @Test func `a quorum is of several parties, not of one under several names`() throws {
        let keys = try verifierKeys(cosigners: [2, 3])
        let alias = VerifierKey(name: try name("cosigner.example/alias"), kind: .cosignature, publicKey: keys[0].publicKey)
        let namesake = VerifierKey(name: keys[0].name, kind: .cosignature, publicKey: keys[1].publicKey)
        #expect(Quorum(2, of: [keys[0], keys[0]]) == nil)
        #expect(Quorum(2, of: [keys[0], alias]) == nil)
        #expect(Quorum(2, of: [keys[0], namesake]) == nil)
        #expect(Quorum(1, of: [logKey]) == nil)
        #expect(Quorum(0, of: keys) == nil)
        #expect(Quorum(-1, of: keys) == nil)
        #expect(Quorum(3, of: keys) == nil)
        #expect(Quorum(0, of: []) == nil)
        #expect(Quorum(2, of: keys) != nil)
    }
}
