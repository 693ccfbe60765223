/// `decimal("-1.23")`: a number with four decimal places, kept in ten-thousandths.
package struct DecimalValue: Hashable, Comparable, Sendable {
    package let tenThousandths: Int64

    package init(tenThousandths: Int64) {
        self.tenThousandths = tenThousandths
    }

    /// Reads `-?digits.digits` with one to four digits after the point; nil for anything else and where the number does not fit.
    package init?(_ text: CedarString) {
        var cursor = TextCursor(text)
        let isNegative = cursor.take("-")
        let whole = cursor.takeDigits()
        guard !whole.isEmpty, cursor.take(".") else { return nil }
        let fraction = cursor.takeDigits()
        guard (1...4).contains(fraction.count), cursor.isAtEnd else { return nil }
        let padded = Array(fraction) + Array(repeating: 0, count: 4 - fraction.count)
        guard let value = TextCursor.number(Array(whole) + padded, isNegative: isNegative) else { return nil }
        tenThousandths = value
    }

    package static func < (left: DecimalValue, right: DecimalValue) -> Bool { left.tenThousandths < right.tenThousandths }
}

extension DecimalValue: CustomStringConvertible {
    /// The shortest text that is read back as this value.
    package var description: String {
        let magnitude = tenThousandths.magnitude
        var fraction = String(magnitude % 10_000)
        fraction = String(repeating: "0", count: 4 - fraction.count) + fraction
        while fraction.hasSuffix("0") && fraction.count > 1 { fraction.removeLast() }
        return "\(tenThousandths < 0 ? "-" : "")\(magnitude / 10_000).\(fraction)"
    }
}
