extension ClinicalDay {
    /// 1900-01-01, as days since 1970-01-01.
    private static let firstClaimed: Int32 = -25_567

    /// Days since 1900-01-01; `nil` before it and after 2079-06-06.
    package var claimDay: UInt16? { UInt16(exactly: number - Self.firstClaimed) }

    package init(claimDay: UInt16) {
        guard let day = ClinicalDay(number: Int32(claimDay) + Self.firstClaimed) else {
            preconditionFailure("a day between 1900 and 2079 is not in the calendar")
        }
        self = day
    }

    /// The day of a `date`, `dateTime` or `instant` of FHIR R4, as it is written, whatever the time zone. `nil` for a month or a year, and
    /// for what is none of these types.
    init?(fhir text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10 || bytes.count <= 64 && Self.isTime(bytes.dropFirst(10)), let days = DaySpan(text),
            days.earliest == days.latest
        else { return nil }
        self = days.earliest
    }

    /// `T23:59:60.5+14:00`: seconds and a time zone are not optional.
    private static func isTime(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "T"), text.count > 9 else { return false }
        let clock = text.dropFirst().prefix(8).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard clock.count == 3, isNumber(clock[0], upTo: 23), isNumber(clock[1], upTo: 59), isNumber(clock[2], upTo: 60) else {
            return false
        }
        var rest = text.dropFirst(9)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(1 + fraction.count)
        }
        return isZone(rest)
    }

    private static func isZone(_ text: ArraySlice<UInt8>) -> Bool {
        if text.elementsEqual("Z".utf8) { return true }
        guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        let parts = text.dropFirst().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        return isNumber(parts[0], upTo: 13) && isNumber(parts[1], upTo: 59) || text.dropFirst().elementsEqual("14:00".utf8)
    }

    /// Two digits.
    private static func isNumber(_ digits: ArraySlice<UInt8>, upTo limit: Int) -> Bool {
        guard digits.count == 2, digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let number = Int(String(decoding: digits, as: UTF8.self))
        else { return false }
        return number <= limit
    }
}
