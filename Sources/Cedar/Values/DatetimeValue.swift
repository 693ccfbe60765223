/// `datetime("2026-11-21T18:30:00.000Z")`: milliseconds since 1970-01-01T00:00:00Z in the proleptic Gregorian calendar.
package struct DatetimeValue: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads `YYYY-MM-DD`, or that with `Thh:mm:ss`, optional `.SSS`, and `Z` or `±hhmm`; nil for anything else. No leap seconds.
    package init?(_ text: CedarString) {
        var cursor = TextCursor(text)
        guard let day = Self.day(&cursor) else { return nil }
        if cursor.isAtEnd {
            milliseconds = day * Self.millisecondsPerDay
        } else {
            guard let time = Self.timeOfDay(&cursor), let offset = Self.offset(&cursor), cursor.isAtEnd else { return nil }
            milliseconds = day * Self.millisecondsPerDay + time - offset
        }
    }

    package static func < (left: DatetimeValue, right: DatetimeValue) -> Bool { left.milliseconds < right.milliseconds }

    /// Nil where the result does not fit.
    package func offset(by duration: DurationValue) -> DatetimeValue? {
        let (sum, overflowed) = milliseconds.addingReportingOverflow(duration.milliseconds)
        return overflowed ? nil : DatetimeValue(milliseconds: sum)
    }

    /// Nil where the result does not fit.
    package func duration(since other: DatetimeValue) -> DurationValue? {
        let (difference, overflowed) = milliseconds.subtractingReportingOverflow(other.milliseconds)
        return overflowed ? nil : DurationValue(milliseconds: difference)
    }

    /// Midnight of the same day, or nil where that lies before the first instant.
    package var date: DatetimeValue? {
        let (midnight, overflowed) = milliseconds.subtractingReportingOverflow(time.milliseconds)
        return overflowed ? nil : DatetimeValue(milliseconds: midnight)
    }

    /// What has passed of the day, never negative.
    package var time: DurationValue {
        let remainder = milliseconds % Self.millisecondsPerDay
        return DurationValue(milliseconds: remainder < 0 ? remainder + Self.millisecondsPerDay : remainder)
    }

    private static let millisecondsPerDay: Int64 = 86_400_000

    /// The day as days since 1970-01-01.
    private static func day(_ cursor: inout TextCursor) -> Int64? {
        guard let year = cursor.takeNumber(digits: 4), cursor.take("-"), let month = cursor.takeNumber(digits: 2), cursor.take("-"),
            let day = cursor.takeNumber(digits: 2), (1...12).contains(month), day >= 1, day <= lastDay(of: month, in: year)
        else { return nil }
        return daysSinceEpoch(year: year, month: month, day: day)
    }

    private static func timeOfDay(_ cursor: inout TextCursor) -> Int64? {
        guard cursor.take("T"), let hour = cursor.takeNumber(digits: 2), cursor.take(":"),
            let minute = cursor.takeNumber(digits: 2),
            cursor.take(":"), let second = cursor.takeNumber(digits: 2), hour < 24, minute < 60, second < 60
        else { return nil }
        var milliseconds: Int64 = 0
        if cursor.take(".") {
            guard let fraction = cursor.takeNumber(digits: 3) else { return nil }
            milliseconds = fraction
        }
        return ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds
    }

    private static func offset(_ cursor: inout TextCursor) -> Int64? {
        if cursor.take("Z") { return 0 }
        let isWest = cursor.take("-")
        guard isWest || cursor.take("+"), let hour = cursor.takeNumber(digits: 2), let minute = cursor.takeNumber(digits: 2),
            hour < 24, minute < 60
        else { return nil }
        let magnitude = (hour * 60 + minute) * 60_000
        return isWest ? -magnitude : magnitude
    }

    private static func lastDay(of month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Years are counted from March, so that the leap day is the last of its year.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
