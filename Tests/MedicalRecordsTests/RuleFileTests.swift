import MedicalRecords
import Testing

/// Small valid files, of which each test breaks one.
private let codeLists = #"{"systems":{"a":["urn:a"]},"lists":{"x":{"a":{"1":"one","2*":"two"},"any":{"3":"three"}}}}"#
private let ranks = MedicalRecords.Category.allCases.reversed().map { "\"\($0.id)\"" }.joined(separator: ",")
private let categories =
    #"{"mostSensitiveFirst":[\#(ranks)],"resourceTypes":{},"categoryCodes":{},"codeLists":{"genetic":["x"]},"mediaTypes":{}}"#
private let labels =
    #"{"codeLists":{"x":{"sensitivity":["GDIS"],"confidentiality":"V"}},"resourceTypes":{"Unheard":["x"]},"knownLabels":{"http://terminology.hl7.org/CodeSystem/v3-ActCode":["GDIS"]},"unknownLabels":{"confidentiality":"R"}}"#

private func rules(codeLists lists: String = codeLists, categories names: String = categories, labels marks: String = labels)
    throws(RuleError) -> RecordRules
{
    try RecordRules(codeLists: bytes(lists), categories: bytes(names), labels: bytes(marks))
}

@Suite struct RuleFiles {
    @Test func `files other than the built-in ones work as they say`() throws {
        let rules = try rules()
        let codes = ["1", "2", "21", "3", "4"].map {
            #"{"resourceType":"Basic","code":{"coding":[{"system":"urn:a","code":"\#($0)"}]}}"#
        }
        let records = try source(bundle(codes)).split(by: rules, granularity: .resource)
        let labels = [coding(actCode, "GDIS"), coding(confidentiality, "V")]
        #expect(records.map(\.facts.category) == [.general, .genetic, .genetic, .genetic, .genetic])
        #expect(records.map(\.facts.labels) == [[], labels, labels, labels, labels])
        let elsewhere = #"{"resourceType":"Basic","code":{"coding":[{"system":"urn:b","code":"3"},{"system":"urn:b","code":"1"}]}}"#
        #expect(try source(elsewhere).split(by: rules).map(\.facts.category) == [.genetic])
    }

