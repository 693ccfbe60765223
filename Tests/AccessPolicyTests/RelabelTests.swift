import AccessPolicy
import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

/// What a person at the clinic changes about labels.
@Suite struct RelabelTests {
    private let hiv = Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "HIV")
    private let std = Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "STD")
    private let why = line("the result was another patient's")

    private func facts(_ labels: [Coding], isLabelled: Bool = true) throws -> StoredFacts {
        let facts = try #require(
            RecordFacts(
                category: .laboratory, mediaType: .fhirJSON, types: [], labels: labels.sorted(), isLabelled: isLabelled, days: nil,
                codes: []))
        return try #require(StoredFacts(facts, rules: SHA256.hash([3])))
    }

    private func label(_ confidentiality: Confidentiality) -> Coding { confidentiality.label }

    @Test func `what a person adds is known for that`() throws {
        let old = try facts([hiv, label(.restricted)])
        let new = try old.relabelled(adding: [std, label(.restricted)], removing: [], because: line(""))
        #expect(new.labels == (old.labels + [line(std.description)]).sorted())
        #expect(new.givenLabels.map(\.origins) == [.stated, .person, [.stated, .person]])
        #expect(new.isByPerson && new.relabelling == line("") && new.rules == old.rules)
        #expect(try StoredFacts(canonical: new.canonicalBytes) == new)
    }

    @Test func `what protects less needs a reason`() throws {
        let old = try facts([hiv, label(.restricted)])
        for removed in [[hiv], [label(.restricted)], [hiv, label(.restricted)]] {
            #expect(throws: RelabelError.reasonMissing) {
                try old.relabelled(adding: [std], removing: removed, because: line(""))
            }
            let new = try old.relabelled(adding: [std], removing: removed, because: why)
            #expect(new.relabelling == why && new.isLower(than: old) && !old.isLower(than: old))
        }
        // The scale goes from normal where nothing is said, and from restricted where nobody looked.
        for low in [Confidentiality.unrestricted, .low, .moderate] {
            #expect(throws: RelabelError.reasonMissing) {
                try facts([]).relabelled(adding: [label(low)], removing: [], because: line(""))
            }
        }
        #expect(throws: RelabelError.reasonMissing) {
            try facts([], isLabelled: false).relabelled(adding: [], removing: [], because: line(""))
        }
        #expect(throws: RelabelError.reasonMissing) {
            try facts([], isLabelled: false).relabelled(adding: [hiv], removing: [], because: line(""))
        }
    }

    @Test func `what protects as much or more needs none`() throws {
        let old = try facts([label(.restricted)])
        let higher = try old.relabelled(adding: [label(.veryRestricted)], removing: [label(.restricted)], because: line(""))
        #expect(higher.confidentiality == .veryRestricted)
        #expect(try old.relabelled(adding: [hiv], removing: [], because: line("")).confidentiality == .restricted)
        let unseen = try facts([], isLabelled: false)
        let seen = try unseen.relabelled(adding: [hiv, label(.restricted)], removing: [], because: line(""))
        #expect(seen.isLabelled && seen.rules == nil && !seen.isLower(than: unseen))
    }

    @Test func `nothing becomes something by a slip`() throws {
        let old = try facts([hiv, label(.restricted)])
        #expect(throws: RelabelError.notThere(std)) { try old.relabelled(adding: [], removing: [std], because: why) }
        #expect(throws: RelabelError.notThere(hiv)) { try old.relabelled(adding: [], removing: [hiv, hiv], because: why) }
        #expect(throws: RelabelError.addedAndRemoved(hiv)) { try old.relabelled(adding: [hiv], removing: [hiv], because: why) }
        #expect(throws: RelabelError.nothingChanged) { try old.relabelled(adding: [hiv], removing: [], because: why) }
        #expect(throws: RelabelError.nothingChanged) { try old.relabelled(adding: [], removing: [], because: why) }
        let long = Coding(system: String(repeating: "x", count: 252), code: "HIV")
        #expect(throws: RelabelError.tooLarge) { try old.relabelled(adding: [long], removing: [], because: why) }
        let many = (0..<254).map { Coding(system: "a", code: String(1_000 + $0)) }
        #expect(throws: RelabelError.tooLarge) { try old.relabelled(adding: many, removing: [], because: why) }
    }

    @Test func `what a card asks for stays`() throws {
        let minorsOwn = SensitivityCodes.minorsOwn
        for isLabelled in [true, false] {
            let own = try #require(try facts([], isLabelled: isLabelled).ofMinorsOwnConsent)
            #expect(own.labels.map(\.text) == [label(.restricted).description, minorsOwn.description])
            #expect(own.isLabelled == isLabelled && own.ofMinorsOwnConsent == own)
            #expect(try StoredFacts(canonical: own.canonicalBytes) == own)
            for removed in [minorsOwn, label(.restricted)] {
                #expect(throws: RelabelError.askedByCard(removed)) {
                    try own.relabelled(adding: [], removing: [removed], because: why)
                }
            }
            #expect(try own.relabelled(adding: [hiv], removing: [], because: line("")).labels.count == 3)
        }
        #expect(try #require(try facts([label(.veryRestricted)]).ofMinorsOwnConsent).labels.count == 2)
        let full = try facts((0..<254).map { Coding(system: "a", code: String(1_000 + $0)) })
        #expect(full.ofMinorsOwnConsent == nil)
    }

    @Test func `policies name a minor's own records by code alone`() {
        #expect(SensitivityCodes.name(SensitivityCodes.minorsOwn) == "MINOROWN")
        #expect(SensitivityCodes.isSensitive(SensitivityCodes.minorsOwn))
        #expect(RecordRules.builtIn.label("MINOROWN") == SensitivityCodes.minorsOwn)
        #expect(RecordRules.builtIn.labels(with: [SensitivityCodes.minorsOwn]).contains(label(.restricted)))
    }

    @Test func `what a person said outlasts a correction, and what codes said goes with them`() throws {
        let old = try facts([hiv, label(.restricted)]).relabelled(adding: [std], removing: [], because: why)
        let corrected = try facts([]).keepingWord(of: old)
        #expect(corrected.labels == [line(std.description)] && corrected.isByPerson && corrected.relabelling == nil)
        #expect(try facts([]).keepingWord(of: try facts([hiv])) == facts([]))
        let retracted = old.retracted
        #expect(retracted.givenLabels == old.givenLabels && retracted.isByPerson && retracted.relabelling == nil)
        #expect(try StoredFacts(canonical: retracted.canonicalBytes) == retracted)
    }

    @Test func `other rules have another hash`() throws {
        let lists = #"{"systems":{},"lists":{}}"#
        let labels = #"{"codeLists":{},"resourceTypes":{},"knownLabels":{},"unknownLabels":{"confidentiality":"R"}}"#
        let categories = try RulesFixture.categories()
        func hash(_ lists: String, _ labels: String) throws -> Hash {
            try RecordRules(codeLists: Array(lists.utf8), categories: categories, labels: Array(labels.utf8)).labelHash
        }
        let hashes = Set([
            try hash(lists, labels), try hash(lists + " ", labels), try hash(lists, labels + " "), RecordRules.builtInLabelHash,
        ])
        #expect(hashes.count == 4)
        #expect(try hash(lists, labels) == hash(lists, labels))
        #expect(RecordRules.builtIn.labelHash == RecordRules.builtInLabelHash)
    }
}

private enum RulesFixture {
    /// Rules that file by nothing.
    static func categories() throws -> [UInt8] {
        let names = Category.allCases.map { "\"\($0.id)\"" }.joined(separator: ",")
        return Array(
            #"{"mostSensitiveFirst":[\#(names)],"resourceTypes":{},"categoryCodes":{},"codeLists":{},"mediaTypes":{}}"#.utf8)
    }
}
