/// `ip("10.0.0.0/8")`: an IPv4 or IPv6 address with a prefix length, and so a range; a single address has the full length.
package struct IPAddressValue: Hashable, Sendable {
    /// 32 or 128 bits, the host's bits kept as they were written.
    package let address: UInt128
    package let prefix: UInt8
    package let isIPv6: Bool

    package var isIPv4: Bool { !isIPv6 }

    /// Wholly inside 127.0.0.0/8 or ::1/128.
    package var isLoopback: Bool {
        isIPv6 ? address == 1 && prefix == 128 : address >> 24 == 127 && prefix >= 8
    }

    /// Wholly inside 224.0.0.0/4 or ff00::/8.
    package var isMulticast: Bool {
        isIPv6 ? address >> 120 == 0xFF && prefix >= 8 : address >> 28 == 0xE && prefix >= 4
    }

    /// Whether every address of this range is in the other one. Never across the two families.
    package func isInRange(_ other: IPAddressValue) -> Bool {
        isIPv6 == other.isIPv6 && other.first <= first && last <= other.last
    }

    private var width: UInt8 { isIPv6 ? 128 : 32 }
    private var hostMask: UInt128 {
        // Shifts by the whole width give 0 in Swift, as wanted.
        let all: UInt128 = isIPv6 ? .max : UInt128(UInt32.max)
        return all >> UInt128(prefix)
    }
    private var first: UInt128 { address & ~hostMask }
    private var last: UInt128 { address | hostMask }
}

extension IPAddressValue {
    /// Reads an address in its standard text form with an optional `/prefix`; nil for anything else. IPv4 inside IPv6 is not read.
    package init?(_ text: CedarString) {
        // The longest form is 8 groups of 4 digits and `/128`.
        let bytes = Array(text.utf8.prefix(64))
        let parts = bytes.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first else { return nil }
        if let address = Self.ipv4(first) {
            self.address = UInt128(address)
            isIPv6 = false
        } else if let address = Self.ipv6(first) {
            self.address = address
            isIPv6 = true
        } else {
            return nil
        }
        let width: UInt8 = isIPv6 ? 128 : 32
        guard parts.count == 2 else { prefix = width; return }
        guard let prefix = Self.prefix(parts[1]), prefix <= width else { return nil }
        self.prefix = prefix
    }

    /// At most three digits; none in front but for a lone zero.
    private static func prefix(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int(digit) - 0x30
        }
        return UInt8(exactly: number)
    }

    /// Four decimal numbers up to 255 without leading zeros.
    private static func ipv4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let number = prefix(part) else { return nil }
            address = address << 8 | UInt32(number)
        }
        return address
    }

    /// Eight groups, of which one run may be left out as `::`.
    private static func ipv6(_ text: ArraySlice<UInt8>) -> UInt128? {
        guard let gap = gap(in: text) else { return groups(text).flatMap { $0.count == 8 ? number($0) : nil } }
        guard let head = groups(text[..<gap]), let tail = groups(text[(gap + 2)...]), head.count + tail.count <= 7 else {
            return nil
        }
        return number(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    /// Where the first `::` stands.
    private static func gap(in text: ArraySlice<UInt8>) -> Int? {
        let colon = UInt8(ascii: ":")
        return text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
    }

    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt128]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt128] = []
        for part in text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard (1...4).contains(part.count) else { return nil }
            var group: UInt128 = 0
            for byte in part {
                guard let digit = hexadecimal(byte) else { return nil }
                group = group << 4 | UInt128(digit)
            }
            groups.append(group)
        }
        return groups
    }

    private static func number(_ groups: [UInt128]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | $1 }
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

extension IPAddressValue: Comparable, CustomStringConvertible {
    package static func < (left: IPAddressValue, right: IPAddressValue) -> Bool {
        (left.isIPv6 ? 1 : 0, left.address, left.prefix) < (right.isIPv6 ? 1 : 0, right.address, right.prefix)
    }

    /// A text that is read back as this value.
    package var description: String {
        let parts: [String] = isIPv6 ? groups(8, bits: 16).map { String($0, radix: 16) } : groups(4, bits: 8).map { String($0) }
        let text = parts.joined(separator: isIPv6 ? ":" : ".")
        return prefix == width ? text : "\(text)/\(prefix)"
    }

    private func groups(_ count: Int, bits: Int) -> [UInt64] {
        let mask: UInt128 = isIPv6 ? 0xFFFF : 0xFF
        return (0..<count).map { UInt64(truncatingIfNeeded: (address >> UInt128(bits * (count - 1 - $0))) & mask) }
    }
}
