import CryptoPrimitives
import MerkleLedger
import TestSupport
import Testing

@Suite struct SignedNotes {
    static let vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    static let text = "This is an example message.\n"
    static let content = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    static let line = "— example.com/foo \(content)\n"
    static let note = "\(text)\n\(line)"
    static let unknown = "— example.com/other AAAAAAA=\n"

    @Test func `the example of C2SP verifies and comes back byte for byte`() throws {
        let key = try VerifierKey(Self.vkey)
        let note = try SignedNote(Self.note)
        #expect(try note.verified(by: [key]) == [key])
        #expect(note.text == Array(Self.text.utf8))
        #expect(note.bytes == Array(Self.note.utf8))
    }

    /// What is wrong with a note, and the note.
    static let malformed: KeyValuePairs<String, String> = [
        "nothing": "",
        "a newline": "\n",
        "an empty line": "\n\n",
        "text alone": text,
        "no signature": "\(text)\n",
        "no empty line": text + line,
        "no newline at the end": String(note.dropLast()),
        "a carriage return": "a\r\n\n\(line)",
        "lines that end as on Windows": note.replacing("\n", with: "\r\n"),
        "a tab": "a\tb\n\n\(line)",
        "a zero": "a\0\n\n\(line)",
        "an empty line after the signatures": note + "\n",
        "a line that is no signature": note + "and more\n",
        "text after the signatures": note + "\n" + text,
        "a hyphen": note.replacing("— ", with: "- "),
        "an en dash": note.replacing("— ", with: "– "),
        "no dash": note.replacing("— ", with: ""),
        "no space after the dash": note.replacing("— ", with: "—"),
        "two spaces after the dash": note.replacing("— ", with: "—  "),
        "two spaces before the signature": note.replacing(" Uw", with: "  Uw"),
        "a space at the end": note.replacing("M=\n", with: "M= \n"),
        "no signature in the line": "\(text)\n— example.com/foo\n",
        "an empty one": "\(text)\n— example.com/foo \n",
        "no name": "\(text)\n— \(content)\n",
        "an empty name": "\(text)\n—  \(content)\n",
        "a name with +": note.replacing("com/foo", with: "com+foo"),
        "a name with a space": note.replacing("com/foo", with: "com foo"),
        "a name with a no-break space": note.replacing("com/foo", with: "com\u{A0}foo"),
        "a name with an ideographic space": note.replacing("com/foo", with: "com\u{3000}foo"),
        "a name of 256 bytes": note.replacing("example.com/foo", with: String(repeating: "n", count: 256)),
        "a key ID alone": "\(text)\n— example.com/foo Uw2QOg==\n",
        "three bytes": "\(text)\n— example.com/foo Uw2Q\n",
        "no padding": note.replacing("M=", with: "M"),
        "padding twice": note.replacing("M=", with: "M=="),
        "bits after the end": note.replacing("QM=", with: "QN="),
        "base 64 for URLs": note.replacing("Uw2Q", with: "Uw_Q"),
        "another alphabet": note.replacing("Uw2Q", with: "Uw-Q"),
        "a newline within": note.replacing("Uw2Q", with: "Uw\n2Q"),
        "the empty line gone": note.replacing("\n\n", with: "\n"),
    ]

    @Test(arguments: malformed.map(\.key)) func `what is no note is refused`(what: String) throws {
        let note = try #require(Self.malformed.first { $0.key == what }).value
        #expect(note != Self.note)
        #expect(throws: NoteError.malformed) { try SignedNote(note) }
    }

    @Test func `bytes that are not UTF-8 are refused wherever they stand`() {
        let note = Array(Self.note.utf8)
        for position in note.indices {
            for byte in [0xFF, 0xC0, 0x80] as [UInt8] where note[position] != byte {
                var changed = note
                changed[position] = byte
                #expect(throws: NoteError.malformed) { try SignedNote(changed) }
            }
        }
    }

    @Test func `every cut is refused`() {
        let note = Array(Self.note.utf8)
        for count in 0..<note.count { #expect(throws: NoteError.malformed) { try SignedNote(Array(note.prefix(count))) } }
    }

    @Test func `no bit of the text, the name or the signature can change`() throws {
        let key = try VerifierKey(Self.vkey)
        let note = Array(Self.note.utf8)
        for bit in 0..<8 * note.count {
            var changed = note
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: NoteError.self) { try SignedNote(changed).verified(by: [key]) }
        }
    }

    @Test func `a signature counts only under its own name and key ID`() throws {
        let key = try VerifierKey(Self.vkey)
        let renamed = try SignedNote(Self.note.replacing("com/foo", with: "com/bar"))
        let otherID = try SignedNote(Self.note.replacing("Uw2Q", with: "Uw2R"))
        #expect(throws: NoteError.unverified) { try renamed.verified(by: [key]) }
        #expect(throws: NoteError.unverified) { try otherID.verified(by: [key]) }
        #expect(throws: NoteError.unverified) { try SignedNote(Self.note).verified(by: []) }
    }

