package import CryptoPrimitives
package import MedicalRecords

/// Why words ask for nothing that could be proven.
package enum ProofWordsError: Error, Equatable {
    /// Not `KIND: …`.
    case noKind
    case unknownKind(String)
    case unknownField(String, kind: String)
    /// None of the forms that a condition has.
    case unknownForm(String)
    case value(ClaimTextError, String)
    /// No value, or every value, would do, or one alone: that is not proven but shown.
    case nothingLeft(String)
    case tooMany
}

/// A request put together from what a person types: `immunization: vaccine, date given` to be shown, `patient: 18 or older on 2026-11-21`
/// to be proven. `immunization#2` is another one of the same kind.
package struct ProofWords: Sendable {
    private struct Key: Hashable {
        let schema: String
        let number: String
    }

    private var keys: [Key] = []
    private var schemas: [ClaimsSchema] = []
    private var shown: [Set<UInt8>] = []
    package private(set) var conditions: [ProofCondition] = []

    package init() {}

    package var asked: [ProofRequest.Asked] {
        var shown = shown
        // Of all conditions at once: their order says nothing.
        for unit in conditions.flatMap(\.fields).flatMap(units) { shown[Int(unit.record)].insert(unit.field) }
        return zip(schemas, shown).map { ProofRequest.Asked(schema: $0, shown: $1) }
    }

    /// - Parameter text: `immunization: vaccine, date given`.
    package mutating func show(_ text: String) throws(ProofWordsError) {
        let (record, rest) = try kind(of: text)
        for word in rest.split(separator: ",") { shown[record].insert(try field(String(word), record).field) }
    }

    /// - Parameter text: `immunization: date given on or after 2026-01-01`.
    package mutating func prove(_ text: String) throws(ProofWordsError) {
        let (record, rest) = try kind(of: text)
        let condition = try condition(rest, record)
        try add(condition)
    }

    private mutating func add(_ condition: ProofCondition) throws(ProofWordsError) {
        guard conditions.count < ProofRequest.maximumConditions else { throw .tooMany }
        if case .isShown(let field, _) = condition { shown[Int(field.record)].insert(field.field) }
        conditions.append(condition)
    }

    /// A number without its unit, and without what was measured, says nothing. What is proven to be one of several is not shown beside it.
    private func units(of field: ProofCondition.Field) -> [ProofCondition.Field] {
        let schema = schemas[Int(field.record)]
        let type = schema.fields[Int(field.field)]
        guard type.kind == .number || type.kind == .floor, type.unit.isEmpty else { return [] }
        let places = ["code", "unit"].compactMap { schema.field(named: $0)?.index }.map {
            ProofCondition.Field(record: field.record, field: UInt8($0))
        }
        return places.filter { place in
            !conditions.contains { if case .member(place, _) = $0 { true } else { false } }
        }
    }

    private mutating func kind(of text: String) throws(ProofWordsError) -> (record: Int, rest: String) {
        guard let colon = text.firstIndex(of: ":") else { throw .noKind }
        let name = text[..<colon].split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let word = name.first.map(String.init)?.trimmed ?? ""
        guard let schema = ClaimsSchema.named(word) else { throw .unknownKind(word) }
        let key = Key(schema: schema.name, number: name.count > 1 ? String(name[1]).trimmed : "")
        let rest = String(text[text.index(after: colon)...]).trimmed
        if let known = keys.firstIndex(of: key) { return (known, rest) }
        guard keys.count < ProofRequest.maximumRecords else { throw .tooMany }
        keys.append(key)
        schemas.append(schema)
        shown.append([])
        return (keys.count - 1, rest)
    }

    private func field(_ word: String, _ record: Int) throws(ProofWordsError) -> ProofCondition.Field {
        guard let index = schemas[record].field(named: word.trimmed)?.index else {
            throw .unknownField(word.trimmed, kind: schemas[record].name)
        }
        return .init(record: UInt8(record), field: UInt8(index))
    }

    private func type(_ field: ProofCondition.Field) -> ClaimField {
        schemas[Int(field.record)].fields[Int(field.field)]
    }
}

extension ProofWords {
    private static let comparisons: [(words: String, comparison: ClaimField.Comparison)] = [
        ("on or after", .atLeast), ("on or before", .atMost), ("at least", .atLeast), ("at most", .atMost), (">=", .atLeast),
        ("<=", .atMost), ("below", .below), ("before", .below), ("above", .above), ("after", .above), ("<", .below), (">", .above),
    ]

