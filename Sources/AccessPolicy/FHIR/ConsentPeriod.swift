import MedicalRecords

/// From one instant to another, both included; either may be open.
package struct ConsentPeriod: Hashable, Sendable {
    package var start: ConsentInstant?
    package var end: ConsentInstant?

    package init(start: ConsentInstant? = nil, end: ConsentInstant? = nil) {
        self.start = start
        self.end = end
    }

    /// Milliseconds since 1970: the first one in it.
    package var first: Int64? { start?.first }
    /// The first one behind it.
    package var next: Int64? { end?.next }
}

/// FHIR's `dateTime`, such as `2027`, `2027-01`, `2027-01-01` or `2016-06-23T17:02:33+10:00`. What is written coarsely means all of it:
/// a date is a whole day, in UTC, which is the zone of this ledger.
package struct ConsentInstant: Hashable, Sendable {
    package let text: String
    /// Milliseconds since 1970: the first one that it covers.
    package let first: Int64
    /// The first one that it does not cover any more; `nil` if that is past the year 9999.
    package let next: Int64?

    /// `nil` if it is none, and for a time of day without its zone.
    package init?(_ text: String) {
        self.text = text
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let days = parts.first.flatMap({ [4, 7, 10].contains($0.utf8.count) ? DaySpan($0) : nil }) else { return nil }
        let midnight = Int64(days.earliest.number) * Self.day
        guard parts.count == 2 else {
            first = midnight
            next = Self.bounded((Int64(days.latest.number) + 1) * Self.day)
            return
        }
        guard parts[0].utf8.count == 10, let time = Self.time(Array(parts[1].utf8)) else { return nil }
        first = midnight + time.first
        next = Self.bounded(first + time.length)
    }

    package static let day: Int64 = 86_400_000
    /// The end of the year 9999.
    private static let last: Int64 = 2_932_897 * day

    private static func bounded(_ instant: Int64) -> Int64? { instant < last ? instant : nil }

    /// Of `hh:mm:ss`, a fraction and a zone: milliseconds after midnight in UTC, and how many it covers.
    private static func time(_ text: [UInt8]) -> (first: Int64, length: Int64)? {
        guard text.count >= 9, text[2] == UInt8(ascii: ":"), text[5] == UInt8(ascii: ":"),
            let hour = number(text[0..<2], below: 24),
            let minute = number(text[3..<5], below: 60), let second = number(text[6..<8], below: 60)
        else { return nil }
        var rest = text[8...]
        var fraction: Int64 = 0
        let hasFraction = rest.first == UInt8(ascii: ".")
        if hasFraction {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            for place in 0..<3 {
                fraction = fraction * 10 + (place < digits.count ? Int64(digits[digits.startIndex + place] - 0x30) : 0)
            }
            rest = rest.dropFirst(digits.count + 1)
        }
        guard let zone = zone(Array(rest)) else { return nil }
        return (((hour * 60 + minute) * 60 + second) * 1_000 + fraction - zone, hasFraction ? 1 : 1_000)
    }

    private static func zone(_ text: [UInt8]) -> Int64? {
        if text == [UInt8(ascii: "Z")] { return 0 }
        guard text.count == 6, text[3] == UInt8(ascii: ":"), let hour = number(text[1..<3], below: 15),
            let minute = number(text[4..<6], below: 60)
        else { return nil }
        switch text[0] {
        case UInt8(ascii: "+"): return (hour * 60 + minute) * 60_000
        case UInt8(ascii: "-"): return -(hour * 60 + minute) * 60_000
        default: return nil
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>, below limit: Int64) -> Int64? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        return number < limit ? number : nil
    }

    /// As policies write it.
    package static func written(_ milliseconds: Int64) -> String {
        let days = (milliseconds >= 0 ? milliseconds : milliseconds - (day - 1)) / day
        let time = milliseconds - days * day
        let date = ClinicalDay(number: Int32(clamping: days))?.description ?? "9999-12-31"
        guard time != 0 else { return date }
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let clock = [time / 3_600_000, time / 60_000 % 60, time / 1_000 % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(padded(time % 1_000, 3))Z"
    }
}
