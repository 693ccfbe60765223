import CryptoPrimitives
import Testing

@testable import EnvelopeEncryption

@Suite struct Bech32Text {
    /// From BIP 173's list of valid strings: twenty bytes, and none at all.
    @Test func `text is as BIP 173 says`() {
        let twenty = Bech32(prefix: "abcdef", byteCount: 20, letterCase: .lower)
        let bytes = Hexadecimal.decode("00443214c74254b635cf84653a56d7c675be77df")
        #expect(twenty.decode("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw") == bytes)
        #expect(bytes.map(twenty.encode) == "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw")
        #expect(Bech32(prefix: "A", byteCount: 0, letterCase: .upper).decode("A12UEL5L") == [])
    }

    @Test func `recipients come back from their text`() {
        let classical = X25519Identity.random().recipient
        let hybrid = HybridIdentity.random().recipient()
        #expect(classical.description.hasPrefix("age1") && classical.description.utf8.count == 62)
        #expect(hybrid.description.hasPrefix("age1pq1") && hybrid.description.utf8.count == 1_959)
        #expect(X25519Recipient(classical.description) == classical)
        #expect(HybridRecipient(hybrid.description) == hybrid)
    }

    @Test func `identities come back from their text`() throws {
        let classical = X25519Identity.random()
        let hybrid = HybridIdentity.random()
        #expect(String(decoding: exposed(classical.exportedText()), as: UTF8.self).hasPrefix("AGE-SECRET-KEY-1"))
        #expect(String(decoding: exposed(hybrid.exportedText()), as: UTF8.self).hasPrefix("AGE-SECRET-KEY-PQ-1"))
        let classicalAgain = X25519Identity(text: classical.exportedText())?.recipient
        let hybridAgain = HybridIdentity(text: hybrid.exportedText())?.recipient()
        #expect(classicalAgain == classical.recipient)
        #expect(hybridAgain == hybrid.recipient())
    }

    @Test func `no kind passes for another`() {
        let classical = X25519Identity.random()
        let hybrid = HybridIdentity.random()
        #expect(X25519Recipient(hybrid.recipient().description) == nil)
        #expect(HybridRecipient(classical.recipient.description) == nil)
        let isClassical = X25519Identity(text: hybrid.exportedText()) != nil
        let isHybrid = HybridIdentity(text: classical.exportedText()) != nil
        #expect(!isClassical && !isHybrid)
    }

    @Test func `any character changed, cut, added or put in the other case is refused`() {
        let text = X25519Identity.random().recipient.description
        let characters = Array(text)
        for index in characters.indices {
            for other in "qz1b-" where other != characters[index] {
                var changed = characters
                changed[index] = other
                #expect(X25519Recipient(String(changed)) == nil)
            }
            #expect(X25519Recipient(String(characters.prefix(index))) == nil)
        }
        #expect(X25519Recipient(text + "q") == nil)
        #expect(X25519Recipient(" " + text) == nil)
        #expect(X25519Recipient(text.uppercased()) == nil)
        #expect(X25519Recipient("AGE" + text.dropFirst(3)) == nil)
    }

    @Test func `an identity in lower case is refused`() {
        let text = String(decoding: exposed(X25519Identity.random().exportedText()), as: UTF8.self)
        let isRead = X25519Identity(text: secret(text.lowercased())) != nil
        #expect(!isRead)
    }

    /// The checksum is right, but the four bits that fill up the last group are not zero.
    @Test func `bits behind the last byte are refused`() {
        #expect(X25519Recipient("age1999999999999999999999999999999999999999999999999999prtq4pr") == nil)
        #expect(X25519Recipient("age1999999999999999999999999999999999999999999999999999stuucfz") != nil)
    }
}
