import MedicalRecords
import TestSupport
import Testing

private let inlineLabel = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label"

private func facts(_ resource: String, meta: String = "{}") throws -> RecordFacts {
    try #require(try source(bundle([resource], meta: meta)).split().first).facts
}

private func security(_ labels: (String, String)...) -> String {
    let codings = labels.map { #"{"system":"\#($0)","code":"\#($1)"}"# }.joined(separator: ",")
    return #""meta":{"security":[\#(codings)]}"#
}

private func labels(_ facts: RecordFacts) -> [String] {
    facts.labelling.labels.map { "\($0.coding.code) \($0.origins.rawValue)" }
}

@Suite struct LabelOrigins {
    private let hivCode = #""code":{"coding":[{"system":"\#(snomed)","code":"86406008"}]}"#

    @Test func `each label says where it comes from`() throws {
        #expect(try labels(facts(#"{"resourceType":"Condition",\#(hivCode)}"#)) == ["HIV 2", "R 2"])
        let stated = #"{"resourceType":"Condition",\#(security((actCode, "HIV"), (confidentiality, "R")))}"#
        #expect(try labels(facts(stated)) == ["HIV 1", "R 1"])
        let both = #"{"resourceType":"Condition",\#(security((actCode, "HIV"))),\#(hivCode)}"#
        #expect(try labels(facts(both)) == ["HIV 3", "R 2"])
        let umbrella = #"{"resourceType":"Condition",\#(security((actCode, "ETHUD")))}"#
        #expect(try labels(facts(umbrella)) == ["ETH 2", "ETHUD 1", "SUD 2", "R 2"])
        let meta = #"{"security":[{"system":"\#(confidentiality)","code":"V"}]}"#
        #expect(try labels(facts(#"{"resourceType":"Condition",\#(hivCode)}"#, meta: meta)) == ["HIV 2", "V 1"])
    }

    @Test func `a type can be on a list, and so can the department it comes from`() throws {
        #expect(try labels(facts(#"{"resourceType":"MolecularSequence"}"#)) == ["GDIS 2", "R 2"])
        let department = #"{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"GE"}]}"#
        #expect(try labels(facts(#"{"resourceType":"DiagnosticReport","category":[\#(department)]}"#)) == ["GDIS 2", "R 2"])
        #expect(try labels(facts(#"{"resourceType":"MolecularSequences"}"#)) == [])
    }

    @Test func `resources with the same labels go together, wherever those come from`() throws {
        let stated = #"{"resourceType":"Condition",\#(security((actCode, "HIV"), (confidentiality, "R")))}"#
        let records = try source(bundle([stated, #"{"resourceType":"Condition",\#(hivCode)}"#])).split()
        #expect(records.count == 1 && labels(records[0].facts) == ["HIV 3", "R 3"])
    }

    @Test func `a file that is not looked into has no labels until a person says so`() throws {
        let facts = try #require(RecordSource(fixture("records/referral.pdf")).split().first).facts
        #expect(!facts.isLabelled && facts.labelling == .none)
        let said = facts.said([coding(actCode, "HIV")])
        #expect(labels(said) == ["HIV 4", "R 4"] && said.isLabelled && said.category == .sexualHealth)
        let harmless = facts.said([])
        #expect(harmless.labels.isEmpty && harmless.isLabelled && harmless.category == facts.category)
    }

    @Test func `what a person says takes nothing away`() throws {
        let found = try facts(#"{"resourceType":"Condition",\#(hivCode)}"#)
        #expect(labels(found.said([])) == labels(found))
        #expect(labels(found.said([coding(confidentiality, "N")])) == ["HIV 2", "N 4", "R 2"])
        #expect(labels(found.said([coding(actCode, "ETHUD")])) == ["ETH 4", "ETHUD 4", "HIV 2", "SUD 4", "R 6"])
        #expect(found.said([coding(actCode, "ETHUD")]).category == .substanceUse)
        #expect(found.said([coding(actCode, "GDIS")]).category == .sexualHealth)
    }

    @Test func `a person names labels that are known`() {
        let rules = RecordRules.builtIn
        #expect(rules.label("HIV") == coding(actCode, "HIV"))
        #expect(rules.label("V") == coding(confidentiality, "V"))
        #expect(rules.label("urn:house|VIP") == coding("urn:house", "VIP"))
        #expect(rules.label("urn:house|2|VIP") == coding("urn:house|2", "VIP"))
        for slip in ["", "HVI", "hiv", "HIV ", "|HIV", "urn:house|", "|", "VR", "TREAT", "r"] {
            #expect(rules.label(slip) == nil, "\(slip)")
        }
    }

    @Test func `labels bring those that follow from them`() {
        func codes(_ labels: [Coding]) -> [String] { RecordRules.builtIn.labels(with: labels).map(\.code) }
        #expect(codes([]) == [])
        #expect(codes([coding(actCode, "PSYTHPN")]) == ["MH", "PSY", "PSYTHPN", "R"])
        #expect(codes([coding(actCode, "HIV"), coding(confidentiality, "V")]) == ["HIV", "V"])
        #expect(codes([coding(actCode, "DEMO")]) == ["DEMO"])
        #expect(codes([coding("urn:house", "VIP")]) == ["R", "VIP"])
    }
}

/// Labels of elements, as Data Segmentation for Privacy writes them. The stronger of these and those of the resource holds.
@Suite struct InlineLabels {
    private func inline(_ system: String?, _ code: String, extra: String = "") -> String {
        let system = system.map { #""system":"\#($0)","# } ?? ""
        return #"{"url":"\#(inlineLabel)"\#(extra),"valueCoding":{\#(system)"code":"\#(code)"}}"#
    }

    @Test func `the label of an element is one of the whole`() throws {
        let hiv = inline(actCode, "HIV")
        for resource in [
            #"{"resourceType":"Patient","extension":[\#(hiv)]}"#,
            #"{"resourceType":"Patient","name":[{"family":"Díaz","extension":[\#(hiv)]}]}"#,
            #"{"resourceType":"Patient","_birthDate":{"extension":[\#(hiv)]}}"#,
            #"{"resourceType":"Observation","code":{"coding":[{"code":"1","extension":[\#(hiv)]}]}}"#,
            #"{"resourceType":"Observation","category":[{"modifierExtension":[\#(hiv)]}]}"#,
            #"{"resourceType":"Observation","subject":{"reference":"Patient/1","extension":[\#(hiv)]}}"#,
            #"{"resourceType":"Claim","contained":[{"resourceType":"Condition","extension":[\#(hiv)]}]}"#,
            #"{"resourceType":"Patient","extension":[{"valueCoding":{"system":"\#(actCode)","code":"HIV"},"url":"\#(inlineLabel)"}]}"#,
        ] { #expect(try labels(facts(resource)) == ["HIV 1", "R 2"], "\(resource)") }
    }

    @Test func `the stronger holds`() throws {
        let processed =
            #""meta":{"security":[{"system":"\#(actCode)","code":"PROCESSINLINELABEL"},{"system":"\#(confidentiality)","code":"N"}]}"#
        let raised = #"{"resourceType":"Patient",\#(processed),"name":[{"extension":[\#(inline(confidentiality, "V"))]}]}"#
        #expect(try labels(facts(raised)) == ["PROCESSINLINELABEL 1", "N 1", "V 1"])
        let lower =
            #"{"resourceType":"Patient",\#(security((confidentiality, "V"))),"name":[{"extension":[\#(inline(confidentiality, "L"))]}]}"#
        #expect(try StatedScale.highest(of: facts(lower)) == .veryRestricted)
        // A resource that says there are labels inside, and has none that is known, is not lower for it.
        #expect(try StatedScale.highest(of: facts(#"{"resourceType":"Patient",\#(processed)}"#)) == .restricted)
    }

    @Test func `one that nobody knows counts as sensitive`() throws {
        #expect(try labels(facts(#"{"resourceType":"Patient","extension":[\#(inline("urn:house", "VIP"))]}"#)) == ["R 2", "VIP 1"])
        #expect(try labels(facts(#"{"resourceType":"Patient","extension":[\#(inline(nil, "VIP"))]}"#)) == ["VIP 1", "R 2"])
    }

    @Test func `what only looks like one is none`() throws {
        for resource in [
            #"{"resourceType":"Patient","extension":[{"url":"\#(inlineLabel)"}]}"#,
            #"{"resourceType":"Patient","extension":[{"url":"\#(inlineLabel)","valueString":"V"}]}"#,
            #"{"resourceType":"Patient","extension":[{"url":"\#(inlineLabel)x","valueCoding":{"system":"\#(confidentiality)","code":"V"}}]}"#,
            #"{"resourceType":"Patient","text":{"div":"\#(inlineLabel)"}}"#,
            #"{"resourceType":"Patient","extension":[{"url":"u","valueCoding":{"code":"V"}}]}"#,
        ] { #expect(try labels(facts(resource)) == [], "\(resource)") }
    }

    private enum StatedScale {
        static func highest(of facts: RecordFacts) -> Confidentiality? {
            facts.labels.compactMap(Confidentiality.init(label:)).max()
        }
    }
}

/// Codes of the confidentiality scale's system that named topics, before there were others for that.
@Suite struct RetiredConfidentialityCodes {
    @Test(arguments: [
        ("HIV", ["HIV"]), ("ETH", ["ETH", "SUD"]), ("PSY", ["MH", "PSY"]), ("SDV", ["SDV"]), ("C", ["CEL"]), ("T", ["TBOO"]),
        ("S", ["PRS"]), ("B", ["B"]), ("D", []), ("I", []),
    ])
    func `are read as those that took their place, and kept`(code: String, read: [String]) throws {
        let found = try facts(#"{"resourceType":"Patient",\#(security((confidentiality, code)))}"#)
        let expected = read.map { coding(actCode, $0) } + [code, "R"].map { coding(confidentiality, $0) }
        #expect(found.labels == expected.sorted())
        #expect(found.labelling.labels.first { $0.coding == coding(confidentiality, code) }?.origins == .stated)
    }
}

@Suite struct HighWaterMark {
    @Test func `records put together are marked as high as their highest part`() throws {
        let levels = ["N", "R", "V", "L"].map { #"{"resourceType":"Patient",\#(security((confidentiality, $0)))}"# }
        let records = try source(bundle(levels)).split()
        #expect(records.count == 4)
        for order in [records, records.reversed()] {
            let joined = try RecordSource(RecordJoin(order.map(\.content)).bundleBytes)
            #expect(joined.bundleLabels == [coding(confidentiality, "V")])
        }
        let low = try RecordSource(RecordJoin(records.filter { $0.facts.labels.map(\.code) != ["V"] }.map(\.content)).bundleBytes)
        #expect(low.bundleLabels == [coding(confidentiality, "R")])
    }
}

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment))) struct LabelledCorpora {
    private func labels(_ bytes: [UInt8]) throws -> Set<String> {
        Set(try RecordSource(bytes).split().flatMap(\.facts.labels).map(\.code))
    }

    @Test func `labels that examples state are kept, and none is lost on the way`() throws {
        var failures = Failures()
        for (name, bytes) in try corpus("fhir-security", withSuffixes: [".json"]) {
            let object = try foundationObject(bytes)
            let stated = (object["meta"] as? [String: Any])?["security"] as? [[String: Any]] ?? []
            let expected = stated.compactMap { label in
                (label["code"] as? String).map { Coding(system: label["system"] as? String ?? "", code: $0) }
            }
            let facts = try RecordSource(bytes).split().map(\.facts)
            failures.check(facts.count == 1 && Set(facts[0].labels).isSuperset(of: expected), name)
            failures.check(facts.allSatisfy { $0.isLabelled && $0.labelling.isByRules }, "\(name): looked")
        }
        #expect(failures.isEmpty && failures.caseCount > 80, "\(failures)")
    }

    @Test func `the example of inline labels carries them`() throws {
        let bytes = try Array(Corpora.data("fhir-security/ds4p/extension-inline-sec-label-immunization.json"))
        #expect(try labels(bytes) == ["PROCESSINLINELABEL", "UNCERTREL", "PATRPT", "R"])
    }

    @Test(arguments: [
        ("Observation-ex-alcoholUse", ["ETH", "ETHUD", "SUD", "R"]), ("Observation-ex-bloodPressure", []),
    ]) func `sensitive examples are labelled and others are not`(name: String, expected: [String]) throws {
        let found = try labels(Array(Corpora.data("fhir-security/pcf/\(name).json")))
        #expect(found.subtracting(["HTEST", "N"]) == Set(expected))
    }

    /// Every topic of the labeller, by what synthetic patients have.
    @Test func `each topic is found among synthetic patients`() throws {
        var found: Set<String> = []
        var failures = Failures()
        let files = try Corpora.json("fhir-synthea/index.json", as: [Listed].self)
        for listed in files.enumerated().filter({ $0.offset % 6 == 0 }).map(\.element) {
            let records = try RecordSource(Array(Corpora.gunzip("fhir-synthea/\(listed.file)"))).split()
            found.formUnion(records.flatMap(\.facts.labels).map(\.code))
            let areRestricted = records.allSatisfy { record in
                let codes = Set(record.facts.labels.map(\.code))
                return codes.isDisjoint(with: ["HIV", "SUD", "MH", "SEX", "SDV", "GDIS", "STD"])
                    || !codes.isDisjoint(with: ["R", "V"])
            }
            failures.check(areRestricted, listed.file)
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(found.isSuperset(of: ["HIV", "SUD", "ETH", "MH", "PSY", "SEX", "SDV"]), "\(found.sorted())")
    }

    @Test func `genetic results are found among published examples`() throws {
        var found: Set<String> = []
        for (name, bytes) in try corpus("fhir-r4-examples", withSuffixes: [".json", ".json.gz"])
        where name.contains("genetic") || name.contains("MolecularSequence") {
            if let labels = try? labels(bytes) { found.formUnion(labels) }
        }
        #expect(found.contains("GDIS"), "\(found.sorted())")
    }

    private struct Listed: Decodable {
        let file: String
    }
}
