/// Why a text is no value of a field.
package enum ClaimTextError: Error, Hashable, Sendable {
    case notADate
    /// No day between 1900-01-01 and 2079-06-06.
    case dateOutOfRange
    case notANumber
    /// More decimals than the field has.
    case tooManyDecimals
    case numberOutOfRange
    /// Not on the field's list, neither as a code nor in words.
    case unknownCode
    /// Not `system|code`.
    case notACoding
    /// Not 1 to 255 bytes.
    case textOutOfRange
}

extension ClaimField {
    /// What programs show for a value that is absent.
    package static let absentText = "not stated"

    /// The value that a person means: `2026-11-21`, `7.0`, `completed`, `cvx|208` or `http://hl7.org/fhir/sid/cvx|208`. The opposite of
    /// `text(of:)`.
    package func value(_ text: String) throws(ClaimTextError) -> ClaimValue {
        if kind != .text, text == Self.absentText { return .absent }
        switch kind {
        case .date: return try Self.date(text)
        case .number, .floor: return try number(text)
        case .code: return try code(text)
        case .coding: return try Self.coding(text)
        case .text:
            guard (1...255).contains(text.utf8.count) else { throw .textOutOfRange }
            return .text(text)
        }
    }

    /// Without the unit. A value of another kind than the field's is shown as what it is.
    package func text(of value: ClaimValue) -> String {
        switch value {
        case .absent: Self.absentText
        case .date(let day): ClinicalDay(claimDay: day).description
        case .number(let steps): Self.decimal(steps, scale: scale)
        case .code(let index): codeList.flatMap { index < $0.codes.count ? $0.codes[Int(index)].code : nil } ?? String(index)
        case .openCode(let coding): coding.description
        case .text(let text): text
        }
    }

    /// For people: a code by its words, a number with the field's unit.
    package func words(of value: ClaimValue) -> String {
        switch value {
        case .code(let index):
            if let list = codeList, index < list.codes.count { return list.codes[Int(index)].words }
        case .number:
            if !unit.isEmpty, unit != "1" { return "\(text(of: value)) \(unit)" }
        default: break
        }
        return text(of: value)
    }

    private static func date(_ text: String) throws(ClaimTextError) -> ClaimValue {
        guard text.utf8.count == 10, let day = ClinicalDay(fhir: text) else { throw .notADate }
        guard let number = day.claimDay else { throw .dateOutOfRange }
        return .date(number)
    }

    private func number(_ text: String) throws(ClaimTextError) -> ClaimValue {
        guard text.utf8.count <= 64, let decimal = ExactDecimal(text) else { throw .notANumber }
        guard decimal.decimals <= scale else { throw .tooManyDecimals }
        guard let steps = decimal.steps(scale: scale, .one) else { throw .numberOutOfRange }
        return .number(steps)
    }

    private func code(_ text: String) throws(ClaimTextError) -> ClaimValue {
        guard let list = codeList else { throw .unknownCode }
        let coding = Coding(description: text).map { Self.expanded($0) }
        if let coding, coding.system == list.system, let index = list.index(of: coding.code) { return .code(index) }
        if let index = list.index(of: text) { return .code(index) }
        let typed = ClaimWords(text)
        let inWords = list.codes.indices.filter { typed.isOne(of: [list.codes[$0].words]) }
        guard inWords.count == 1 else { throw .unknownCode }
        return .code(UInt16(inWords[0]))
    }

    private static func coding(_ text: String) throws(ClaimTextError) -> ClaimValue {
        guard let coding = Coding(description: text).map(expanded), ClaimsReader.isClaimable(coding) else { throw .notACoding }
        return .openCode(coding)
    }

    /// With the system in full, if it is written by a short name.
    private static func expanded(_ coding: Coding) -> Coding {
        Coding(system: ClaimsSchema.data.codes.systems[coding.system] ?? coding.system, code: coding.code)
    }

    private static func decimal(_ steps: Int64, scale: Int) -> String {
        let digits = String(steps.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        let fraction = padded.suffix(scale).reversed().drop { $0 == "0" }.reversed()
        return (steps < 0 ? "-" : "") + padded.dropLast(scale) + (fraction.isEmpty ? "" : "." + String(fraction))
    }
}
