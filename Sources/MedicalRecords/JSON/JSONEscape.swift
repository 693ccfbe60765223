/// The escapes of RFC 8259, section 7. A surrogate counts only as half of a pair: alone it stands for no character.
enum JSONEscape {
    /// The character that the escape at `position` stands for, with `position` moved past it. `nil` if it is none, with `position` at
    /// the byte that is wrong, or at the end if the escape is cut.
    static func scalar(at position: inout Int, in bytes: Span<UInt8>) -> Unicode.Scalar? {
        position += 1
        guard position < bytes.count else { return nil }
        if bytes[position] != UInt8(ascii: "u") {
            guard let scalar = simple(bytes[position]) else { return nil }
            position += 1
            return scalar
        }
        position += 1
        guard let first = hexadecimal(at: &position, in: bytes) else { return nil }
        guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) }
        for expected in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
            guard position < bytes.count, bytes[position] == expected else { return nil }
            position += 1
        }
        guard let second = hexadecimal(at: &position, in: bytes), UTF16.isTrailSurrogate(second) else { return nil }
        return Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    }

    private static func simple(_ byte: UInt8) -> Unicode.Scalar? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): Unicode.Scalar(byte)
        case UInt8(ascii: "b"): "\u{8}"
        case UInt8(ascii: "f"): "\u{C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        default: nil
        }
    }

    private static func hexadecimal(at position: inout Int, in bytes: Span<UInt8>) -> UInt16? {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = digit(bytes[position]) else { return nil }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