    private mutating func condition(_ text: String, _ record: Int) throws(ProofWordsError) -> ProofCondition {
        if let age = try age(text, record) { return age }
        if let (left, right) = text.parted(by: "minus") { return try difference(left, right, record) }
        if let (left, right) = text.parted(by: "between") { return try interval(left, right, record) }
        if let (left, right) = text.parted(by: "is one of") { return try set(left, right, record) }
        if let (left, right) = text.parted(by: "is not the same as") {
            return .differ(try field(left, record), try other(right))
        }
        if let (left, right) = text.parted(by: "is the same as") { return .same(try field(left, record), try other(right)) }
        if let (left, right) = text.parted(by: "is not") {
            let field = try field(left, record)
            return .isNot(field, try value(right, type(field)))
        }
        if let (left, right) = text.parted(by: "is") {
            let field = try field(left, record)
            return .isShown(field, try value(right, type(field)))
        }
        for (words, comparison) in Self.comparisons {
            guard let (left, right) = text.parted(by: words) else { continue }
            let field = try measured(left, record)
            guard let range = type(field).range(comparison, try value(right, type(field))), range.lowerBound < range.upperBound
            else {
                throw .nothingLeft(text)
            }
            return .range(field, low: range.lowerBound, high: range.upperBound)
        }
        throw .unknownForm(text)
    }

    /// `18 or older on 2026-11-21`, and what else `Age` understands.
    private func age(_ text: String, _ record: Int) throws(ProofWordsError) -> ProofCondition? {
        guard let date = Age.date(of: text) else { return nil }
        guard let day = DaySpan(date), day.earliest == day.latest else { throw .value(.notADate, date) }
        guard let range = Age.birthDays(text), range.lowerBound < range.upperBound else { throw .nothingLeft(text) }
        return .range(try field("birthDate", record), low: range.lowerBound, high: range.upperBound)
    }

    private mutating func interval(_ left: String, _ right: String, _ record: Int) throws(ProofWordsError) -> ProofCondition {
        let field = try measured(left, record)
        guard let (first, second) = right.parted(by: "and"), let low = try value(first, type(field)).steps,
            let high = try value(second, type(field)).steps
        else { throw .unknownForm("between \(right)") }
        guard low < high else { throw .nothingLeft("between \(right)") }
        return .range(field, low: low, high: high)
    }

    /// A field, or the value of what people call a measurement: `HbA1c`. Then it is asked too that it was this, in its unit.
    private mutating func measured(_ word: String, _ record: Int) throws(ProofWordsError) -> ProofCondition.Field {
        guard schemas[record].field(named: word.trimmed) == nil, let measurement = ClaimMeasurement.named(word.trimmed),
            let code = try? field("code", record), let value = try? field("valueFloor", record),
            let unit = try? field("unit", record)
        else { return try field(word, record) }
        let codes = Set(measurement.codes.map { ClaimValue.openCode($0) })
        let isIt: ProofCondition =
            if codes.count == 1, let only = codes.first { .isShown(code, only) } else { .member(code, of: codes) }
        for condition in [isIt, .isShown(unit, .openCode(measurement.unitCode))] where !conditions.contains(condition) {
            try add(condition)
        }
        return value
    }

    private func set(_ left: String, _ right: String, _ record: Int) throws(ProofWordsError) -> ProofCondition {
        let field = try field(left, record)
        var values: Set<ClaimValue> = []
        for part in right.split(separator: ",") { values.insert(try value(String(part), type(field))) }
        guard values.count > 1 else { throw .nothingLeft("is one of \(right)") }
        guard values.count <= ProofCondition.maximumSetSize else { throw .tooMany }
        return .member(field, of: values)
    }

    /// `date given minus immunization#2: date given between 21 and 42`.
    private mutating func difference(_ left: String, _ right: String, _ record: Int) throws(ProofWordsError) -> ProofCondition {
        let first = try field(left, record)
        guard let (name, bounds) = right.parted(by: "between"), let (low, high) = bounds.parted(by: "and") else {
            throw .unknownForm("minus \(right)")
        }
        let second = try other(name)
        guard let low = try steps(low, type(first)), let high = try steps(high, type(first)), low < high else {
            throw .nothingLeft("between \(bounds)")
        }
        return .difference(first, second, low: low, high: high)
    }

    /// Days between dates are whole numbers; of numbers the difference is written as they are.
    private func steps(_ text: String, _ type: ClaimField) throws(ProofWordsError) -> Int64? {
        type.kind == .date ? Int64(text.trimmed) : try value(text, type).steps
    }

