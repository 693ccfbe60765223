/// A whole minute, counted from 1970-01-01T00:00Z. The ledger knows no finer time: an exact one would tie its entries to visits.
package struct Minute: Hashable, Comparable, Sendable {
    package static let perDay: UInt32 = 24 * 60
    package let number: UInt32

    package init(_ number: UInt32) {
        self.number = number
    }

    /// The minute that holds this many seconds since 1970. Times before 1970 count as the first, times after the year 10000 as the last.
    package init(secondsSince1970 seconds: Int64) {
        number = UInt32(clamping: seconds / 60)
    }

    package var secondsSince1970: Int64 { Int64(number) * 60 }

    package var day: Day { Day(number / Self.perDay) }

    package static func < (left: Minute, right: Minute) -> Bool { left.number < right.number }
}

/// A day in UTC, counted from 1970-01-01.
package struct Day: Hashable, Comparable, Sendable {
    package let number: UInt32

    package init(_ number: UInt32) {
        self.number = number
    }

    package static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// Stops at the last day there is.
    package func adding(days: UInt32) -> Day {
        Day(UInt32(clamping: UInt64(number) + UInt64(days)))
    }
}

extension Day: CustomStringConvertible {
    /// `nil` unless the text is a date such as `2027-01-01`, from 1970 to 9999.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), year >= 1970, (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
        guard calendarDate == (year, month, day) else { return nil }
    }

    /// From the proleptic Gregorian calendar. March comes first inside, so that the leap day is the year's last.
    private init(year: Int, month: Int, day: Int) {
        let shiftedYear = month > 2 ? year : year - 1
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = UInt32(clamping: era * 146_097 + dayOfEra - 719_468)
    }

    package var calendarDate: (year: Int, month: Int, day: Int) {
        let shifted = Int(number) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
    }

    /// `2027-01-01`.
    package var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = calendarDate
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    }
}

extension Minute: CustomStringConvertible {
    /// `2027-01-01T09:30Z`.
    package var description: String {
        func padded(_ number: UInt32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minute = number % Self.perDay
        return "\(day)T\(padded(minute / 60)):\(padded(minute % 60))Z"
    }
}
