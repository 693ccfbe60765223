import Foundation
import MedicalRecords
import TestSupport
import Testing

private let types: Set<String> = ["AllergyIntolerance", "Condition", "Immunization", "MedicationRequest", "Observation", "Patient"]

/// Some patients of each origin; small ones, as all are alike.
private func patients() throws -> [String] {
    struct Listed: Decodable {
        let file: String
        let bytes: Int
    }
    let files = try Corpora.json("fhir-synthea/index.json", as: [Listed].self).filter { $0.bytes < 1_500_000 }.map(\.file)
    let some = ["v24-", "hiv-", "v3-"].flatMap { origin in files.filter { $0.contains(origin) }.prefix(12) }
    return some.map { "fhir-synthea/\($0)" }
}

private func examples() throws -> [String] {
    try ["fhir-r4-examples", "fhir-us-core", "fhir-ips"].flatMap { folder in
        try FileManager.default.subpathsOfDirectory(atPath: Corpora.url(folder).path).sorted()
            .filter { ($0.hasSuffix(".json") || $0.hasSuffix(".json.gz")) && !$0.hasPrefix("Bundle-terminologies") }
            .map { "\(folder)/\($0)" }
    }
}

private func read(_ path: String) throws -> [UInt8] {
    Array(path.hasSuffix(".gz") ? try Corpora.gunzip(path) : try Corpora.data(path))
}

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment))) struct ClaimsOfCorpora {
    @Test func `every resource of synthetic patients that has a schema has claims`() throws {
        var failures = Failures()
        var counts: [String: Int] = [:]
        var values = 0
        let files = try patients()
        for file in files {
            let source = try RecordSource(read(file))
            let record = RecordClaims(source)
            failures.check(record.refusals.isEmpty, "\(file): \(record.refusals)")
            failures.check(record.claims.count == source.resources.count { types.contains($0.type) }, "\(file): resources")
            for claims in record.claims {
                counts[claims.schema.name, default: 0] += 1
                values += claims.values.count { $0 != .absent }
                failures.check(claims.values.count == claims.schema.fields.count, "\(file): fields")
                let status = claims.schema.fields.firstIndex { $0.name == "status" }.map { claims.values[$0] }
                failures.check(status != .absent, "\(file): a status is not on its list")
            }
        }
        print("claims of \(files.count) patients: \(counts.sorted { $0.key < $1.key }.map { "\($0) \($1)" }), \(values) values")
        #expect(failures.isEmpty && files.count >= 30 && Set(counts.keys) == types, "\(failures) \(counts)")
    }

    /// What the split makes of a source has the same claims, as the bytes of resources stay.
    @Test func `records have the claims of their source`() throws {
        let source = try RecordSource(read(#require(patients().first { $0.contains("v3-") })))
        func shown(_ claims: [ResourceClaims]) -> [String] { claims.map { "\($0.reference ?? "") \($0.values)" }.sorted() }
        let records = try source.split(granularity: .resource).map { try RecordClaims(content: $0.content) }
        #expect(shown(records.flatMap(\.claims)) == shown(RecordClaims(source).claims))
    }
}

/// Some patients and all published examples. `Tests/External/claims.py` knows docs/claims.md and the three files of data, and none of our code.
@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct ClaimsBesideAnotherReader {
    @Test func `a reader with exact decimals of its own finds the same values`() throws {
        var failures = Failures()
        var counts: [String: Int] = [:]
        let files = try patients() + examples()
        let found = try Self.peer(files.map { try Corpora.url($0).path })
        for file in files {
            guard let source = try? RecordSource(read(file)) else { continue }
            let path = try Corpora.url(file).path
            for (position, resource) in source.resources.enumerated() where types.contains(resource.type) {
                let ours: [String]
                do throws(ClaimsError) {
                    ours = try ResourceClaims(resource: resource, in: source)?.values.map(Self.text) ?? []
                } catch {
                    ours = [error == .modified ? "refused modified" : "refused \(error)"]
                }
                counts[resource.type, default: 0] += 1
                failures.check(found["\(path) \(position)"] == ours, "\(file) \(position): \(ours)")
            }
        }
        #expect(failures.isEmpty && failures.caseCount > 3_000 && Set(counts.keys) == types, "\(failures) \(counts)")
    }

    private static func text(_ value: ClaimValue) -> String {
        switch value {
        case .absent: "-"
        case .date(let day): "date \(day)"
        case .number(let steps): "number \(steps)"
        case .code(let index): "code \(index)"
        case .openCode(let coding): "coding \(coding.system) \(coding.code)"
        case .text(let text): "text \(text)"
        }
    }

    /// By path and position, what the other reader says of each resource.
    private static func peer(_ paths: [String]) throws -> [String: [String]] {
        let script = Fixtures.repository.appending(path: "Tests/External/claims.py").path
        let data = Fixtures.repository.appending(path: "Sources/MedicalRecords/Claims").path
        var found: [String: [String]] = [:]
        for line in try run(["-B", script, data] + paths).split(separator: UInt8(ascii: "\n")) {
            guard let fields = try JSONSerialization.jsonObject(with: Data(line)) as? [Any], fields.count == 4,
                let path = fields[0] as? String, let position = fields[1] as? Int
            else { throw CocoaError(.coderInvalidValue) }
            if let refusal = fields[3] as? [String: String] {
                found["\(path) \(position)"] = ["refused \(refusal["refused"] ?? "")"]
            } else if let values = fields[3] as? [Any] {
                found["\(path) \(position)"] = values.map { value in
                    (value as? [Any])?.map { "\($0)" }.joined(separator: " ") ?? "-"
                }
            }
        }
        return found
    }

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return data
    }
}

/// The same resource written otherwise has the same claims.
@Suite struct ClaimLaws {
    /// A JSON value written with other spaces, other escapes, and the members of its objects in another order.
    private static func rewritten(_ value: Any, using generator: inout SeededGenerator) -> String {
        func space(_ generator: inout SeededGenerator) -> String {
            ["", " ", "\n\t", "\r\n  "].randomElement(using: &generator) ?? ""
        }
        func quoted(_ text: String, _ generator: inout SeededGenerator) -> String {
            var quoted = "\""
            for unit in text.utf16 {
                let digits = String(unit, radix: 16)
                let isPlain = unit < 0x7F && unit >= 0x20 && unit != 0x22 && unit != 0x5C
                quoted +=
                    isPlain && Bool.random(using: &generator)
                    ? String(UnicodeScalar(UInt8(unit))) : "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
            return quoted + "\""
        }
        switch value {
        case let object as [String: Any]:
            let members = object.keys.sorted().shuffled(using: &generator).map { name in
                space(&generator) + quoted(name, &generator) + space(&generator) + ":" + space(&generator)
                    + rewritten(object[name] as Any, using: &generator)
            }
            return "{" + members.joined(separator: space(&generator) + ",") + "}"
        case let list as [Any]:
            return "[" + list.map { rewritten($0, using: &generator) }.joined(separator: " ,") + space(&generator) + "]"
        case let text as String: return text.hasPrefix("#") ? String(text.dropFirst()) : quoted(text, &generator)
        default: return "null"
        }
    }

    @Test func `order of members, spaces and escapes change nothing`() throws {
        let seed: UInt64 = 0x5eed_0a12
        var generator = SeededGenerator(seed: seed)
        var failures = Failures()
        // Numbers and flags are written after a number sign, so that they stay as they are.
        func concept(_ system: String, _ code: String) -> [String: Any] {
            ["coding": [["system": system, "code": code]], "text": "é\u{1F600}\""]
        }
        let ucum = "http://unitsofmeasure.org"
        let resources: [[String: Any]] = [
            [
                "resourceType": "Patient", "id": "x", "birthDate": "1970-01-01", "active": "#true",
                "name": [["family": "Zoë", "given": ["Ö"]]],
            ],
            [
                "resourceType": "Observation", "status": "final", "code": concept(loinc, "29463-7"),
                "effectiveDateTime": "2026-01-01",
                "valueQuantity": ["value": "#180.5", "system": ucum, "code": "[lb_av]"], "note": [["text": "none"]],
                "component": [
                    ["code": concept(loinc, "8480-6"), "valueQuantity": ["value": "#1.2e2", "system": ucum, "code": "mm[Hg]"]]
                ],
            ],
            [
                "resourceType": "Condition", "code": concept(snomed, "90560007"),
                "extension": [["url": "urn:x", "valueBoolean": "#false"]],
            ],
        ]
        for resource in resources {
            let expected = try claims(Self.rewritten(resource, using: &generator))
            #expect(expected.values.contains { $0 != .absent })
            for round in 0..<60 {
                let text = Self.rewritten(resource, using: &generator)
                let again = try? ResourceClaims(resource: bytes(text))
                failures.check(
                    again?.values == expected.values && again?.id == expected.id, "seed \(seed), round \(round): \(text)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `what stands in no field of the schema changes nothing`() throws {
        let plain = try claims(observation(quantity("7", "%")))
        let more = try claims(
            observation(
                quantity("7", "%") + #","text":{"status":"generated","div":"8 %"},"contained":[{"resourceType":"Patient","#
                    + #""birthDate":1,"modifierExtension":[{"url":"urn:x"}]}],"extension":[{"url":"urn:x","valueDecimal":9}],"_status":{"id":"s"}"#
            ))
        #expect(plain.values == more.values)
    }
}
