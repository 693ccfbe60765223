package import CryptoPrimitives

/// A recovery secret as 24 words on paper (BIP-39): 256 bits of entropy and 8 of checksum, 11 bits a word.
package struct RecoveryWords: ~Copyable, Sendable {
    package static let count = 24
    /// The longest sentence: 24 words of 8 letters, each with its number, and white space.
    package static let maximumSize = 24 * 16

    private let entropy: SecretBytes

    package static func random() -> RecoveryWords {
        RecoveryWords(entropy: SecretBytes.random(count: 32))
    }

    init(entropy: consuming SecretBytes) {
        precondition(entropy.count == 32, "24 words hold 32 bytes")
        self.entropy = entropy
    }

    /// Parses a sentence: words of the list, in any case, parted by white space; numbers, as they stand before the words on paper, are
    /// passed over. `nil` unless the checksum is right.
    package static func parse(_ sentence: borrowing SecretBytes) -> RecoveryWords? {
        // Of what follows, only the indices are outside the arena; they are overwritten at the end.
        guard var bits = sentence.withBytes({ SentenceReader.indices($0) }) else { return nil }
        defer { for index in bits.indices { bits[index] = 0 } }
        guard bits.count == count else { return nil }
        let entropy = SecretBytes(count: 32) { span in
            for bit in 0..<256 where bits[bit / 11] >> (10 - bit % 11) & 1 == 1 { span[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        }
        guard UInt8(truncatingIfNeeded: bits[23]) == checksum(of: entropy) else { return nil }
        return RecoveryWords(entropy: entropy)
    }

    /// Shows the words one after another. Only their order is secret; the words themselves are on a public list.
    package borrowing func forEachWord(_ body: (_ number: Int, _ word: String) -> Void) {
        let checksum = Self.checksum(of: entropy)
        entropy.withBytes { bytes in
            for number in 0..<Self.count {
                var index = 0
                for bit in number * 11..<(number + 1) * 11 {
                    let byte = bit < 256 ? bytes[bit / 8] : checksum
                    index = index << 1 | Int(byte >> (7 - bit % 8) & 1)
                }
                body(number + 1, WordList.words[index])
            }
        }
    }

    /// The BIP-39 seed without passphrase: PBKDF2-HMAC-SHA-512 of the sentence, 2,048 rounds, 64 bytes.
    borrowing func seed(passphrase: String = "") -> SecretBytes {
        PBKDF2.deriveKey(passphrase: sentence(), salt: Array(("mnemonic" + passphrase).utf8), iterations: 2_048, count: 64)
    }

    private borrowing func sentence() -> SecretBytes {
        var length = 0
        forEachWord { length += $1.utf8.count + ($0 == 1 ? 0 : 1) }
        return SecretBytes(count: length) { span in
            var position = 0
            forEachWord { number, word in
                if number > 1 {
                    span[position] = UInt8(ascii: " ")
                    position += 1
                }
                for byte in word.utf8 {
                    span[position] = byte
                    position += 1
                }
            }
        }
    }

    /// The first byte of SHA-256 of the entropy.
    private static func checksum(of entropy: borrowing SecretBytes) -> UInt8 {
        entropy.withBytes { bytes in
            var hasher = SHA256()
            hasher.update(bytes)
            return hasher.finalize().bytes[0]
        }
    }
}

private enum SentenceReader {
    private static let indexOfWord = Dictionary(uniqueKeysWithValues: WordList.words.enumerated().map { ($1, $0) })

    /// The index of each word; `nil` if one is not on the list.
    static func indices(_ sentence: Span<UInt8>) -> [Int]? {
        var indices: [Int] = []
        var word = ""
        func take() -> Bool {
            guard !word.isEmpty else { return true }
            guard let index = indexOfWord[word] else { return false }
            indices.append(index)
            word = ""
            return true
        }
        for position in sentence.indices {
            switch sentence[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): guard word.isEmpty else { return nil }
            case UInt8(ascii: "a")...UInt8(ascii: "z"): word.unicodeScalars.append(Unicode.Scalar(sentence[position]))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.unicodeScalars.append(Unicode.Scalar(sentence[position] + 32))
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): guard take() else { return nil }
            default: return nil
            }
            guard word.utf8.count <= 8, indices.count <= RecoveryWords.count else { return nil }
        }
        return take() ? indices : nil
    }
}