    /// `immunization#2: date given`.
    private mutating func other(_ text: String) throws(ProofWordsError) -> ProofCondition.Field {
        let (record, rest) = try kind(of: text)
        return try field(rest, record)
    }

    private func value(_ text: String, _ type: ClaimField) throws(ProofWordsError) -> ClaimValue {
        do {
            return try type.value(text.trimmed)
        } catch {
            throw .value(error, text.trimmed)
        }
    }
}

extension String {
    var trimmed: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// What stands before and behind the first of these words, with a space on both sides.
    func parted(by words: String) -> (String, String)? {
        let pieces = String(decoding: utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
        guard let range = pieces.firstRange(of: " \(words) ") else { return nil }
        let start = pieces.utf8.distance(from: pieces.startIndex, to: range.lowerBound)
        let end = pieces.utf8.distance(from: pieces.startIndex, to: range.upperBound)
        return (
            String(decoding: utf8.prefix(start), as: UTF8.self), String(decoding: utf8.dropFirst(end), as: UTF8.self)
        )
    }
}

extension ProofRequest {
    /// A condition as people read it.
    ///
    /// - Parameter name: what an actor is called.
    package func words(
        _ condition: ProofCondition, naming name: (Ed25519.PublicKey) -> String = { $0.description }
    ) -> String {
        switch condition {
        case .range(let field, let low, let high):
            let type = claimField(field)
            let ends = [low, high].map { type.text(of: type.kind == .date ? .date(UInt16(clamping: $0)) : .number($0)) }
            let unit = type.unit.isEmpty ? "" : " \(type.unit)"
            if type.kind == .date {
                if type.name == "birthDate", low <= type.bounds.lowerBound, let made = DaySpan(made.day.description)?.latest,
                    let age = Age.anniversary(ofBirthUntil: high, near: made)
                {
                    return "\(kind(Int(field.record))): \(age.years) or older on \(age.day) (born on or before \(ends[1]))"
                }
                if low <= type.bounds.lowerBound { return "\(self.name(field)) on or before \(ends[1])" }
                if high >= type.bounds.upperBound { return "\(self.name(field)) on or after \(ends[0])" }
            } else {
                if high >= type.bounds.upperBound { return "\(self.name(field)) at least \(ends[0])\(unit)" }
                if low <= type.bounds.lowerBound { return "\(self.name(field)) \(Self.upTo(high, type))\(unit)" }
            }
            if type.kind == .floor { return "\(self.name(field)) at least \(ends[0]) and \(Self.upTo(high, type))\(unit)" }
            return "\(self.name(field)) between \(ends[0]) and \(ends[1])\(unit)"
        case .member(let field, let values):
            let type = claimField(field)
            let shown = values.prefix(6).map { type.text(of: $0) }.joined(separator: ", ")
            return "\(self.name(field)) is one of \(shown)" + (values.count > 6 ? " and \(values.count - 6) more" : "")
        case .isNot(let field, let value): return "\(self.name(field)) is stated and is not \(claimField(field).text(of: value))"
        case .differ(let first, let second): return "\(self.name(first)) is not the same as \(self.name(second))"
        case .same(let first, let second): return "\(self.name(first)) is the same as \(self.name(second))"
        case .difference(let first, let second, let low, let high):
            let type = claimField(first)
            let ends = [low, high].map { type.kind == .date ? "\($0) days" : type.text(of: .number($0)) }
            return "\(self.name(first)) less \(self.name(second)) is between \(ends[0]) and \(ends[1])"
        case .isShown(let field, let value): return "\(self.name(field)) is \(claimField(field).text(of: value))"
        case .covered(let consent): return consent.words(name)
        }
    }

    /// A number cut to its scale is at most `high` exactly if the number is below the next step.
    private static func upTo(_ high: Int64, _ type: ClaimField) -> String {
        type.kind == .floor ? "below \(type.text(of: .number(high + 1)))" : "at most \(type.text(of: .number(high)))"
    }

    /// `immunization 2: date given`, numbered where there are several of a kind.
    private func name(_ field: ProofCondition.Field) -> String {
        "\(kind(Int(field.record))): \(claimField(field).words.first ?? claimField(field).name)"
    }

    /// What people call the claims set, with a number where there are several of its kind.
    package func kind(_ record: Int) -> String {
        let schema = asked[record].schema
        let word = schema.words.first ?? schema.name
        guard asked.count(where: { $0.schema.name == schema.name }) > 1 else { return word }
        return "\(word) \(asked[...record].count { $0.schema.name == schema.name })"
    }
}
