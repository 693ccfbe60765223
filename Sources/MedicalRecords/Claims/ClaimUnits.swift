/// `claim-units.json`: in which unit of UCUM a number is claimed, and what else is exactly converted to it.
///
///     { "units": { "cm": { "m": "100/1", "[in_i]": "127/50" } },
///       "loinc": { "8302-2": "cm" },
///       "words": { "body height": ["8302-2"] } }
///
/// Only factors that are exact by definition stand here. Between amounts of substance and masses there is none: a molar mass is measured.
struct ClaimUnits: Sendable {
    static let system = "http://unitsofmeasure.org"
    static let loinc = "http://loinc.org"

    private var factors: [String: [String: UnitFactor]] = [:]
    private var unitsByCode: [String: String] = [:]
    private(set) var measurements: [ClaimMeasurement] = []

    init(_ bytes: [UInt8]) throws(RuleError) {
        let parts = try RuleNode(file: .claimUnits, bytes).members(named: ["units", "loinc", "words"])
        for (unit, conversions) in try parts[0].members() {
            factors[unit] = [:]
            for (other, text) in try conversions.members() {
                guard let factor = UnitFactor(try text.text()) else { throw text.error(.wrongKind) }
                factors[unit]?[other] = factor
            }
        }
        for (code, unit) in try parts[1].members() {
            guard factors[try unit.text()] != nil else { throw unit.error(.unknownUnit) }
            unitsByCode[code] = try unit.text()
        }
        for (words, codes) in try parts[2].members() { measurements.append(try measurement(words, codes)) }
    }

    private func measurement(_ words: String, _ list: RuleNode) throws(RuleError) -> ClaimMeasurement {
        var codes: [Coding] = []
        var units: Set<String> = []
        for code in try list.list() {
            guard let unit = unitsByCode[try code.text()] else { throw code.error(.unknownUnit) }
            codes.append(Coding(system: Self.loinc, code: try code.text()))
            units.insert(unit)
        }
        guard let unit = units.first, units.count == 1 else { throw list.error(.unknownUnit) }
        return ClaimMeasurement(words: words, codes: codes, unit: unit)
    }

    /// The unit for what this code of LOINC measures, if the table has one.
    func unit(ofCode code: String) -> String? { unitsByCode[code] }

    func has(_ unit: String) -> Bool { factors[unit] != nil }

    /// `nil` where no exact factor is known.
    func factor(from unit: String, to target: String) -> UnitFactor? {
        unit == target ? .one : factors[target]?[unit]
    }
}

/// What people call a measurement: the codes of LOINC that mean it here, all claimed in one unit.
package struct ClaimMeasurement: Sendable {
    package let words: String
    package let codes: [Coding]
    /// A code of UCUM.
    package let unit: String

    package var unitCode: Coding { Coding(system: ClaimUnits.system, code: unit) }

    package static var all: [ClaimMeasurement] { ClaimsSchema.data.units.measurements }

    /// `HbA1c`. `nil` for a word that the table does not have.
    package static func named(_ word: String) -> ClaimMeasurement? {
        let typed = ClaimWords(word)
        return all.first { typed.isOne(of: [$0.words]) }
    }
}