    @Test(
        arguments: [
            ("", "", .json(JSONError(.cut, at: 0))), (#"{"systems":{},"lists":{},"more":1}"#, "more", .unknownKey),
            (#"{"systems":{}}"#, "lists", .missingKey),
            ("[]", "", .wrongKind), (#"{"systems":{"a":"urn:a"},"lists":{}}"#, "systems/a", .wrongKind),
            (#"{"systems":{"a":[1]},"lists":{}}"#, "systems/a/0", .wrongKind),
            (#"{"systems":{"a":["u"],"b":["u"]},"lists":{}}"#, "systems/b/0", .repeated),
            (#"{"systems":{"any":["u"]},"lists":{}}"#, "systems/any", .repeated),
            (#"{"systems":{},"lists":{"x":{"b":{"1":"one"}}}}"#, "lists/x/b", .unknownSystem),
            (#"{"systems":{},"lists":{"x":{"any":{"1":null}}}}"#, "lists/x/any/1", .wrongKind),
            (#"{"systems":{},"lists":{"x":{"any":{"*":"all"}}}}"#, "lists/x/any/*", .emptyCode),
            (#"{"systems":{},"lists":{"x":{"any":{"":"none"}}}}"#, "lists/x/any/", .emptyCode),
            (#"{"systems":{},"lists":{"x":{},"x":{}}}"#, "", .json(JSONError(.duplicateKey, at: 31))),
            (#"{"systems":{},"lists":{}} x"#, "", .json(JSONError(.trailingBytes, at: 26))),
        ] as [(String, String, RuleError.Reason)])
    func `broken code lists are refused`(text: String, rule: String, reason: RuleError.Reason) {
        #expect(throws: RuleError(.codeLists, rule, reason)) { try rules(codeLists: text) }
    }

    @Test func `more lists than there are bits are refused`() {
        let lists = (0...64).map { "\"l\($0)\":{}" }.joined(separator: ",")
        #expect(throws: RuleError(.codeLists, "lists/l64", .tooManyCodeLists)) {
            try rules(codeLists: #"{"systems":{},"lists":{\#(lists)}}"#)
        }
    }

    @Test(
        arguments: [
            (#""mediaTypes":{}"#, #""mediaTypes":{},"media":{}"#, "media", .unknownKey),
            (#","mediaTypes":{}"#, "", "mediaTypes", .missingKey),
            (#""imaging","#, "", "mostSensitiveFirst", .incomplete),
            (#""imaging","#, #""imaging","imaging","#, "mostSensitiveFirst/7", .repeated),
            (#""imaging","#, #""pictures","#, "mostSensitiveFirst/6", .unknownCategory),
            (#""resourceTypes":{}"#, #""resourceTypes":{"labs":["Specimen"]}"#, "resourceTypes/labs", .unknownCategory),
            (#""resourceTypes":{}"#, #""resourceTypes":{"imaging":["A"],"general":["A"]}"#, "resourceTypes/general/0", .repeated),
            (#""resourceTypes":{}"#, #""resourceTypes":{"imaging":"A"}"#, "resourceTypes/imaging", .wrongKind),
            (#""categoryCodes":{}"#, #""categoryCodes":{"imaging":{"s":["1","1"]}}"#, "categoryCodes/imaging/s/1", .repeated),
            (#""categoryCodes":{}"#, #""categoryCodes":{"imaging":["s"]}"#, "categoryCodes/imaging", .wrongKind),
            (#"["x"]"#, #"["y"]"#, "codeLists/genetic/0", .unknownCodeList),
            (#""mediaTypes":{}"#, #""mediaTypes":{"dicom":[]}"#, "mediaTypes/dicom", .unknownCategory),
        ] as [(String, String, String, RuleError.Reason)])
    func `broken category rules are refused`(old: String, new: String, rule: String, reason: RuleError.Reason) {
        #expect(throws: RuleError(.categories, rule, reason)) { try rules(categories: categories.replacing(old, with: new)) }
    }

    @Test(
        arguments: [
            (#""confidentiality":"V"}}"#, #""confidentiality":"X"}}"#, "codeLists/x/confidentiality", .unknownConfidentiality),
            (#""confidentiality":"V"}}"#, #""confidentiality":["V"]}}"#, "codeLists/x/confidentiality", .wrongKind),
            (#","confidentiality":"V""#, "", "codeLists/x/confidentiality", .missingKey),
            (#""sensitivity":["GDIS"]"#, #""sensitivity":["GDI"]"#, "codeLists/x/sensitivity/0", .unknownLabel),
            (#""sensitivity":"#, #""because":"so","sensitivity":"#, "codeLists/x/because", .unknownKey),
            (#"{"x":{"#, #"{"y":{"#, "codeLists/y", .unknownCodeList),
            (#"["x"]"#, #"["y"]"#, "resourceTypes/Unheard/0", .unknownCodeList),
            (#"["x"]"#, #""x""#, "resourceTypes/Unheard", .wrongKind),
            (#""resourceTypes":{"Unheard":["x"]},"#, "", "resourceTypes", .missingKey),
            (
                #"["GDIS"]},"unk"#, #"["GDIS","GDIS"]},"unk"#, "knownLabels/http://terminology.hl7.org/CodeSystem/v3-ActCode/1",
                .repeated
            ),
            (#""unknownLabels":{"confidentiality":"R"}"#, #""unknownLabels":{}"#, "unknownLabels/confidentiality", .missingKey),
            (
                #""unknownLabels":{"confidentiality":"R"}"#, #""unknownLabels":{"confidentiality":"r"}"#,
                "unknownLabels/confidentiality", .unknownConfidentiality
            ),
        ] as [(String, String, String, RuleError.Reason)])
    func `broken label rules are refused`(old: String, new: String, rule: String, reason: RuleError.Reason) {
        #expect(throws: RuleError(.labels, rule, reason)) { try rules(labels: labels.replacing(old, with: new)) }
    }
}
