import MedicalRecords
import Testing

@Suite struct Registries {
    @Test func `category codes are fixed`() {
        let codes = Category.allCases.map { "\($0.code) \($0.id)" }
        #expect(
            codes == [
                "1 general", "2 medication", "3 laboratory", "4 imaging", "5 mental-health", "6 reproductive", "7 substance-use",
                "8 genetic", "9 emergency-summary", "10 sexual-health",
            ])
        for category in Category.allCases {
            #expect(Category(code: category.code) == category)
            #expect(Category(id: category.id) == category)
        }
    }

    @Test func `purpose codes are fixed`() {
        let codes = PurposeOfUse.allCases.map { "\($0.code) \($0.id) \($0.hl7Code)" }
        #expect(
            codes == [
                "1 treatment TREAT", "2 payment HPAYMT", "3 operations HOPERAT", "4 research HRESCH", "5 break-glass BTG",
                "6 public-health PUBHLTH", "7 patient-request PATRQT", "8 emergency-treatment ETREAT", "9 coordination COC",
                "10 marketing HMARKT",
            ])
        for purpose in PurposeOfUse.allCases {
            #expect(PurposeOfUse(code: purpose.code) == purpose)
            #expect(PurposeOfUse(id: purpose.id) == purpose)
            #expect(PurposeOfUse(hl7Code: purpose.hl7Code) == purpose)
        }
    }

    @Test(arguments: ["", "General", "mental health", "mentalHealth", "11", "TREAT", "treatment "])
    func `unknown names are refused`(name: String) {
        #expect(Category(id: name) == nil)
        #expect(PurposeOfUse(id: name) == nil)
        #expect(PurposeOfUse(hl7Code: name.lowercased()) == nil)
    }

    @Test func `unknown codes are refused`() {
        #expect(Category(code: 0) == nil && Category(code: 11) == nil && Category(code: .max) == nil)
        #expect(PurposeOfUse(code: 0) == nil && PurposeOfUse(code: 11) == nil && PurposeOfUse(code: .max) == nil)
    }

    @Test func `confidentiality is a scale`() {
        let codes = Confidentiality.allCases.sorted().map(\.rawValue)
        #expect(codes == ["U", "L", "M", "N", "R", "V"])
        #expect(Confidentiality(label: coding(confidentiality, "HIV")) == nil)
        #expect(Confidentiality(label: coding(actCode, "R")) == nil)
    }
}

@Suite struct BuiltInRules {
    private func facts(_ resource: String, category: MedicalRecords.Category? = nil, meta: String = "{}") throws -> RecordFacts {
        try #require(try source(bundle([resource], meta: meta)).split(category: category).first).facts
    }

    private func coded(_ type: String, _ system: String, _ code: String, category: String = "x") -> String {
        #"{"resourceType":"\#(type)","category":[{"coding":[{"system":"\#(observationCategory)","code":"\#(category)"}]}],"code":{"coding":[{"system":"\#(system)","code":"\#(code)"}]}}"#
    }

    @Test(arguments: [
        ("Patient", "general"), ("Immunization", "general"), ("MedicationStatement", "medication"),
        ("DiagnosticReport", "laboratory"),
        ("ImagingStudy", "imaging"), ("MolecularSequence", "genetic"), ("Composition", "general"), ("Unheard", "general"),
    ])
    func `a type has its category`(type: String, category: String) throws {
        #expect(try facts(#"{"resourceType":"\#(type)"}"#).category.id == category)
    }

    @Test(arguments: [
        ("Observation", observationCategory, "laboratory", "laboratory"),
        ("Observation", observationCategory, "imaging", "imaging"),
        ("Observation", observationCategory, "vital-signs", "general"),
        ("DiagnosticReport", "http://terminology.hl7.org/CodeSystem/v2-0074", "RAD", "imaging"),
        ("DiagnosticReport", "http://terminology.hl7.org/CodeSystem/v2-0074", "GE", "genetic"),
        ("DiagnosticReport", loinc, "34117-2", "general"),
        ("DiagnosticReport", loinc, "LP29684-5", "imaging"), ("ServiceRequest", snomed, "108252007", "laboratory"),
        ("ServiceRequest", "http://elsewhere.example", "108252007", "general"),
    ])
    func `a FHIR category replaces it`(type: String, system: String, code: String, category: String) throws {
        let resource = #"{"resourceType":"\#(type)","category":[{"coding":[{"system":"\#(system)","code":"\#(code)"}]}]}"#
        #expect(try facts(resource).category.id == category)
    }

