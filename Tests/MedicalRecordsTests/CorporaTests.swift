import Foundation
import MedicalRecords
import TestSupport
import Testing

/// Checks that splitting a source and joining its records again loses nothing and changes nothing.
private func check(_ source: RecordSource, _ name: String, _ failures: inout Failures) {
    let records = source.split()
    failures.check(SplitCounts(records).resources == source.resources.count, "\(name): resources in facts")
    guard let join = try? RecordJoin(records.map(\.content)), let joined = try? RecordSource(join.bundleBytes) else {
        failures.check(false, "\(name): does not join")
        return
    }
    failures.check(joined.resources.count == source.resources.count, "\(name): resources in join")
    failures.check(counts(source) == counts(joined), "\(name): bytes")
}

/// How often each resource stands in a source, with its `fullUrl`.
private func counts(_ source: RecordSource) -> [[UInt8]: Int] {
    source.resources.reduce(into: [:]) { counts, resource in
        let address = resource.fullURL?.text(in: source.bytes) ?? ""
        counts[Array(address.utf8) + [0] + source.bytes(of: resource), default: 0] += 1
    }
}

/// The source, or `nil` with a failure noted.
private func read(_ bytes: [UInt8], _ name: String, _ failures: inout Failures) -> RecordSource? {
    do throws(SourceError) {
        return try RecordSource(bytes)
    } catch {
        failures.check(false, "\(name): \(error)")
        return nil
    }
}

private let areCorporaPresent = Corpora.arePresent
private let comment = Comment(rawValue: Corpora.comment)

