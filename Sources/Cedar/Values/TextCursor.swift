/// Reads the text forms of extension values, byte by byte.
struct TextCursor {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: CedarString) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard let next, UInt32(next) == scalar.value else { return false }
        position += 1
        return true
    }

    /// The values 0 to 9 of the ASCII digits that follow.
    mutating func takeDigits() -> [UInt8] {
        var digits: [UInt8] = []
        while let next, (0x30...0x39).contains(next) {
            digits.append(next - 0x30)
            position += 1
        }
        return digits
    }

    /// The number in exactly `count` digits.
    mutating func takeNumber(digits count: Int) -> Int64? {
        guard bytes.count - position >= count else { return nil }
        var number: Int64 = 0
        for byte in bytes[position..<(position + count)] {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        position += count
        return number
    }

    /// The number these decimal digits write, or nil where it does not fit.
    static func number(_ digits: [UInt8], isNegative: Bool) -> Int64? {
        var number: Int64 = 0
        for digit in digits {
            let (product, overflowed) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflowedToo) =
                isNegative ? product.subtractingReportingOverflow(Int64(digit)) : product.addingReportingOverflow(Int64(digit))
            guard !overflowed && !overflowedToo else { return nil }
            number = sum
        }
        return number
    }
}
