/// A decimal as it is written: mantissa × 10^-decimals, exactly.
struct ExactDecimal {
    let mantissa: Int128
    /// Digits behind the point, trailing zeros too; negative where an exponent shifts it to the right.
    let decimals: Int

    /// Values at and beyond it, and their negatives, are none.
    static let bound: Int64 = 1 << 62
    private static let maximumDigits = 36

    /// - Parameter text: a number of RFC 8259, section 6. `nil` for anything else, for one with more than 36 significant digits or a point
    ///   more than 36 places away, and for a negative zero, which no one measures.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
            (try? JSONToken.endOfNumber(from: 0, in: bytes.span)) == bytes.count
        else { return nil }
        var mantissa: Int128 = 0
        var (digits, fraction, isBehindPoint) = (0, 0, false)
        let end = bytes.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? bytes.count
        for byte in bytes[..<end] where byte != UInt8(ascii: "-") {
            if byte == UInt8(ascii: ".") {
                isBehindPoint = true
                continue
            }
            mantissa = mantissa * 10 + Int128(byte - UInt8(ascii: "0"))
            if mantissa != 0 { digits += 1 }
            if isBehindPoint { fraction += 1 }
            guard digits <= Self.maximumDigits else { return nil }
        }
        guard let exponent = end == bytes.count ? 0 : Self.exponent(bytes[(end + 1)...]),
            abs(fraction - exponent) <= Self.maximumDigits, mantissa != 0 || first != UInt8(ascii: "-")
        else { return nil }
        self.mantissa = first == UInt8(ascii: "-") ? -mantissa : mantissa
        decimals = fraction - exponent
    }

    /// This many steps of 10^-scale. `nil` if that is not exact, if more decimals are written than the scale has, or out of bounds.
    func steps(scale: Int, _ factor: UnitFactor) -> Int64? {
        guard !factor.isOne || decimals <= scale, let division = division(scale: scale, factor), division.remainder == 0 else {
            return nil
        }
        return Self.bounded(division.quotient)
    }

    /// The largest number of steps of 10^-scale that is not above it. `nil` if that is out of bounds.
    func floorSteps(scale: Int, _ factor: UnitFactor) -> Int64? {
        guard let division = division(scale: scale, factor) else { return nil }
        return Self.bounded(division.remainder < 0 ? division.quotient - 1 : division.quotient)
    }

    private func division(scale: Int, _ factor: UnitFactor) -> (quotient: Int128, remainder: Int128)? {
        let shift = scale - decimals
        guard let raised = Self.product(Int128(factor.numerator), powerOfTen: max(shift, 0)),
            let divisor = Self.product(Int128(factor.denominator), powerOfTen: max(-shift, 0))
        else { return nil }
        let (dividend, overflow) = mantissa.multipliedReportingOverflow(by: raised)
        return overflow ? nil : dividend.quotientAndRemainder(dividingBy: divisor) as (Int128, Int128)
    }

    private static func product(_ factor: Int128, powerOfTen: Int) -> Int128? {
        var product = factor
        for _ in 0..<powerOfTen {
            let (next, overflow) = product.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            product = next
        }
        return product
    }

    private static func bounded(_ steps: Int128) -> Int64? {
        steps > -Int128(bound) && steps < Int128(bound) ? Int64(steps) : nil
    }

    private static func exponent(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.count <= 8 ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }
}

/// What one unit is of another: a fraction, as units of measure are defined by whole numbers.
struct UnitFactor {
    static let one = UnitFactor(numerator: 1, denominator: 1)

    let numerator: Int64
    let denominator: Int64

    var isOne: Bool { numerator == denominator }

    private init(numerator: Int64, denominator: Int64) {
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    /// `127/50`. `nil` unless both are above zero.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let numerator = Int64(parts[0]), let denominator = Int64(parts[1]), numerator > 0, denominator > 0
        else {
            return nil
        }
        self.init(numerator: numerator, denominator: denominator)
    }
}
