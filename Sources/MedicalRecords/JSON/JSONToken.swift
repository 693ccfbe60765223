/// The tokens of RFC 8259, as pure functions: each takes a span and where the token starts in it, and says where it ends.
enum JSONToken {
    /// Sixteen spaces at a time: an indented document is a third spaces, and a loop over them guesses wrong at every line.
    @inline(__always) static func endOfSpace(from start: Int, in bytes: Span<UInt8>) -> Int {
        let spaces: UInt64 = 0x2020_2020_2020_2020
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
            index &+= 1
            while index &+ 16 <= bytes.count {
                let part = bytes.extracting(index..<index &+ 16)
                let (near, far) = (word(at: 0, in: part) ^ spaces, word(at: 8, in: part) ^ spaces)
                guard near | far == 0 else {
                    index &+= (near == 0 ? 64 &+ far.trailingZeroBitCount : near.trailingZeroBitCount) / 8
                    break
                }
                index &+= 16
            }
        }
        return index
    }

    /// From the opening quote at `start` to the closing one. Section 7.
    static func string(from start: Int, in bytes: Span<UInt8>) throws(JSONError) -> JSONString {
        var index = start &+ 1
        var hasEscapes = false
        while true {
            index = endOfPlainRun(from: index, in: bytes)
            guard index < bytes.count else { throw JSONError(.cut, at: index) }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { break }
            if byte >= 0x80 {
                guard let end = UTF8Sequence.end(from: index, in: bytes) else { throw JSONError(.notUTF8, at: index) }
                index = end
                continue
            }
            guard byte == UInt8(ascii: "\\") else { throw JSONError(.controlCharacter, at: index) }
            hasEscapes = true
            guard JSONEscape.scalar(at: &index, in: bytes) != nil else {
                throw JSONError(index < bytes.count ? .escape : .cut, at: index)
            }
        }
        return JSONString(range: start &+ 1..<index, hasEscapes: hasEscapes)
    }

    /// Section 6: no plus sign, no leading zero, and digits on both sides of a point.
    static func endOfNumber(from start: Int, in bytes: Span<UInt8>) throws(JSONError) -> Int {
        var index = start
        consume(UInt8(ascii: "-"), at: &index, in: bytes)
        let firstDigit = index
        try consumeDigits(at: &index, in: bytes)
        if index - firstDigit > 1, bytes[firstDigit] == UInt8(ascii: "0") { throw JSONError(.number, at: firstDigit) }
        if consume(UInt8(ascii: "."), at: &index, in: bytes) { try consumeDigits(at: &index, in: bytes) }
        if consume(UInt8(ascii: "e"), at: &index, in: bytes) || consume(UInt8(ascii: "E"), at: &index, in: bytes) {
            if !consume(UInt8(ascii: "+"), at: &index, in: bytes) { consume(UInt8(ascii: "-"), at: &index, in: bytes) }
            try consumeDigits(at: &index, in: bytes)
        }
        return index
    }

    /// Section 3: `true`, `false` or `null`, by the first letter.
    static func endOfLiteral(from start: Int, in bytes: Span<UInt8>) throws(JSONError) -> Int {
        let literal =
            switch bytes[start] {
            case UInt8(ascii: "t"): Self.true
            case UInt8(ascii: "f"): Self.false
            default: Self.null
            }
        var index = start
        for byte in literal where !consume(byte, at: &index, in: bytes) {
            throw JSONError(index < bytes.count ? .unexpectedByte : .cut, at: index)
        }
        return index
    }
}

extension JSONToken {
    private static let `true` = Array("true".utf8)
    private static let `false` = Array("false".utf8)
    private static let null = Array("null".utf8)

    @discardableResult private static func consume(_ byte: UInt8, at index: inout Int, in bytes: Span<UInt8>) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private static func consumeDigits(at index: inout Int, in bytes: Span<UInt8>) throws(JSONError) {
        let first = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
        if index == first { throw JSONError(index < bytes.count ? .number : .cut, at: index) }
    }

    /// The first quote, backslash, control character or byte above ASCII, or the end. Eight bytes at a time: most of a record is text,
    /// and some of it is base64 by the megabyte.
    @inline(__always) private static func endOfPlainRun(from start: Int, in bytes: Span<UInt8>) -> Int {
        var index = start
        while index &+ 8 <= bytes.count {
            let special = specialBytes(in: word(at: index, in: bytes))
            if special != 0 { return index &+ special.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 || byte >= 0x80 { break }
            index &+= 1
        }
        return index
    }

    /// Sets the high bit of each byte that ends a plain run; bits above the lowest one set may be wrong. The test for a byte below n is
    /// from Hacker's Delight, section 6-1; a byte is looked for by making it zero, the one byte below 1.
    @inline(__always) private static func specialBytes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
        let hits = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) | word
        return hits & (ones &* 0x80)
    }

    /// Eight bytes, the first in the lowest bits. The compiler makes one load of it.
    @inline(__always) static func word(at index: Int, in bytes: Span<UInt8>) -> UInt64 {
        let part = bytes.extracting(index..<index &+ 8)
        var word = UInt64(part[0]) | UInt64(part[1]) << 8 | UInt64(part[2]) << 16 | UInt64(part[3]) << 24
        word |= UInt64(part[4]) << 32 | UInt64(part[5]) << 40 | UInt64(part[6]) << 48 | UInt64(part[7]) << 56
        return word
    }
}
