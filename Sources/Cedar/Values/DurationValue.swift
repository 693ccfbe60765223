/// `duration("-1d2h30m")`: milliseconds, negative ones too.
package struct DurationValue: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads an optional `-` and then quantities with the units d, h, m, s, ms, each at most once and in this order, at least one;
    /// nil for anything else and where the sum does not fit.
    package init?(_ text: CedarString) {
        var cursor = TextCursor(text)
        let isNegative = cursor.take("-")
        var sum: Int64 = 0
        var lastUnit = -1
        repeat {
            let digits = cursor.takeDigits()
            guard !digits.isEmpty, let unit = Self.unit(&cursor), unit > lastUnit,
                let quantity = TextCursor.number(digits, isNegative: isNegative),
                case (let part, false) = quantity.multipliedReportingOverflow(by: Self.millisecondsPerUnit[unit]),
                case (let next, false) = sum.addingReportingOverflow(part)
            else { return nil }
            sum = next
            lastUnit = unit
        } while !cursor.isAtEnd
        milliseconds = sum
    }

    package static func < (left: DurationValue, right: DurationValue) -> Bool { left.milliseconds < right.milliseconds }

    // Each is cut towards zero.
    package var seconds: Int64 { milliseconds / 1000 }
    package var minutes: Int64 { seconds / 60 }
    package var hours: Int64 { minutes / 60 }
    package var days: Int64 { hours / 24 }

    private static let millisecondsPerUnit: [Int64] = [86_400_000, 3_600_000, 60_000, 1000, 1]

    /// An index into `millisecondsPerUnit`.
    private static func unit(_ cursor: inout TextCursor) -> Int? {
        if cursor.take("d") { return 0 }
        if cursor.take("h") { return 1 }
        if cursor.take("m") { return cursor.take("s") ? 4 : 2 }
        if cursor.take("s") { return 3 }
        return nil
    }
}

extension DurationValue: CustomStringConvertible {
    package var description: String { "\(milliseconds)ms" }
}