@Suite(.enabled(if: areCorporaPresent, comment)) struct SyntheticPatients {
    private struct Listed: Decodable {
        let file: String
        let entries: Int
        let bytes: Int
    }

    /// Every third bundle by size, which takes in all origins.
    private static func sample() throws -> [Listed] {
        try Corpora.json("fhir-synthea/index.json", as: [Listed].self).enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
    }

    @Test func `bundles split and come back byte for byte`() throws {
        var failures = Failures()
        for listed in try Self.sample() {
            let bytes = try Array(Corpora.gunzip("fhir-synthea/\(listed.file)"))
            guard let source = read(bytes, listed.file, &failures) else { continue }
            failures.check(bytes.count == listed.bytes && source.resources.count == listed.entries, "\(listed.file): entries")
            check(source, listed.file, &failures)
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount >= 4 * 30)
    }

    @Test func `a bundle of 6,269 resources does too`() throws {
        var failures = Failures()
        let bytes = try Array(Corpora.gunzip("fhir-synthea/bundles/xl-assembled-collection.json.gz"))
        let source = try #require(read(bytes, "xl", &failures))
        #expect(source.resources.count == 6_269)
        check(source, "xl", &failures)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `each bundle speaks of the one patient whose record number it states`() throws {
        var failures = Failures()
        for listed in try Self.sample().prefix(15) {
            let source = try RecordSource(Array(Corpora.gunzip("fhir-synthea/\(listed.file)")))
            let numbers = source.patients.flatMap(\.recordNumbers)
            let isAccepted = numbers.allSatisfy { (try? PatientIdentity(recordNumber: $0).verify(source)) != nil }
            failures.check(source.patients.count == 1 && !numbers.isEmpty && isAccepted, listed.file)
            let stranger = PatientIdentity(recordNumber: Identifier(system: nil, value: "no one's"))
            failures.check((try? stranger.verify(source)) == nil, "\(listed.file): stranger")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    /// Synthetic patients of HIV clinics. Their codes are those of OpenMRS, under the names of other systems.
    @Test func `HIV content is filed under sexual health and labelled`() throws {
        var failures = Failures()
        let files = try Corpora.json("fhir-synthea/index.json", as: [Listed].self).filter { $0.file.contains("hiv-") }
        for listed in files.prefix(12) {
            let records = try RecordSource(Array(Corpora.gunzip("fhir-synthea/\(listed.file)"))).split()
            let sensitive = records.filter { $0.facts.category == .sexualHealth }
            failures.check(sensitive.contains { $0.facts.labels.contains(coding(actCode, "HIV")) }, "\(listed.file): HIV")
            let areRestricted = sensitive.allSatisfy { $0.facts.labels.contains(coding(confidentiality, "R")) }
            failures.check(areRestricted, "\(listed.file): R")
            let leaks = records.contains { record in
                let text = String(decoding: record.content, as: UTF8.self)
                return record.facts.category != .sexualHealth && (text.contains("HIV") || text.contains("ANTIRETROVIRAL"))
            }
            failures.check(!leaks, "\(listed.file): HIV outside")
        }
        #expect(failures.isEmpty, "\(failures)")
    }
}

@Suite(.enabled(if: areCorporaPresent, comment)) struct PublishedExamples {
    @Test(arguments: ["fhir-r4-examples", "fhir-us-core", "fhir-ips"])
    func `published resources are read as another reader reads them`(folder: String)
        throws
    {
        var failures = Failures()
        for (name, bytes) in try corpus(folder, withSuffixes: [".json", ".json.gz"]) where name != "Bundle-terminologies.json.gz" {
            let object = try foundationObject(bytes)
            do throws(SourceError) {
                let source = try RecordSource(bytes)
                let entries = object["resourceType"] as? String == "Bundle" ? object["entry"] as? [[String: Any]] : nil
                let expected = entries?.map { $0["resource"] as? [String: Any] } ?? [object]
                let types = expected.map { $0?["resourceType"] as? String }
                let ids = expected.map { $0?["id"] as? String }
                failures.check(source.resources.map(\.type) == types && source.resources.map(\.id) == ids, name)
                check(source, name, &failures)
            } catch {
                failures.check(Self.isRefusalRight(error, for: object), "\(name): \(error)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 30)
    }

    /// Bundles of answers and messages, and those with an entry that only asks for something, hold no records to deposit.
    private static func isRefusalRight(_ error: SourceError, for object: [String: Any]) -> Bool {
        switch error {
        case .bundleType: !["collection", "document", "transaction", "batch", "searchset"].contains(object["type"] as? String)
        case .entryWithoutResource(let position): (object["entry"] as? [[String: Any]])?[position]["resource"] == nil
        default: false
        }
    }

    @Test func `a patient summary keeps all its parts, its Composition among them`() throws {
        var failures = Failures()
        for (name, bytes) in try corpus("fhir-ips", withSuffixes: [".json"]) where name.hasPrefix("Bundle-") {
            let source = try RecordSource(bytes)
            let records = source.split()
            let composition = records.first { $0.facts.types.map(\.type) == ["Composition"] }
            failures.check(source.form == .bundle(.document) && source.resources.first?.type == "Composition", name)
            failures.check(composition?.facts.category == .general, "\(name): Composition")
            check(source, name, &failures)
        }
        #expect(failures.isEmpty && failures.caseCount == 4 * 5, "\(failures)")
    }
}

@Suite(.enabled(if: areCorporaPresent, comment)) struct BulkExports {
    private static let files = [
        "ten/AllergyIntolerance.000", "ten/Condition.000", "ten/MedicationRequest.000", "ten/PractitionerRole.000",
        "hundred/Immunization.000",
        "pathling/Observation", "pathling/Patient", "thousand/Patient.000",
    ]

    @Test func `exported files split and come back line by line`() throws {
        var failures = Failures()
        for name in Self.files {
            let bytes = try Array(Corpora.gunzip("fhir-bulk-ndjson/\(name).ndjson.gz"))
            guard let source = read(bytes, name, &failures) else { continue }
            failures.check(source.form == .bulk, name)
            failures.check(source.resources.count == bytes.split(separator: UInt8(ascii: "\n")).count, "\(name): lines")
            check(source, name, &failures)
            let join = try RecordJoin(source.split().map(\.content))
            let isSame =
                join.lineBytes.split(separator: UInt8(ascii: "\n")).sorted { $0.lexicographicallyPrecedes($1) }
                == bytes.split(separator: UInt8(ascii: "\n")).sorted { $0.lexicographicallyPrecedes($1) }
            failures.check(isSame, "\(name): lines out")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a line broken in the middle loses no other`() throws {
        var lines = try Corpora.gunzip("fhir-bulk-ndjson/ten/Condition.000.ndjson.gz").split(separator: UInt8(ascii: "\n")).map(
            Array.init)
        let count = lines.count
        lines[count / 2].removeLast(40)
        let bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
        let error = #expect(throws: SourceError.self) { try RecordSource(bytes) }
        guard case .line(count / 2 + 1, .json) = error else {
            Issue.record("the line is not named")
            return
        }
        let source = try RecordSource(bytes, brokenLines: .skipped)
        #expect(source.resources.count == count - 1)
        #expect(source.brokenLines.map(\.number) == [count / 2 + 1])
    }

    @Test func `one patient's lines are found in files of many`() throws {
        let people = try RecordSource(Array(Corpora.gunzip("fhir-bulk-ndjson/ten/Patient.000.ndjson.gz")))
        let conditions = try RecordSource(Array(Corpora.gunzip("fhir-bulk-ndjson/ten/Condition.000.ndjson.gz")))
        let selections = people.patients.map { conditions.selecting($0) }
        #expect(selections.reduce(0) { $0 + $1.resources.count } == conditions.resources.count)
        for (patient, selection) in zip(people.patients, selections) where !selection.resources.isEmpty {
            #expect(throws: Never.self) { try patient.verify(selection) }
            #expect(throws: PatientRefusal.self) { try patient.verify(conditions) }
        }
    }

    @Test func `an exporter's log is no bulk data`() throws {
        let log = try Array(Corpora.data("fhir-bulk-ndjson/ten/export-log.ndjson"))
        #expect(throws: SourceError.notFHIR) { try RecordSource(log) }
    }
}

@Suite(.enabled(if: areCorporaPresent, comment)) struct Images {
    @Test func `DICOM files, broken ones too, are one record as they are`() throws {
        var failures = Failures()
        for (name, bytes) in try corpus("dicom", withSuffixes: [".dcm"]) {
            let source = try RecordSource(bytes)
            let hasPreamble = bytes.count > 132 && bytes[128..<132].elementsEqual("DICM".utf8)
            failures.check(source.form == .opaque(hasPreamble ? .dicom : .octets), "\(name): \(source.form)")
            let records = source.split()
            failures.check(records.map(\.content) == [bytes], "\(name): bytes")
            failures.check(records.map(\.facts.category) == [hasPreamble ? .imaging : .general], "\(name): category")
        }
        #expect(failures.isEmpty && failures.caseCount == 3 * 16, "\(failures)")
    }
}
