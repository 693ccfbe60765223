extension ClaimField {
    /// A comparison with one side, as people ask for it.
    package enum Comparison: String, Sendable, CaseIterable {
        case below, atMost, atLeast, above
    }

    /// The values that the comparison with `bound` leaves, within the field's bounds. `nil` if it leaves none, if the field has no order, or
    /// if it cannot be told from the claim: of a number cut to its scale, whether it was at most the bound or above it.
    package func range(_ comparison: Comparison, _ bound: ClaimValue) -> ClosedRange<Int64>? {
        let step: Int64
        switch (bound, kind) {
        case (.date(let day), .date): step = Int64(day)
        case (.number(let steps), .number), (.number(let steps), .floor): step = steps
        default: return nil
        }
        let (low, high): (Int64, Int64)
        switch comparison {
        case .below: (low, high) = (bounds.lowerBound, step - 1)
        case .atMost: (low, high) = (bounds.lowerBound, step)
        case .atLeast: (low, high) = (step, bounds.upperBound)
        case .above: (low, high) = (step + 1, bounds.upperBound)
        }
        if kind == .floor, comparison == .atMost || comparison == .above { return nil }
        return low <= high && bounds.contains(low) && bounds.contains(high) ? low...high : nil
    }
}

/// Birth dates by age on a day. Someone is as old as the birthdays he had, the day itself included; born on a 29 February, he has it on
/// 1 March in years without one.
package enum Age {
    package static let oldest = 150

    /// `18 or older on 2026-11-21`, `under 18 on 2026-11-21` or `younger than 18 on 2026-11-21`. `nil` for any other words, and where there
    /// are no such days.
    package static func birthDays(_ condition: String) -> ClosedRange<Int64>? {
        guard let (years, isAtLeast, date) = parts(condition), date.utf8.count == 10, let day = ClinicalDay(fhir: date) else {
            return nil
        }
        return isAtLeast ? birthDays(ofAgeAtLeast: years, on: day) : birthDays(ofAgeBelow: years, on: day)
    }

    /// What stands for the day in such words, be it a day or not. `nil` for any other words.
    package static func date(of condition: String) -> String? { parts(condition)?.date }

    private static func parts(_ condition: String) -> (years: Int, isAtLeast: Bool, date: String)? {
        let words = condition.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
        guard (4...5).contains(words.count), words[words.count - 2] == "on", let date = words.last else { return nil }
        switch words.dropLast(2) {
        case let age where age.dropFirst() == ["or", "older"]: return Int(age[0]).map { ($0, true, date) }
        case let age where age.dropLast() == ["under"]: return Int(age[1]).map { ($0, false, date) }
        case let age where age.dropLast() == ["younger", "than"]: return Int(age[2]).map { ($0, false, date) }
        default: return nil
        }
    }

    /// Born so that he is `years` old or older on that day, as days since 1900-01-01. `nil` if nobody born since then is, or the day is
    /// beyond what claims can hold.
    package static func birthDays(ofAgeAtLeast years: Int, on day: ClinicalDay) -> ClosedRange<Int64>? {
        guard let latest = latestBirthDay(ofAge: years, on: day), latest >= 0 else { return nil }
        return 0...latest
    }

    /// What "born on that day or before" says in years, on the anniversary that is nearest to `day`: `18`, `2026-11-21`. `nil` for a birthday
    /// on a 29 February, and for days beyond what claims hold.
    package static func anniversary(ofBirthUntil latest: Int64, near day: ClinicalDay) -> (years: Int, day: ClinicalDay)? {
        guard let near = day.claimDay, let born = UInt16(exactly: latest) else { return nil }
        let parts = ClinicalDay(claimDay: born).description.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, parts[1...] != [2, 29] else { return nil }
        let anniversaries = (0...oldest).compactMap { years in
            ClinicalDay(year: parts[0] + years, month: parts[1], day: parts[2]).map { (years: years, day: $0) }
        }
        return anniversaries.filter { $0.day.claimDay != nil }.min { left, right in
            let distances = [left, right].map { abs(Int($0.day.claimDay ?? 0) - Int(near)) }
            return distances[0] < distances[1]
        }
    }

    /// Born until that day and younger than `years` on it.
    package static func birthDays(ofAgeBelow years: Int, on day: ClinicalDay) -> ClosedRange<Int64>? {
        guard years > 0, let latest = latestBirthDay(ofAge: years, on: day), let today = day.claimDay else { return nil }
        return latest + 1...Int64(today)
    }

    /// The same day so many years before; 28 February where that year has no 29th. -1 for all days before 1900.
    private static func latestBirthDay(ofAge years: Int, on day: ClinicalDay) -> Int64? {
        guard (0...oldest).contains(years), day.claimDay != nil else { return nil }
        let parts = day.description.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        let birthday =
            ClinicalDay(year: parts[0] - years, month: parts[1], day: parts[2])
            ?? ClinicalDay(year: parts[0] - years, month: 2, day: 28)
        return birthday?.claimDay.map(Int64.init) ?? -1
    }
}
