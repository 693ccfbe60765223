import CryptoPrimitives
import MerkleLedger
import Testing

@Suite struct VerifierKeys {
    static let vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

    @Test(arguments: [
        vkey, "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
        "cosigner.example/one+96f91013+BNuhHz9nVyItzYANyo8h0IrcMsbYaRO+660zGrcG46Rq",
    ]) func `a key comes back as it was written`(text: String) throws {
        #expect(try VerifierKey(text).description == text)
    }

    @Test func `a key is its name, kind and public key`() throws {
        let key = try VerifierKey(Self.vkey)
        #expect(key.name.description == "example.com/foo")
        #expect(key.kind == .ed25519)
        #expect(key.keyID.description == "530d903a")
        #expect(VerifierKey(name: key.name, kind: key.kind, publicKey: key.publicKey) == key)
    }

    @Test func `one key pair has another ID for another kind, and for another name`() throws {
        let key = try VerifierKey(Self.vkey)
        #expect(VerifierKey(name: key.name, kind: .cosignature, publicKey: key.publicKey).keyID != key.keyID)
        #expect(VerifierKey(name: try name("example.com/fop"), kind: .ed25519, publicKey: key.publicKey).keyID != key.keyID)
    }

    @Test func `every part of a key, and every key with a bit changed, is refused`() {
        let bytes = Array(Self.vkey.utf8)
        for start in bytes.indices {
            for end in start...bytes.count where end - start < bytes.count {
                let part = String(decoding: bytes[start..<end], as: UTF8.self)
                #expect(throws: NoteError.malformed) { try VerifierKey(part) }
            }
            for bit in 0..<7 {
                var changed = bytes
                changed[start] ^= 1 << bit
                #expect(throws: NoteError.malformed) { try VerifierKey(String(decoding: changed, as: UTF8.self)) }
            }
        }
    }

    @Test(arguments: [
        ("a kind we do not know", "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        ("upper case", "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
        ("the ID of another key", "example.com/foo+33d7b496+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
        ("a newline at the end", vkey + "\n"), ("a space in front", " " + vkey), ("a field more", vkey + "+x"),
        ("padding", vkey + "="), ("a key too long", "a+00000000+AQ" + String(repeating: "A", count: 46)),
        ("a name too long", String(repeating: "n", count: 256) + "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
        ("a million bytes", vkey + String(repeating: "A", count: 1_000_000)),
    ]) func `other text is no key`(what: String, text: String) {
        #expect(throws: NoteError.malformed, "\(what)") { try VerifierKey(text) }
    }

    @Test(arguments: ["", " ", "a b", "a+b", "a\u{85}b", "a\u{2028}b", "a\u{1}b", "\u{2003}", String(repeating: "n", count: 256)])
    func `a name has no spaces, no plus and an end`(text: String) {
        #expect(KeyName(text) == nil)
    }

    @Test(arguments: ["a", "example.com/log", "hôpital", "クリニック", String(repeating: "n", count: 255)])
    func `other names are names`(text: String) {
        #expect(KeyName(text)?.description == text)
    }
}
