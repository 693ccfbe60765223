import CryptoPrimitives
import Foundation
import TestSupport
import Testing

@testable import GatewayClient

private struct Vectors: Decodable {
    struct Vector: Decodable, CustomStringConvertible {
        let id: String
        let entropy: String
        let mnemonic: String
        let seed: String

        var description: String { id }
    }
    let tests: [Vector]
}

private func sentence(_ words: borrowing RecoveryWords) -> String {
    var all: [String] = []
    words.forEachWord { all.append($1) }
    return all.joined(separator: " ")
}

/// What is read from a text, written again; `nil` if it is refused.
private func reread(_ text: String) -> String? {
    guard let words = RecoveryWords.parse(SecretBytes(copying: Array(text.utf8).span)) else { return nil }
    return sentence(words)
}

/// The words that hold these bytes.
private func sentence(holding entropy: [UInt8]) -> String {
    let words = RecoveryWords(entropy: SecretBytes(copying: entropy.span))
    return sentence(words)
}

private func seed(_ entropy: [UInt8], passphrase: String) -> String {
    let words = RecoveryWords(entropy: SecretBytes(copying: entropy.span))
    let seed = words.seed(passphrase: passphrase)
    return seed.withBytes { span in Hexadecimal.encode(span.indices.map { span[$0] }) }
}

private func fetchKey(_ name: String) -> Ed25519.PublicKey {
    let words = RecoveryWords(entropy: KeyFormats.secret(name))
    let recovery = RecoveryKey(words)
    let key = recovery.fetchKey()
    return key.publicKey
}

private func isSentence(_ text: String) -> Bool { reread(text) != nil }

@Suite struct RecoveryWordTests {
    /// Bytes 0 to 31 as words.
    private let sentence = GatewayClientTests.sentence(holding: (0..<32).map { UInt8($0) })
    private var words: [String] { sentence.split(separator: " ").map(String.init) }

    @Test(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
    func `256 bits make the words and the seeds of the published vectors`() throws {
        let vectors = try Corpora.json("bip39/vectors-english.json", as: Vectors.self).tests.filter { $0.entropy.count == 64 }
        #expect(!vectors.isEmpty)
        for vector in vectors {
            let entropy = try #require(Hexadecimal.decode(vector.entropy))
            #expect(GatewayClientTests.sentence(holding: entropy) == vector.mnemonic, "\(vector)")
            #expect(seed(entropy, passphrase: "TREZOR") == vector.seed, "\(vector)")
            #expect(reread(vector.mnemonic) == vector.mnemonic, "\(vector)")
        }
    }

    @Test func `the list is the standard's`() {
        let file = WordList.words.map { $0 + "\n" }.joined()
        let hash = SHA256.hash(Array(file.utf8)).description
        #expect(hash == "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda")
    }

    @Test func `case, tabs and line ends are as people write them`() {
        let same = [
            sentence.uppercased(), words.joined(separator: "\n"), words.joined(separator: "\t"), words.joined(separator: "\r\n"),
            "  \(sentence) \n", words.joined(separator: "  "),
        ]
        for text in same { #expect(reread(text) == sentence) }
    }

    @Test func `every other last word but one in 256 is refused for its checksum`() {
        let first = words.dropLast().joined(separator: " ")
        let accepted = WordList.words.filter { isSentence("\(first) \($0)") }
        // The last word holds three bits of entropy and eight of checksum.
        #expect(accepted.count == 8)
        #expect(accepted.contains(words[23]))
    }

    @Test func `two words exchanged are refused`() {
        var exchanged = words
        exchanged.swapAt(3, 17)
        #expect(!isSentence(exchanged.joined(separator: " ")))
    }

    @Test func `too few and too many words are refused`() {
        for count in [0, 1, 12, 23] { #expect(!isSentence(words.prefix(count).joined(separator: " "))) }
        #expect(!isSentence("\(sentence) \(words[23])"))
        #expect(!isSentence("\(sentence) \(sentence)"))
    }

    @Test func `what is no word of the list is refused`() {
        for text in ["zzz", "abandonn", "aban", "abando\u{6E}\u{301}", "1", "-"] {
            #expect(!isSentence(([text] + words.dropFirst()).joined(separator: " ")), "\(text)")
        }
        for separator in [",", "-", "\u{A0}", "\u{3000}", "\u{0B}", ""] {
            #expect(!isSentence(words.joined(separator: separator)), "\(separator.unicodeScalars)")
        }
    }

    @Test func `other words are other keys`() {
        #expect(fetchKey("one") != fetchKey("other"))
    }
}
