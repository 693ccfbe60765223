/// A day of the Gregorian calendar, as the number of days since 1 January 1970. Years are 0001 to 9999, as in FHIR's `date`.
package struct ClinicalDay: Hashable, Sendable {
    package let number: Int32

    /// `nil` if the year is not one of those.
    package init?(number: Int32) {
        guard (-719_162...2_932_896).contains(number) else { return nil }
        self.number = number
    }

    /// `nil` if the calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...Self.count(ofMonth: month, in: year)).contains(day) else {
            return nil
        }
        // Years from March, so that the leap day is the last: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    private static func count(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }
}

extension ClinicalDay: CustomStringConvertible {
    /// As FHIR writes it: `2024-03-13`.
    package var description: String {
        // The way back through the same eras of 400 years.
        let days = Int(number) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        return [(year, 4), (month, 2), (day, 2)].map(Self.padded).joined(separator: "-")
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension ClinicalDay: Comparable {
    package static func < (left: ClinicalDay, right: ClinicalDay) -> Bool { left.number < right.number }
}

/// From one day to another, both included.
package struct DaySpan: Hashable, Sendable {
    package private(set) var earliest: ClinicalDay
    package private(set) var latest: ClinicalDay

    /// `nil` if it ends before it begins.
    package init?(earliest: ClinicalDay, latest: ClinicalDay) {
        guard earliest <= latest else { return nil }
        self.earliest = earliest
        self.latest = latest
    }

    /// What FHIR's `date`, `dateTime` or `instant` covers: `2024` is a year, `2024-03` a month. The day is the one written, whatever
    /// the time zone. `nil` if this is none of them.
    package init?(_ text: some StringProtocol) {
        self.init(Array(text.utf8.prefix(11)).span)
    }

    init?(_ text: Span<UInt8>) {
        guard [4, 7, 10].contains(text.count) || text.count > 10 && text[10] == UInt8(ascii: "T"),
            let year = Self.number(text.extracting(..<4))
        else { return nil }
        var (months, day) = (1...12, nil as Int?)
        if text.count >= 7 {
            guard text[4] == UInt8(ascii: "-"), let month = Self.number(text.extracting(5..<7)) else { return nil }
            months = month...month
        }
        if text.count >= 10 {
            guard text[7] == UInt8(ascii: "-"), let number = Self.number(text.extracting(8..<10)) else { return nil }
            day = number
        }
        guard let earliest = ClinicalDay(year: year, month: months.lowerBound, day: day ?? 1),
            let latest = Self.last(year, months.upperBound, day)
        else { return nil }
        (self.earliest, self.latest) = (earliest, latest)
    }

    private static func last(_ year: Int, _ month: Int, _ day: Int?) -> ClinicalDay? {
        if let day { return ClinicalDay(year: year, month: month, day: day) }
        return [31, 30, 29, 28].lazy.compactMap { ClinicalDay(year: year, month: month, day: $0) }.first
    }

    private static func number(_ digits: Span<UInt8>) -> Int? {
        var number = 0
        for index in digits.indices {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits[index]) else { return nil }
            number = number * 10 + Int(digits[index] - UInt8(ascii: "0"))
        }
        return number
    }

    mutating func include(_ other: DaySpan) {
        earliest = min(earliest, other.earliest)
        latest = max(latest, other.latest)
    }
}