    @Test func `names are not equal when they only look equal`() throws {
        let composed = try name("h\u{F4}pital")
        let decomposed = try name("ho\u{302}pital")
        #expect(composed != decomposed)
        let signer = NoteSigner(name: composed, key: privateKey(1))
        let note = try signer.sign(Array("text\n".utf8))
        let other = VerifierKey(name: decomposed, kind: .ed25519, publicKey: privateKey(1).publicKey)
        #expect(throws: NoteError.unverified) { try note.verified(by: [other]) }
        let joined = try SignedNote(Self.note.replacing("— ex", with: "— \u{301}ex"))
        #expect(throws: NoteError.unverified) { try joined.verified(by: [VerifierKey(Self.vkey)]) }
    }

    @Test func `a bad signature of a known key spoils the note, and a second one of a key that signed does not`() throws {
        let key = try VerifierKey(Self.vkey)
        let bad = "— example.com/foo Uw2QOg" + String(repeating: "A", count: 85) + "=\n"
        let short = "— example.com/foo Uw2QOgAA\n"
        for line in [bad, short] {
            #expect(throws: NoteError.notAuthentic) { try SignedNote("\(Self.text)\n\(line)").verified(by: [key]) }
            #expect(throws: NoteError.notAuthentic) { try SignedNote("\(Self.text)\n\(line)\(Self.line)").verified(by: [key]) }
            #expect(try SignedNote("\(Self.text)\n\(Self.line)\(line)").verified(by: [key]) == [key])
        }
    }

    @Test func `unknown signatures are ignored, before and after`() throws {
        let key = try VerifierKey(Self.vkey)
        for lines in [Self.unknown + Self.line, Self.line + Self.unknown, Self.unknown + Self.line + Self.unknown] {
            let note = try SignedNote("\(Self.text)\n\(lines)")
            #expect(try note.verified(by: [key]) == [key])
            #expect(note.bytes == Array("\(Self.text)\n\(lines)".utf8))
        }
        #expect(throws: NoteError.unverified) { try SignedNote("\(Self.text)\n\(Self.unknown)").verified(by: [key]) }
    }

    @Test func `a key that is known twice is ambiguous, but only where it is needed`() throws {
        let key = try VerifierKey(Self.vkey)
        let other = try logSigner(1).verifierKey
        #expect(throws: NoteError.ambiguousKeys) { try SignedNote(Self.note).verified(by: [key, other, key]) }
        #expect(try SignedNote(Self.note).verified(by: [other, key, other]) == [key])
    }

    @Test func `the text may have empty lines, and its last newline is signed`() throws {
        let signer = try logSigner(1)
        let key = signer.verifierKey
        for text in ["\n", "\n\n", "a\n\n\nb\n", "— looks like a signature AAAAAAA=\n", "\(Self.note)"] {
            let note = try signer.sign(Array(text.utf8))
            #expect(note.text == Array(text.utf8))
            #expect(try SignedNote(note.bytes) == note)
            #expect(try note.verified(by: [key]) == [key])
        }
        let note = try signer.sign(Array("a\n".utf8))
        let longer = try SignedNote(text: Array("a\n\n".utf8), signatures: note.signatures)
        #expect(throws: NoteError.notAuthentic) { try longer.verified(by: [key]) }
    }

    @Test(arguments: ["", "abc", "a\r\n", "a\tb\n", "a\u{0}\n", "a\n\u{1B}[2J\n"]) func `other text cannot be signed`(text: String)
        throws
    {
        let signer = try logSigner(1)
        let isRefused = (try? signer.sign(Array(text.utf8))) == nil
        #expect(isRefused)
    }

    @Test func `100 signatures are read and 101 are not`() throws {
        let key = try VerifierKey(Self.vkey)
        let most = try SignedNote("\(Self.text)\n" + String(repeating: Self.line, count: 100))
        #expect(try most.verified(by: [key]) == [key])
        #expect(throws: NoteError.malformed) { try SignedNote("\(Self.text)\n" + String(repeating: Self.line, count: 101)) }
        let signature = try #require(most.signatures.first)
        #expect(throws: NoteError.malformed) { try most.adding(signature) }
    }

    @Test func `a note has a size bound, read or made`() throws {
        let signer = try logSigner(1)
        let overhead = try signer.sign([0x0A]).bytes.count - 1
        let longest = [UInt8](repeating: 0x61, count: SignedNote.maximumSize - overhead - 1) + [0x0A]
        let note = try signer.sign(longest)
        #expect(note.bytes.count == SignedNote.maximumSize)
        #expect(try SignedNote(note.bytes) == note)
        let isRefused = (try? signer.sign([0x61] + longest)) == nil
        #expect(isRefused)
        #expect(throws: NoteError.malformed) { try SignedNote([0x61] + note.bytes) }
    }

    @Test func `two keys may sign one text`() throws {
        let first = try logSigner(1)
        let second = try logSigner(2)
        let keys = [first.verifierKey, second.verifierKey]
        let text = Array("text\n".utf8)
        let signature = try #require(try second.sign(text).signatures.first)
        let note = try first.sign(text).adding(signature)
        #expect(try note.verified(by: keys) == keys)
        #expect(try note.verified(by: keys.reversed()) == keys)
        #expect(try note.verified(by: [keys[1]]) == [keys[1]])
    }
}
