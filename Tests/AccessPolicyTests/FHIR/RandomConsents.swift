import MedicalRecords
import TestSupport

@testable import AccessPolicy

/// Consents, requests and records out of few values, so that they meet.
struct RandomConsents {
    var generator: SeededGenerator
    /// Whether everything about requests and records is known.
    var isCertain = false

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &generator)]
    }

    mutating func some<Element>(_ elements: [Element], _ atMost: Int = 2) -> [Element] {
        (0..<Int.random(in: 1...atMost, using: &generator)).map { _ in pick(elements) }
    }

    static let actCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    static let types = "http://hl7.org/fhir/resource-types"
    static let labels =
        ["PSY", "SUD", "ETHUD", "SPI", "HIV", "NORDSCLCD"].map { Coding(system: actCode, code: $0) }
        + ["U", "L", "N", "R", "V", "HIV"].map { Coding(system: Confidentiality.system, code: $0) }
        + [Coding(system: "urn:x", code: "HIV"), Coding(system: "urn:x", code: "SECRET")]
    static let purposes =
        ["TREAT", "ETREAT", "BTG", "HPAYMT", "HRESCH", "PurposeOfUse"].map { Coding(system: PurposeOfUse.system, code: $0) }
        + [Coding(system: "urn:x", code: "TREAT"), Coding(system: "urn:x", code: "FOO")]
    static let classes =
        ["Observation", "Condition", "Immunization", "Resource"].map { Coding(system: types, code: $0) }
        + [Coding(system: "urn:ietf:bcp:13", code: "text/plain"), Coding(system: "urn:x", code: "document")]
    static let codes = [Coding(system: "urn:x", code: "1"), Coding(system: "urn:x", code: "2")]
    static let key = String(repeating: "ab", count: 32)
    static let references = [
        ConsentReference(address: "Organization/\(key)"), ConsentReference(address: "Organization/1"),
        ConsentReference(address: "Practitioner/1"), ConsentReference(identifier: Identifier(system: "urn:ids", value: "7")),
        ConsentReference(address: "Group/1", identifier: Identifier(system: nil, value: "8")), ConsentReference(),
    ]
    static let names = [key, "Organization/1", "Practitioner/1", "urn:ids|7", "Group/1", "|8", "Organization/2"]
    static let resources = ["Observation/1", "Encounter/1", "Condition/1"]
    static let roles = ["IRCP", "PRCP", "CST", "AUT", "WIT"].map {
        Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code: $0)
    }
    static let actions = ["access", "use", "disclose", "correct"].map {
        Coding(system: "http://terminology.hl7.org/CodeSystem/consentaction", code: $0)
    }
    static let instants = ["2025", "2026-03", "2026-03-15", "2026-03-15T12:00:00Z", "2026-04-01T00:00:00+02:00"]
    /// 2026-03-15, with half a year around it.
    static let days: [Int64] = [20_400, 20_526, 20_527, 20_528, 20_544, 20_600].map { $0 * 86_400_000 }

    mutating func period() -> ConsentPeriod {
        let start = chance(70) ? ConsentInstant(pick(Self.instants)) : nil
        return ConsentPeriod(start: start, end: chance(70) || start == nil ? ConsentInstant(pick(Self.instants)) : nil)
    }

    mutating func consent() -> FHIRConsent {
        var root = rule(depth: Int.random(in: 1...4, using: &generator))
        if chance(60) { root = quieter(root) }
        return FHIRConsent(provision: root)
    }

    /// Less often outside of everything.
    private func quieter(_ rule: ConsentRule) -> ConsentRule {
        var rule = rule
        (rule.period, rule.actors, rule.actions, rule.purposes) = (nil, [], [], [])
        return rule
    }

    mutating func rule(depth: Int) -> ConsentRule {
        var rule = ConsentRule(chance(50) ? .permit : .deny)
        if chance(15) { rule.period = period() }
        if chance(25) {
            rule.actors = some(Self.references).map { .init(roles: chance(60) ? [pick(Self.roles)] : [], reference: $0) }
        }
        if chance(15) { rule.actions = some(Self.actions).map { chance(90) ? [$0] : [] } }
        if chance(35) { rule.labels = some(Self.labels, 3) }
        if chance(25) { rule.purposes = some(Self.purposes) }
        if chance(25) { rule.classes = some(Self.classes) }
        if chance(10) { rule.codes = some(Self.codes).map { chance(90) ? [$0] : [] } }
        if chance(10) { rule.dataPeriod = period() }
        if chance(15) {
            rule.data = some(ConsentRule.Datum.Meaning.allCases).map { meaning in
                let references = meaning == .authoredBy ? Self.references : Self.resources.map { ConsentReference(address: $0) }
                return .init(meaning, pick(references + [ConsentReference()]))
            }
        }
        if depth > 1 { rule.rules = (0..<Int.random(in: 0...2, using: &generator)).map { _ in self.rule(depth: depth - 1) } }
        return rule
    }

    mutating func request() -> ConsentRequest {
        let purposes = some(Self.purposes).map { $0.system == PurposeOfUse.system ? $0.code : $0.description }
        return ConsentRequest(
            now: pick(Self.days) + (chance(50) ? 43_200_000 : 0),
            requester: isCertain || chance(92) ? Set(some(Self.names, 3)) : [],
            purposes: isCertain || chance(92) ? Set(purposes) : [], action: pick(["read", "read", "search", "share", "export"]))
    }

    mutating func record() -> ConsentRecord {
        let codings = chance(80) ? some(Self.labels, 3).filter { Confidentiality(label: $0) == nil } : []
        let labels = Set(codings.map(SensitivityCodes.name))
        var record = ConsentRecord(
            category: pick(["general", "laboratory"]), isLabelled: isCertain || chance(85),
            confidentiality: Int64.random(in: 0...5, using: &generator), labels: labels,
            sensitivities: Set(codings.filter(SensitivityCodes.isSensitive).map(SensitivityCodes.name)),
            types: isCertain || chance(85) ? Set(some(["Observation", "Condition", "Immunization", "Encounter"])) : [],
            mediaType: pick(["application/fhir+json", "text/plain"]),
            authors: isCertain || chance(80) ? Set(some(Self.names)) : [])
        if isCertain || chance(70) {
            let days = [pick(Self.days), pick(Self.days)].sorted()
            (record.earliest, record.latest) = (days[0], days[1])
        }
        if isCertain || chance(60) { record.codes = Set(some(["urn:x|1", "urn:x|2", "urn:x|3"])) }
        if isCertain || chance(60) { record.resources = Set(some(Self.resources)) }
        if isCertain || chance(60) { record.refersTo = Set(some(Self.resources)) }
        if isCertain || chance(60) { record.dependsOn = Set(some(Self.resources)) }
        return record
    }

    /// Who wrote a record and asks for it is in the same groups both times.
    mutating func meeting() -> (ConsentRequest, ConsentRecord) {
        var (request, record) = (request(), record())
        if record.authors.contains(Self.key), request.requester.contains(Self.key) {
            record.authors.formUnion(request.requester)
            request.requester = record.authors
        }
        return (request, record)
    }
}
