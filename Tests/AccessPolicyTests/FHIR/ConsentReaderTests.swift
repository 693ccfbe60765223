import MedicalRecords
import Testing

@testable import AccessPolicy

/// What is a Consent, and what of one is understood.
@Suite struct ConsentReaderTests {
    private static let scope =
        #""scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]}"#

    /// An active one about privacy, with these members besides.
    private static func document(_ members: String) -> [UInt8] {
        Array(#"{"resourceType":"Consent","status":"active",\#(scope)\#(members.isEmpty ? "" : ",")\#(members)}"#.utf8)
    }

    private static func places(_ document: [UInt8]) throws -> [String] {
        guard case .failure(let error) = try FHIRConsent(document).tree() else { return [] }
        return error.reviews.map(\.place)
    }

    @Test func `a rule is read with all its criteria`() throws {
        let consent = try FHIRConsent(
            Self.document(
                #"""
                "provision":{"type":"permit","period":{"start":"2026","end":"2026-06-30"},
                "actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},
                "reference":{"identifier":{"system":"urn:ids","value":"7"}}}],"action":[{"coding":[{"system":"a","code":"b"}]}],
                "securityLabel":[{"system":"s","code":"l"}],"purpose":[{"code":"p"}],"class":[{"code":"c"}],
                "code":[{"coding":[{"code":"x"},{"code":"y"}]},{"text":"words"}],"dataPeriod":{"end":"2025"},
                "data":[{"meaning":"authoredby","reference":{"reference":"Practitioner/1"}}],"provision":[{"type":"deny"}]}
                """#))
        let rule = try #require(consent.provision)
        #expect(rule.kind == .permit && rule.rules.map(\.kind) == [.deny])
        #expect(rule.period?.first == 1_767_225_600_000 && rule.period?.next == 1_782_864_000_000)
        #expect(rule.recipients.map(\.reference.names) == [["urn:ids|7"]])
        #expect(rule.codes.map(\.count) == [2, 0] && rule.dataPeriod?.first == nil)
        #expect(rule.data.first?.meaning == .authoredBy)
    }

    @Test(
        arguments: [
            ("2016-06-23T17:02:33+10:00", 1_466_665_353_000, 1_466_665_354_000),
            ("2016-06-23T07:02:33.5Z", 1_466_665_353_500, 1_466_665_353_501),
            ("1964-01-01", -189_388_800_000, -189_302_400_000), ("2024-02", 1_706_745_600_000, 1_709_251_200_000),
            ("2023", 1_672_531_200_000, 1_704_067_200_000),
        ] as [(String, Int64, Int64)])
    func `what is written coarsely means all of it`(text: String, first: Int64, next: Int64) throws {
        let instant = try #require(ConsentInstant(text))
        #expect((instant.first, instant.next) == (first, next))
        #expect(ConsentInstant(ConsentInstant.written(first))?.first == first)
    }

    @Test(arguments: [
        "", "26", "2026-13", "2026-02-30", "2026-01-01T", "2026-01-01T10:00", "2026-01-01T10:00:00", "2026-01-01T24:00:00Z",
        "2026-01-01T10:00:60Z", "2026-01-01T10:00:00+15:00", "2026-01-01T10:00:00.Z", "2026-01T10:00:00Z", "2026-01-01T10:00:00z",
        "2026-01-01 10:00:00Z", "２０２６",
    ])
    func `a time without its zone is none, nor is what is no date`(text: String) {
        #expect(ConsentInstant(text) == nil)
    }

    @Test func `the last year has no end`() throws {
        #expect(ConsentInstant("9999")?.next == nil && ConsentInstant("9999-12-31")?.next == nil)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #"{"resourceType":"Patient"}"#, #"{"resourceType":"Consent"}"#,
        #"{"resourceType":"Consent","status":"Active"}"#, #"{"resourceType":"Consent","status":"active","status":"active"}"#,
        #"{"resourceType":"Consent","status":"active"} "x""#, "\u{FEFF}{\"resourceType\":\"Consent\",\"status\":\"active\"}",
        #"{"resourceType":"Consent","status":"active","patient":{},"decision":"permit"}"#,
    ])
    func `what is no Consent is refused`(text: String) {
        #expect(throws: FHIRConsentError.self) { try FHIRConsent(Array(text.utf8)) }
    }

    @Test(arguments: [
        #""provision":[]"#, #""provision":{}"#, #""provision":"x""#, #""provision":{"type":1}"#, #""provision":{"purpose":[]}"#,
        #""provision":{"purpose":{"code":"TREAT"}}"#, #""provision":{"purpose":[{"system":"x"}]}"#,
        #""provision":{"purpose":[{"code":""}]}"#,
        #""provision":{"code":{"coding":[{"code":"x"}]}}"#, #""provision":{"period":{}}"#,
        #""provision":{"period":{"start":"soon"}}"#,
        #""provision":{"actor":[{"role":{"text":"x"}}]}"#, #""provision":{"data":[{"reference":{"reference":"x"}}]}"#,
        #""provision":{"data":[{"meaning":"near","reference":{"reference":"x"}}]}"#, #""provision":{"provision":{"type":"deny"}}"#,
        #""category":[{"coding":[]}]"#, #""provision":{"type":"permit","type":"deny"}"#,
    ])
    func `a Consent of another shape is refused`(members: String) {
        #expect(throws: FHIRConsentError.self) { try FHIRConsent(Self.document(members)) }
    }

    @Test func `size and depth are bounded`() throws {
        let long = Self.document(#""id":"\#(String(repeating: "x", count: 32_768))""#)
        #expect(throws: FHIRConsentError.tooLarge) { try FHIRConsent(long) }
        let deep = String(repeating: #"{"provision":["#, count: 40) + #"{"type":"deny"}"# + String(repeating: "]}", count: 40)
        #expect(throws: FHIRConsentError.self) { try FHIRConsent(Self.document(#""provision":\#(deep)"#)) }
        let nested = (0..<8).reduce(#"{"type":"deny"}"#) { inner, _ in #"{"type":"deny","provision":[\#(inner)]}"# }
        #expect(try Self.places(Self.document(#""provision":\#(nested)"#)) == ["provision"])
        let many = Array(repeating: #"{"type":"deny"}"#, count: 256).joined(separator: ",")
        #expect(try Self.places(Self.document(#""provision":{"type":"deny","provision":[\#(many)]}"#)) == ["provision"])
    }

    @Test(
        arguments: [
            ("", ["provision"]), (#""provision":{"purpose":[{"code":"x"}]}"#, ["provision"]),
            (#""provision":{"type":"perhaps"}"#, ["provision.type", "provision"]),
            (#""provision":{"type":"permit","provision":[{"purpose":[{"code":"x"}]}]}"#, ["provision.provision[0].type"]),
            (
                #""provision":{"type":"permit","provision":[{"type":"deny"},{"type":"no"}]}"#,
                ["provision.provision[1].type", "provision.provision[1].type"]
            ),
            (#""provision":{"type":"permit","securityLable":[{"code":"R"}]}"#, ["provision.securityLable"]),
            (#""provision":{"type":"permit","modifierExtension":[{"url":"x"}]}"#, ["provision.modifierExtension"]),
            (#""modifierExtension":[{"url":"x"}],"provision":{"type":"permit"}"#, ["modifierExtension"]),
            (#""implicitRules":"http://x","provision":{"type":"permit"}"#, ["implicitRules"]),
            (#""policyRule":\#(optIn),"provision":{"type":"deny"}"#, ["provision"]),
            (#""policyRule":\#(optIn),"provision":{"purpose":[{"code":"x"}]}"#, ["provision"]),
            (#""policyRule":\#(optIn),"provision":{"provision":[{"type":"permit"}]}"#, ["provision.provision[0]"]),
            (#""policyRule":\#(optIn),"provision":{"period":{"end":"2027"},"provision":[{"type":"deny"}]}"#, []),
            (#""policyRule":\#(optIn)"#, []), (#""provision":{"type":"permit","extension":[{"url":"x"}]}"#, []),
        ] as [(String, [String])])
    func `what cannot be computed is left to people, with its place`(members: String, places: [String]) throws {
        #expect(try Self.places(Self.document(members)) == places)
    }

    private static let optIn = #"{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTIN"}]}"#

    @Test(arguments: FHIRConsent.Status.allCases)
    func `only what is active counts`(status: FHIRConsent.Status) {
        #expect(FHIRConsent(status: status, provision: ConsentRule(.permit)).isCandidate == (status == .active))
    }

    @Test func `only what is about privacy counts`() {
        let research = Coding(system: ConsentCodes.privacy.system, code: "research")
        let category = Coding(system: "http://loinc.org", code: "59284-0")
        #expect(!FHIRConsent(scope: [research], category: [category], provision: nil).isCandidate)
        #expect(!FHIRConsent(scope: [], category: [research], provision: nil).isCandidate)
        #expect(FHIRConsent(scope: [], category: [category], provision: nil).isCandidate)
    }

    @Test func `R5 is read as R4`() throws {
        let text = #"""
            {"resourceType":"Consent","status":"active","category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
            "subject":{"reference":"Patient/1"},"date":"2026-01-01","period":{"end":"2027-01-01"},
            "grantee":[{"identifier":{"system":"urn:ids","value":"7"}}],"regulatoryBasis":[{"text":"x"}],"decision":"permit",
            "provision":[{"resourceType":[{"system":"http://hl7.org/fhir/fhir-types","code":"Condition"}],
            "provision":[{"purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"ETREAT"}]}]}]}
            """#
        let consent = try FHIRConsent(Array(text.utf8))
        let root = try consent.tree().get()
        #expect(consent.isCandidate && root.kind == .permit && root.period?.next == 1_798_848_000_000)
        #expect(root.recipients.map(\.reference.names) == [["urn:ids|7"]])
        #expect(root.rules.map(\.kind) == [.deny] && root.rules[0].rules.map(\.kind) == [.permit])
        #expect(root.rules[0].classes.map(ConsentCodes.recordClass) == [.type("Condition")])
        #expect(try FHIRConsent(signed: consent.canonicalJSON).tree().get() == root)
    }

    @Test(arguments: [
        #""provision":[{"expression":{"language":"x"}}],"decision":"permit""#, #""decision":"maybe""#,
        #""provision":[{"code":[{"text":"x"}]}]"#,
        #""decision":"permit","provision":[{"type":"deny"}]"#,
    ])
    func `R5 that says what is not known here is left to people`(members: String) throws {
        let text = #"{"resourceType":"Consent","status":"active",\#(members)}"#
        #expect(try !Self.places(Array(text.utf8)).isEmpty)
    }

    @Test(arguments: [
        #""text":{"status":"generated"},"provision":{"type":"permit"}"#,
        #""patient":{"reference":"Patient/1"},"provision":{"type":"permit"}"#,
        #""identifier":[{"value":"1"}],"provision":{"type":"permit"}"#, #""provision": {"type":"permit"}"#,
        #""provision":{"type":"permit","purpose":[{"code":"x","display":"y"}]}"#, #""provision":{"type":"permit","id":"1"}"#,
        #""provision":{"type":"permit","extension":[{"url":"x"}]}"#, #""provision":{"type":"perm\u0069t"}"#,
        #""provision":{"purpose":[{"code":"x"}],"type":"permit"}"#, #""provision":{"type":"permit"},"dateTime":"2026""#,
    ])
    func `who is meant and what is only for people is not signed`(members: String) throws {
        let document = Self.document(members)
        let consent = try FHIRConsent(document)
        #expect(throws: FHIRConsentError.notAsSigned) { try FHIRConsent(signed: document) }
        #expect(try FHIRConsent(signed: consent.canonicalJSON) == consent)
    }

    @Test func `what is not understood is not left out of what is signed`() throws {
        let doubtful = try FHIRConsent(Self.document(#""provision":{"type":"permit","securityLable":[{"code":"R"}]}"#))
        #expect(throws: NotComputable.self) { try doubtful.documentToSign() }
        let clear = try FHIRConsent(Self.document(#""text":{"status":"generated"},"provision":{"type":"permit"}"#))
        #expect(try FHIRConsent(signed: clear.documentToSign()) == clear)
    }
}
