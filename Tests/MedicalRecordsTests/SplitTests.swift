import Foundation
import MedicalRecords
import Testing

private let resources = [
    #"{"resourceType":"Patient","id":"p"}"#, #"{"resourceType":"MedicationRequest","authoredOn":"2020-05-01"}"#,
    #"{ "resourceType" : "Specimen" }"#,
    #"{"resourceType":"MedicationRequest","authoredOn":"2019","medicationCodeableConcept":{"coding":[{"system":"s","code":"2"},{"system":"s","code":"1"}]}}"#,
    #"{"resourceType":"Specimen","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]}}"#,
]

@Suite struct Splitting {
    @Test func `resources go by category, type and labels, in their order`() throws {
        let records = try source(bundle(resources, type: "transaction")).split()
        #expect(records.map(\.facts.category) == [.general, .medication, .laboratory, .laboratory])
        #expect(records.map { $0.facts.types.map(\.type) } == [["Patient"], ["MedicationRequest"], ["Specimen"], ["Specimen"]])
        #expect(records.map { $0.facts.types.map(\.count) } == [[1], [2], [1], [1]])
        #expect(records.map(\.facts.labels) == [[], [], [], [coding(confidentiality, "V")]])
        let counts = SplitCounts(records)
        #expect(counts.resources == 5 && counts.records == 4)
        #expect(counts.byCategory.map { "\($0.category.id) \($0.records)" } == ["general 1", "medication 1", "laboratory 2"])
    }