    @Test(arguments: [
        ("http://hl7.org/fhir/sid/icd-10-cm", "B20", "sexual-health", ["HIV"]),
        ("urn:oid:2.16.840.1.113883.6.90", "B20", "sexual-health", ["HIV"]),
        ("http://hl7.org/fhir/sid/icd-10", "A54.9", "sexual-health", ["STD"]),
        ("http://www.whocc.no/atc", "J05AR10", "sexual-health", ["HIV"]),
        ("http://hl7.org/fhir/sid/icd-10-cm", "F11.20", "substance-use", ["ETH", "SUD"]),
        (loinc, "44261-6", "mental-health", ["MH", "PSY"]),
        (snomed, "72892002", "reproductive", ["SEX"]), (snomed, "412734009", "genetic", ["GDIS"]),
        (loinc, "856AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "sexual-health", ["HIV"]),
        ("urn:anything", "856AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "sexual-health", ["HIV"]),
        ("http://hl7.org/fhir/sid/icd-10-cm", "O98.711", "sexual-health", ["HIV", "SEX"]),
        (snomed, "706893006", "laboratory", ["SDV"]),
        (actCode, "PSY", "mental-health", ["MH", "PSY"]),
    ])
    func `a sensitive code decides, with its labels`(system: String, code: String, category: String, labels: [String]) throws {
        let facts = try facts(coded("Observation", system, code, category: "laboratory"))
        #expect(facts.category.id == category)
        #expect(facts.labels == labels.map { coding(actCode, $0) } + [coding(confidentiality, "R")])
    }

    @Test(arguments: [
        ("http://hl7.org/fhir/sid/icd-10-cm", "B2"), ("http://hl7.org/fhir/sid/icd-10-cm", "F17.210"), (snomed, "B20"),
        (loinc, "856"),
        (loinc, "8560AAAAAAAAAAAAAAAA"), (snomed, "720013005"), ("http://hl7.org/fhir/sid/icd-10-cm", "b20"), (loinc, "4548-4"),
    ])
    func `other codes do not`(system: String, code: String) throws {
        let facts = try facts(coded("Observation", system, code, category: "laboratory"))
        #expect(facts.category == .laboratory)
        #expect(facts.labels == [])
        #expect(facts.isLabelled)
    }

    @Test func `a sensitive code decides wherever it stands`() throws {
        let hiv = #"{"coding":[{"system":"\#(snomed)","code":"86406008"}]}"#
        for resource in [
            #"{"resourceType":"Encounter","reasonCode":[\#(hiv)]}"#,
            #"{"resourceType":"Observation","valueCodeableConcept":\#(hiv)}"#,
            #"{"resourceType":"Claim","contained":[{"resourceType":"Condition","id":"c","code":\#(hiv)}]}"#,
            #"{"resourceType":"Patient","extension":[{"url":"u","valueCodeableConcept":\#(hiv)}]}"#,
            #"{"resourceType":"Parameters","parameter":[{"resource":{"resourceType":"Condition","code":\#(hiv)}}]}"#,
        ] { #expect(try facts(resource).category == .sexualHealth) }
    }

    @Test func `of several categories the most sensitive counts`() throws {
        let codes = ["72892002", "86406008", "66214007"].map { #"{"coding":[{"system":"\#(snomed)","code":"\#($0)"}]}"# }
        let resource = { (count: Int) in
            #"{"resourceType":"MedicationRequest","reasonCode":[\#(codes.prefix(count).joined(separator: ","))]}"#
        }
        #expect(
            try (0...3).map { try facts(resource($0)).category.id } == [
                "medication", "reproductive", "sexual-health", "substance-use",
            ])
    }

    @Test func `what the depositor says counts unless the rules find more`() throws {
        let plain = #"{"resourceType":"Observation"}"#
        #expect(try facts(plain, category: .emergencySummary).category == .emergencySummary)
        #expect(try facts(coded("Condition", snomed, "86406008"), category: .general).category == .sexualHealth)
        #expect(try facts(coded("Condition", snomed, "86406008"), category: .emergencySummary).category == .sexualHealth)
        #expect(
            try #require(RecordSource(fixture("records/referral.pdf")).split(category: .mentalHealth).first).facts.category
                == .mentalHealth)
    }

    @Test func `labels are kept, and raised where they are too low`() throws {
        let labelled = { (labels: [(String, String)]) in
            let security = labels.map { #"{"system":"\#($0)","code":"\#($1)"}"# }.joined(separator: ",")
            return #"{"resourceType":"Observation","meta":{"security":[\#(security)]}}"#
        }
        #expect(try facts(labelled([(actCode, "PRS")])).labels == [coding(actCode, "PRS")])
        #expect(try facts(labelled([(confidentiality, "N")])).labels == [coding(confidentiality, "N")])
        let raised = [coding(actCode, "HIV"), coding(confidentiality, "N"), coding(confidentiality, "R")]
        #expect(try facts(labelled([(actCode, "HIV"), (confidentiality, "N")])).labels == raised)
        let higher = [coding(actCode, "HIV"), coding(confidentiality, "V")]
        #expect(try facts(labelled([(confidentiality, "V"), (actCode, "HIV")])).labels == higher)
        #expect(try facts(labelled([(actCode, "BHN")])).labels == [coding(actCode, "BHN"), coding(confidentiality, "R")])
        let inside = [coding(actCode, "PROCESSINLINELABEL"), coding(confidentiality, "R")]
        #expect(try facts(labelled([(actCode, "PROCESSINLINELABEL")])).labels == inside)
    }

    @Test func `labels of the bundle hold for each resource`() throws {
        let meta = #"{"security":[{"system":"\#(confidentiality)","code":"V"},{"system":"\#(actCode)","code":"NORDSCLCD"}]}"#
        #expect(
            try facts(#"{"resourceType":"Patient"}"#, meta: meta).labels == [
                coding(actCode, "NORDSCLCD"), coding(confidentiality, "V"),
            ])
    }
}
