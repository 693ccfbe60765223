import AccessPolicy
import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

/// Facts as they lie in a descriptor. docs/formats.md, section 4.6.
@Suite struct FactsFormat {
    private func facts(
        types: [RecordFacts.TypeCount] = [.init(type: "DiagnosticReport", count: 1), .init(type: "Observation", count: 4)],
        labels: [Coding] = [Coding(system: "a", code: "ETH"), Coding(system: "a", code: "HIV")],
        days: DaySpan? = nil
    ) throws -> StoredFacts {
        let facts = try #require(
            RecordFacts(
                category: .laboratory, mediaType: .fhirJSON, types: types, labels: labels, isLabelled: true, days: days, codes: []))
        return try #require(StoredFacts(facts, rules: Self.rules))
    }

    private static let rules = SHA256.hash([3])

    private func span(_ earliest: Int32, _ latest: Int32) throws -> DaySpan {
        let days = (try #require(ClinicalDay(number: earliest)), try #require(ClinicalDay(number: latest)))
        return try #require(DaySpan(earliest: days.0, latest: days.1))
    }

    @Test func `facts come back, and nothing else passes for them`() throws {
        let relabelled = try facts().relabelled(
            adding: [Coding(system: "a", code: "STD")], removing: [], because: line("the patient's own word"))
        for facts in [try facts(), try facts(types: [], labels: []), try facts(days: try span(-30_000, 20_000)), relabelled] {
            #expect(try StoredFacts(canonical: facts.canonicalBytes) == facts)
            let failures = canonicalFailures(facts)
            #expect(failures.isEmpty, "\(failures)")
        }
    }

    @Test func `facts have the bytes the document gives them`() throws {
        let bytes = try facts(types: [.init(type: "A", count: 2)], labels: [], days: try span(-719_162, 2_932_896)).canonicalBytes
        let mediaType = Array("application/fhir+json".utf8)
        let head = [2, 0, 3, UInt8(mediaType.count)] + mediaType
        let labelling: [UInt8] = [0, 1] + Self.rules.value.bytes + [0, 0]
        #expect(bytes == head + [1, 1, 65, 0, 0, 0, 2] + labelling + [1, 0, 0, 0, 0, 0, 0x37, 0xB9, 0xDA])
    }

    @Test func `the days are in the calendar, and the latest is not before the earliest`() throws {
        let good = try facts(days: try span(100, 200)).canonicalBytes
        func changed(_ place: Int, to number: UInt32) -> [UInt8] {
            var writer = CanonicalWriter()
            writer.integer(number)
            var bytes = good
            bytes.replaceSubrange(bytes.count - place..<bytes.count - place + 4, with: writer.bytes)
            return bytes
        }
        let wrong = [
            changed(4, to: 719_162 + 99), changed(8, to: 719_162 + 201), changed(4, to: 3_652_059), changed(4, to: .max),
            changed(4, to: UInt32(Int32.max)), changed(8, to: UInt32(Int32.max) + 1),
        ]
        for bytes in wrong { #expect(throws: FormatError.notCanonical) { try StoredFacts(canonical: bytes) } }
        #expect(try StoredFacts(canonical: changed(4, to: 719_162 + 100)).days == (try span(100, 100)))
    }

    @Test(arguments: [0, 11, 0x0300, .max] as [UInt16]) func `a category that has no name is refused`(category: UInt16) throws {
        var bytes = try facts().canonicalBytes
        bytes.replaceSubrange(1..<3, with: [UInt8(category >> 8), UInt8(truncatingIfNeeded: category)])
        #expect(throws: FormatError.unknownTag) { try StoredFacts(canonical: bytes) }
    }

    @Test(arguments: [0, 1, 3, 255] as [UInt8]) func `another version is refused`(version: UInt8) throws {
        var bytes = try facts().canonicalBytes
        bytes[0] = version
        #expect(throws: FormatError.unknownTag) { try StoredFacts(canonical: bytes) }
    }

    private func written(
        types: [String] = [], labels: [String] = [], origins: UInt8 = 1, rules: Hash? = rules, isByPerson: Bool = false,
        relabelling: String? = nil
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.integer(2 as UInt8)
        writer.integer(3 as UInt16)
        writer.text(line("text/plain"))
        writer.list(types, length: UInt8.self) { writer, type in
            writer.text(line(type))
            writer.integer(1 as UInt32)
        }
        writer.list(labels, length: UInt8.self) { writer, label in
            writer.text(line(label))
            writer.integer(origins)
        }
        writer.optional(rules) { $0.value($1) }
        writer.flag(isByPerson)
        writer.optional(relabelling) { $0.text(line($1)) }
        writer.flag(false)
        return writer.bytes
    }

    @Test(
        arguments: [
            ["b", "a"], ["a", "a"], ["a", "b", "a"], ["a", "B"], ["aa", "a"],
            // Above by its bytes, below by the letters they stand for.
            ["f", "e\u{301}"],
        ]) func `types and labels stand in the order of their bytes, each once`(names: [String]) throws
    {
        #expect(throws: FormatError.notCanonical) { try StoredFacts(canonical: written(types: names)) }
        #expect(throws: FormatError.notCanonical) { try StoredFacts(canonical: written(labels: names)) }
        let sorted = Set(names.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }.map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(try StoredFacts(canonical: written(types: sorted)).types.map(\.type.text) == sorted)
        #expect(try StoredFacts(canonical: written(labels: sorted)).labels.map(\.text) == sorted)
    }

    /// Two spellings of one letter are two labels: what was signed is bytes.
    @Test func `labels that look alike are told apart, and what is written can be read`() throws {
        let spellings = ["\u{E9}", "e\u{301}", "f", "E"].map { Coding(system: "a", code: $0) }
        for labels in [[spellings[0], spellings[2]], [spellings[1], spellings[2]]] {
            let sorted = labels.sorted()
            let stored = try facts(labels: sorted)
            #expect(try StoredFacts(canonical: stored.canonicalBytes) == stored)
        }
        #expect(try StoredFacts(canonical: written(labels: ["a|e\u{301}", "a|\u{E9}"])).labels.count == 2)
    }

    @Test func `a label comes from a card or from somebody who looked`() throws {
        typealias Written = (origins: UInt8, rules: Hash?, isByPerson: Bool)
        let good: [Written] = [
            (1, Self.rules, false), (2, Self.rules, false), (3, Self.rules, true), (4, nil, true), (7, Self.rules, true),
            (4, Self.rules, true), (8, nil, false), (8, Self.rules, false), (15, Self.rules, true),
        ]
        for (origins, rules, isByPerson) in good {
            let bytes = written(labels: ["a"], origins: origins, rules: rules, isByPerson: isByPerson)
            #expect(try StoredFacts(canonical: bytes).givenLabels.map(\.origins.rawValue) == [origins])
        }
        let bad: [Written] = [
            (0, Self.rules, true), (16, Self.rules, true), (255, Self.rules, true), (1, nil, true), (2, nil, true), (3, nil, false),
            (4, Self.rules, false), (5, Self.rules, false), (5, nil, true), (1, nil, false), (4, nil, false), (12, nil, false),
            (9, nil, false),
        ]
        for (origins, rules, isByPerson) in bad {
            let bytes = written(labels: ["a"], origins: origins, rules: rules, isByPerson: isByPerson)
            #expect(throws: FormatError.notCanonical) { try StoredFacts(canonical: bytes) }
        }
    }

    @Test func `a person alone changes labels`() throws {
        #expect(try StoredFacts(canonical: written(isByPerson: true, relabelling: "why")).relabelling == line("why"))
        #expect(try StoredFacts(canonical: written(isByPerson: true, relabelling: "")).relabelling == line(""))
        #expect(throws: FormatError.notCanonical) { try StoredFacts(canonical: written(relabelling: "why")) }
        #expect(throws: FormatError.notCanonical) { try StoredFacts(canonical: written(rules: nil, relabelling: "")) }
    }

    @Test func `who looked is who labelled`() throws {
        #expect(try StoredFacts(canonical: written(rules: nil)).isLabelled == false)
        #expect(try StoredFacts(canonical: written(rules: nil, isByPerson: true)).isLabelled)
        #expect(try StoredFacts(canonical: written()).isLabelled)
    }

    @Test func `too many or too long is no facts`() throws {
        func labels(_ count: Int, _ length: Int) -> [Coding] {
            (0..<count).map { Coding(system: String(repeating: "x", count: length), code: String(100_000 + $0)) }
        }
        func stored(_ labels: [Coding]) -> StoredFacts? {
            RecordFacts(
                category: .laboratory, mediaType: .text, types: [], labels: labels, isLabelled: true, days: nil, codes: []
            ).flatMap { StoredFacts($0) }
        }
        #expect(stored(labels(255, 20)) != nil)
        #expect(stored(labels(256, 20)) == nil)
        #expect(stored(labels(255, 100)) == nil)
        #expect(stored(labels(1, 250)) == nil)
        #expect(stored([Coding(system: "a", code: "\u{202E}")]) == nil)
    }
}
