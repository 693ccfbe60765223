/// The byte sequences of UTF-8 beyond ASCII, by table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing above
/// U+10FFFF.
enum UTF8Sequence {
    /// The end of the sequence whose first byte, above 0x7F, stands at `start`; `nil` if there is no such sequence.
    static func end(from start: Int, in bytes: Span<UInt8>) -> Int? {
        let first = bytes[start]
        let second: ClosedRange<UInt8>
        let length: Int
        switch first {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: return nil
        }
        let end = start &+ length
        guard end <= bytes.count, second.contains(bytes[start &+ 1]) else { return nil }
        for index in start &+ 2..<end where bytes[index] & 0xC0 != 0x80 { return nil }
        return end
    }
}