    @Test func `or one by one`() throws {
        let records = try source(bundle(resources)).split(granularity: .resource)
        #expect(records.count == 5)
        #expect(
            try RecordJoin(records.map(\.content)).bundleBytes.count == bundle(resources, meta: securityOfV).utf8.count)
    }

    private let securityOfV = #"{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]}"#

    @Test func `a record is written like this`() throws {
        let records = try source(bundle(resources, type: "batch")).split()
        #expect(
            records.map { String(decoding: $0.content, as: UTF8.self) }[1]
                == #"{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1","resource":\#(resources[1])},"#
                + #"{"fullUrl":"urn:uuid:3","resource":\#(resources[3])}]}"#)
        #expect(
            records.map { String(decoding: $0.content, as: UTF8.self) }[3]
                == #"{"resourceType":"Bundle","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]},"#
                + #""type":"collection","entry":[{"fullUrl":"urn:uuid:4","resource":\#(resources[4])}]}"#)
    }

    /// Two sources that differ in resources of other categories give laboratory records of one length: who may read such a record
    /// cannot see that there was anything else.
    @Test func `a record says nothing of the resources beside it`() throws {
        let laboratory = try source(bundle(resources)).split().first { $0.facts.category == .laboratory }
        let alone = try source(bundle(resources.filter { $0.contains("Observation") || $0.contains("Specimen") })).split()
            .first { $0.facts.category == .laboratory }
        #expect(laboratory?.content.count == alone?.content.count)
    }

    @Test func `another reader sees the same resources`() throws {
        for record in try source(bundle(resources)).split() {
            let object = try foundationObject(record.content)
            #expect(object["type"] as? String == "collection")
            let entries = try #require(object["entry"] as? [[String: Any]])
            #expect(entries.allSatisfy { Set($0.keys) == ["fullUrl", "resource"] })
            #expect(entries.count == record.facts.types.reduce(0) { $0 + $1.count })
        }
    }

    @Test func `what a transaction or a search says of an entry is left out`() throws {
        let entry =
            #"{"request":{"method":"PUT","url":"Patient/p"},"search":{"mode":"match"},"link":[],"resource":{"resourceType":"Patient"}}"#
        let records = try source(#"{"resourceType":"Bundle","type":"transaction","total":1,"entry":[\#(entry)]}"#).split()
        #expect(records.count == 1)
        #expect(
            String(decoding: records[0].content, as: UTF8.self).hasSuffix(#""entry":[{"resource":{"resourceType":"Patient"}}]}"#))
    }

    @Test func `dates and codes are facts, codes only when asked for`() throws {
        let source = try source(bundle(resources))
        let brief = source.split()[1].facts
        #expect(brief.days?.earliest == ClinicalDay(year: 2019, month: 1, day: 1))
        #expect(brief.days?.latest == ClinicalDay(year: 2020, month: 5, day: 1))
        #expect(brief.codes.isEmpty && brief.isLabelled && brief.mediaType.rawValue == "application/fhir+json")
        #expect(source.split(facts: .full)[1].facts.codes == [coding("s", "1"), coding("s", "2")])
    }

    @Test func `facts stated elsewhere must be in order`() {
        func facts(types: [(String, Int)] = [], labels: [String] = [], codes: [String] = []) -> RecordFacts? {
            RecordFacts(
                category: .general, mediaType: .fhirJSON, types: types.map { RecordFacts.TypeCount(type: $0, count: $1) },
                labels: labels.map { coding("s", $0) }, isLabelled: true, days: nil, codes: codes.map { coding("s", $0) })
        }
        #expect(facts(types: [("A", 1), ("B", 2)], labels: ["1", "2"], codes: ["1"]) != nil)
        #expect(facts(types: [("B", 1), ("A", 1)]) == nil)
        #expect(facts(types: [("A", 1), ("A", 1)]) == nil)
        #expect(facts(types: [("A", 0)]) == nil)
        #expect(facts(types: [("A", -1)]) == nil)
        #expect(facts(labels: ["2", "1"]) == nil)
        #expect(facts(labels: ["1", "1"]) == nil)
        #expect(facts(codes: ["2", "1"]) == nil)
        let days = [DaySpan("2024"), DaySpan("2023")].compactMap { $0 }
        #expect(DaySpan(earliest: days[0].earliest, latest: days[1].latest) == nil)
    }

    @Test func `labels with quotes and controls come back`() throws {
        let odd =
            #"{"resourceType":"Patient","meta":{"security":[{"system":"a\"\\b","code":"\u0001\u001fé\n"},{"code":"\ud83d\ude00"}]}}"#
        let records = try source(odd).split()
        let again = try RecordSource(records[0].content)
        #expect(again.bundleLabels == records[0].facts.labels)
        #expect(again.bundleLabels.contains(coding("a\"\\b", "\u{1}\u{1F}é\n")))
        _ = try foundationObject(records[0].content)
    }

    @Test func `of confidentialities a bundle is marked with the highest`() throws {
        let security = ["N", "R", "V"].map { #"{"system":"\#(confidentiality)","code":"\#($0)"}"# }.joined(separator: ",")
        let records = try source(#"{"resourceType":"Patient","meta":{"security":[\#(security)]}}"#).split()
        #expect(records[0].facts.labels.map(\.code) == ["N", "R", "V"])
        #expect(try RecordSource(records[0].content).bundleLabels.map(\.code) == ["V"])
    }

    @Test func `a file that is not looked into is one record as it is`() throws {
        let letter = try fixture("records/referral.pdf")
        let records = try RecordSource(letter).split()
        #expect(records.map(\.content) == [letter])
        let facts = records[0].facts
        #expect(facts.category == .general && facts.mediaType.rawValue == "application/pdf" && !facts.isLabelled)
        #expect(facts.types.isEmpty && facts.labels.isEmpty && facts.days == nil)
        let dicom = [UInt8](repeating: 0, count: 128) + bytes("DICM")
        #expect(try RecordSource(dicom).split().map(\.facts.category) == [.imaging])
    }

    @Test func `the same source gives the same bytes`() throws {
        let first = try source(bundle(resources)).split(granularity: .resource).map(\.content)
        for _ in 0..<5 { #expect(try source(bundle(resources)).split(granularity: .resource).map(\.content) == first) }
    }
}

@Suite struct FixtureBundle {
    private func records() throws -> [Record] { try RecordSource(fixture("records/ana.json")).split() }

    @Test func `Ana's 32 resources of 10 types make 11 records`() throws {
        let source = try RecordSource(fixture("records/ana.json"))
        #expect(source.form == .bundle(.transaction))
        #expect(Set(source.resources.map(\.type)).count == 10)
        let counts = SplitCounts(try records())
        #expect(counts.resources == 32 && counts.records == 11)
        #expect(counts.byCategory.map { "\($0.category.id) \($0.records)" } == ["general 4", "medication 2", "laboratory 5"])
    }

    @Test func `one of them carries labels of its own`() throws {
        let labelled = try records().filter { !$0.facts.labels.isEmpty }
        #expect(labelled.map(\.facts.category) == [.laboratory])
        #expect(labelled.first?.facts.labels == [coding(actCode, "PRS"), coding(confidentiality, "R")])
    }

    @Test func `they are hers`() throws {
        let source = try RecordSource(fixture("records/ana.json"))
        #expect(source.patients.map(\.name) == ["Ana Velorin"])
        #expect(throws: Never.self) { try PatientIdentity(recordNumber: Identifier(system: nil, value: "12345")).verify(source) }
        #expect(throws: PatientRefusal.otherRecordNumber) {
            try PatientIdentity(recordNumber: Identifier(system: nil, value: "12346")).verify(source)
        }
    }

    @Test func `a committed record is what splitting writes and joining reads`() throws {
        let committed = try fixture("records/ana-allergy.record.json")
        #expect(try records().map(\.content).contains(committed))
        #expect(try RecordJoin([committed]).resourceCount == 1)
    }

    @Test func `they come back together`() throws {
        let source = try RecordSource(fixture("records/ana.json"))
        let joined = try RecordSource(RecordJoin(records().map(\.content)).bundleBytes)
        #expect(Set(joined.resources.map { joined.bytes(of: $0) }) == Set(source.resources.map { source.bytes(of: $0) }))
        #expect(joined.resources.count == 32 && joined.resources.first?.type == "Patient")
    }
}

/// Large files are judged by how they start.
@Suite struct FileStarts {
    private static let rest = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000)
    private static let dicom = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + rest

    @Test(arguments: [Array("%PDF-1.7\n".utf8) + rest, dicom, [0x50, 0x4B, 0x03, 0x04] + rest])
    func `a start that settles it says what the whole file would`(file: [UInt8]) throws {
        for category in [nil, MedicalRecords.Category.mentalHealth] {
            let whole = try RecordSource(file).split(category: category).map(\.facts)
            #expect(RecordSource.facts(ofFileStartingWith: Array(file.prefix(500)), category: category).map { [$0] } == whole)
        }
    }

    @Test(arguments: ["{\"resourceType\":", "[{\"resourceType\":", " \n{", "Dear colleague,", "{\\rtf1", "caf\u{E9}", ""])
    func `a start that may be JSON or text settles nothing`(start: String) {
        #expect(RecordSource.facts(ofFileStartingWith: Array(start.utf8)) == nil)
    }

    @Test func `a character that is cut at the end of the start does not make a text binary`() {
        #expect(RecordSource.facts(ofFileStartingWith: Array("caf\u{E9}".utf8.dropLast())) == nil)
    }
}
