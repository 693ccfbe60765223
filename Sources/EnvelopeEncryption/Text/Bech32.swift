internal import CryptoPrimitives

/// Bech32 (BIP 173) without its limit on length: how age writes recipients and identities.
///
///     age        1          fhcxn5ty2jahjss5kxp66qy0v5hqdxzs2zgfkj0tafmzvgzhncmq      qm92tr
///     prefix     separator  data                                                      checksum, six characters
///
/// A character stands for a group of five bits, the most significant first; the last group is filled up with zeros. Text is all lower
/// or all upper case, and the checksum is always over the lower. A value of this type is one format, so decoding can insist on prefix,
/// case and length.
struct Bech32 {
    enum LetterCase { case lower, upper }

    private static let alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

    /// Prefix and separator.
    private let head: [UInt8]
    private let alphabet: [UInt8]
    private let byteCount: Int
    private let groupCount: Int
    private let initialChecksum: Checksum

    init(prefix: String, byteCount: Int, letterCase: LetterCase) {
        head = Array("\(prefix)1".utf8)
        alphabet = Array((letterCase == .lower ? Self.alphabet : Self.alphabet.uppercased()).utf8)
        self.byteCount = byteCount
        groupCount = (8 * byteCount + 4) / 5
        initialChecksum = Checksum(prefix: prefix.lowercased())
    }

    private var textSize: Int { head.count + groupCount + Checksum.groupCount }

    func encode(_ bytes: [UInt8]) -> String {
        var text = [UInt8](repeating: 0, count: textSize)
        var span = text.mutableSpan
        encode(bytes.span, into: &span)
        return String(decoding: text, as: UTF8.self)
    }

    func encodeSecret(_ bytes: Span<UInt8>) -> SecretBytes {
        SecretBytes(count: textSize) { encode(bytes, into: &$0) }
    }

    /// `nil` unless the text is what `encode` makes of some bytes.
    func decode(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var span = bytes.mutableSpan
        return decode(Array(text.utf8).span, into: &span) ? bytes : nil
    }

    func decode(_ text: borrowing SecretBytes) -> SecretBytes? {
        var isCanonical = false
        let bytes = SecretBytes(count: byteCount) { bytes in
            isCanonical = text.withBytes { decode($0, into: &bytes) }
        }
        guard isCanonical else { return nil }
        return bytes
    }
}

/// Both directions work in place, group by group, so that a secret leaves no copy behind.
extension Bech32 {
    private func encode(_ bytes: Span<UInt8>, into text: inout MutableSpan<UInt8>) {
        precondition(bytes.count == byteCount, "a format has one length")
        for index in head.indices { text[index] = head[index] }
        var checksum = initialChecksum
        for number in 0..<groupCount {
            let group = group(number, of: bytes)
            checksum.update(group)
            text[head.count + number] = alphabet[Int(group)]
        }
        for (number, group) in checksum.groups.enumerated() {
            text[head.count + groupCount + number] = alphabet[Int(group)]
        }
    }

    /// - Parameter bytes: zero before.
    private func decode(_ text: Span<UInt8>, into bytes: inout MutableSpan<UInt8>) -> Bool {
        guard text.count == textSize, head.indices.allSatisfy({ text[$0] == head[$0] }) else { return false }
        var checksum = initialChecksum
        for number in 0..<groupCount + Checksum.groupCount {
            guard let value = alphabet.firstIndex(of: text[head.count + number]) else { return false }
            let group = UInt8(value)
            checksum.update(group)
            guard number >= groupCount || place(group, number, in: &bytes) else { return false }
        }
        return checksum.isComplete
    }

    /// The five bits from bit 5 × number on. Past the end they are zero.
    private func group(_ number: Int, of bytes: Span<UInt8>) -> UInt8 {
        let (index, shift) = (5 * number).quotientAndRemainder(dividingBy: 8)
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0
        return UInt8(truncatingIfNeeded: (UInt16(bytes[index]) << 8 | UInt16(next)) >> (11 - shift)) & 31
    }

    /// The reverse of `group(_:of:)`. False if bits past the end are set.
    private func place(_ group: UInt8, _ number: Int, in bytes: inout MutableSpan<UInt8>) -> Bool {
        let (index, shift) = (5 * number).quotientAndRemainder(dividingBy: 8)
        let bits = UInt16(group) << (11 - shift)
        let overhang = UInt8(truncatingIfNeeded: bits)
        bytes[index] |= UInt8(bits >> 8)
        guard index + 1 < bytes.count else { return overhang == 0 }
        bytes[index + 1] |= overhang
        return true
    }
}

extension Bech32 {
    /// The remainder of prefix and data, read as a polynomial over GF(32), by BIP 173's generator.
    private struct Checksum {
        static let groupCount = 6
        private static let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]

        private var remainder: UInt32 = 1

        init(prefix: String) {
            for byte in prefix.utf8 { update(byte >> 5) }
            update(0)
            for byte in prefix.utf8 { update(byte & 31) }
        }

        mutating func update(_ group: UInt8) {
            let top = remainder >> 25
            remainder = (remainder & 0x1ff_ffff) << 5 ^ UInt32(group)
            for bit in Self.generator.indices where top >> bit & 1 == 1 { remainder ^= Self.generator[bit] }
        }

        /// What has to follow for the checksum to be complete.
        var groups: [UInt8] {
            var filled = self
            for _ in 0..<Self.groupCount { filled.update(0) }
            let remainder = filled.remainder ^ 1
            return (0..<Self.groupCount).map { UInt8(truncatingIfNeeded: remainder >> (25 - 5 * $0)) & 31 }
        }

        var isComplete: Bool { remainder == 1 }
    }
}
