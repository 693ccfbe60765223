/// `claim-units.json`: in which unit of UCUM a number is claimed, and what else is exactly converted to it.
///
///     { "units": { "cm": { "m": "100/1", "[in_i]": "127/50" } },
///       "loinc": { "8302-2": "cm" } }
///
/// Only factors that are exact by definition stand here. Between amounts of substance and masses there is none: a molar mass is measured.
struct ClaimUnits: Sendable {
    static let system = "http://unitsofmeasure.org"
    static let loinc = "http://loinc.org"

    private var factors: [String: [String: UnitFactor]] = [:]
    private var unitsByCode: [String: String] = [:]

    init(_ bytes: [UInt8]) throws(RuleError) {
        let parts = try RuleNode(file: .claimUnits, bytes).members(named: ["units", "loinc"])
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
    }

    /// The unit for what this code of LOINC measures, if the table has one.
    func unit(ofCode code: String) -> String? { unitsByCode[code] }

    func has(_ unit: String) -> Bool { factors[unit] != nil }

    /// `nil` where no exact factor is known.
    func factor(from unit: String, to target: String) -> UnitFactor? {
        unit == target ? .one : factors[target]?[unit]
    }
}
