import CryptoPrimitives
import MerkleLedger
import TestSupport
import Testing

@Suite struct Checkpoints {
    static let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    static let text = "log.example/a\n20852163\n\(root)\n"

    private func parse(_ text: String) throws(NoteError) -> Checkpoint {
        try Checkpoint(text: Array(text.utf8))
    }

    @Test func `three lines come back as they were`() throws {
        let checkpoint = try parse(Self.text)
        #expect(checkpoint.origin == TextLine("log.example/a"))
        #expect(checkpoint.size == 20_852_163)
        #expect(Base64.encode(checkpoint.rootHash.bytes) == Self.root)
        #expect(checkpoint.extensionLines.isEmpty)
        #expect(checkpoint.text == Array(Self.text.utf8))
        #expect(try Checkpoint(origin: checkpoint.origin, size: checkpoint.size, rootHash: checkpoint.rootHash) == checkpoint)
    }

    @Test(arguments: [
        "go.sum database tree\n1\n\(root)\n", "log.example/a\n18446744073709551615\n\(root)\n", "\(text)one\n",
        "\(text)one\n two\n",
        "log.example/a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    ]) func `other logs' checkpoints are read`(text: String) throws {
        #expect(try parse(text).text == Array(text.utf8))
    }

    @Test(arguments: [
        "", "\n", "\n\n\n", "log.example/a\n", "log.example/a\n1\n", "log.example/a\n1\n\(root)", "\n1\n\(root)\n",
        "log.example/a\n\n\(root)\n", "log.example/a\n1\n\n", "log.example/a\n+5\n\(root)\n", "log.example/a\n05\n\(root)\n",
        "log.example/a\n 5\n\(root)\n", "log.example/a\n5 \n\(root)\n", "log.example/a\n-5\n\(root)\n",
        "log.example/a\n0x5\n\(root)\n",
        "log.example/a\n5.0\n\(root)\n", "log.example/a\n٥\n\(root)\n", "log.example/a\n00\n\(root)\n",
        "log.example/a\n18446744073709551616\n\(root)\n", "log.example/a\n99999999999999999999999\n\(root)\n",
        "log.example/a\n0\n\(root)\n", "log.example/a\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
        "log.example/a\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA\n", "log.example/a\n5\n\(root) \n",
        "log.example/a\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", "log.example/a\n5\n\(root.dropLast())\n",
        "log.example/a\r\n5\r\n\(root)\r\n", "log.example/a\n5\n\(root)\n\n", "log.example/a\n5\n\(root)\none\n\ntwo\n",
        "log.example/a\n5\n\(root)\none", "log.example/a\n5\n\(root)\na\tb\n", "5\nlog.example/a\n\(root)\n",
        "log.example/a\n\(root)\n5\n",
        "log.\u{202E}example/a\n5\n\(root)\n",
    ]) func `other text is no checkpoint`(text: String) {
        #expect(throws: NoteError.malformed) { try parse(text) }
    }

    @Test func `an origin is not empty, and an empty tree has its own root`() throws {
        #expect(throws: NoteError.malformed) { try Checkpoint(origin: origin(""), size: 1, rootHash: .emptyTree) }
        #expect(throws: NoteError.malformed) { try Checkpoint(origin: origin("a"), size: 0, rootHash: .leaf([1])) }
        #expect(try Checkpoint(origin: origin("a"), size: 0, rootHash: .emptyTree).size == 0)
    }

    @Test func `text beyond the bound of a note is refused`() {
        let line = String(repeating: "e", count: SignedNote.maximumSize) + "\n"
        #expect(throws: NoteError.malformed) { try parse(Self.text + line) }
    }
}

@Suite struct OpenedCheckpoints {
    let name = "log.example/a"

    private func note(_ text: String, signedBy byte: UInt8 = 1) throws -> SignedNote {
        try logSigner(byte, name: name).sign(Array(text.utf8))
    }

    @Test func `what the log signed opens`() throws {
        let checkpoint = try Checkpoint(origin: origin(name), size: 7, rootHash: .leaf([1]))
        let signer = try logSigner(1)
        let note = try signer.sign(checkpoint)
        let key = signer.verifierKey
        let opened = try Checkpoint.open(SignedNote(note.bytes), origin: origin(name), key: key)
        #expect(opened.checkpoint == checkpoint)
        #expect(opened.note == note)
    }

    @Test func `another key, another log and another text do not open`() throws {
        let key = try logSigner(1).verifierKey
        let note = try note(Checkpoints.text)
        #expect(throws: NoteError.otherOrigin) { try Checkpoint.open(note, origin: origin("log.example/b"), key: key) }
        #expect(throws: NoteError.unverified) {
            try Checkpoint.open(note, origin: origin(name), key: logSigner(2).verifierKey)
        }
        let changed = try SignedNote(
            text: Array("log.example/a\n20852164\n\(Checkpoints.root)\n".utf8), signatures: note.signatures)
        #expect(throws: NoteError.notAuthentic) { try Checkpoint.open(changed, origin: origin(name), key: key) }
        #expect(throws: NoteError.malformed) { try Checkpoint.open(self.note("no checkpoint\n"), origin: origin(name), key: key) }
    }

    @Test func `an origin that is spelt alike is another`() throws {
        let text = "log.example/ho\u{302}pital\n1\n\(Checkpoints.root)\n"
        let key = try logSigner(1).verifierKey
        #expect(throws: NoteError.otherOrigin) {
            try Checkpoint.open(note(text), origin: origin("log.example/h\u{F4}pital"), key: key)
        }
    }

    @Test func `a cosigner's key opens nothing`() throws {
        let checkpoint = try Checkpoint(origin: origin(name), size: 7, rootHash: .leaf([1]))
        let party = try cosigner(3, name: "cosigner.example/3")
        let note = try logSigner(1).sign(checkpoint).adding(party.cosign(checkpoint, secondsSince1970: 1))
        let key = party.verifierKey
        #expect(throws: NoteError.unverified) { try Checkpoint.open(note, origin: origin(name), key: key) }
    }
}
