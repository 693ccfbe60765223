import MedicalRecords
import TestSupport
import Testing

@Suite struct ClaimsOfResources {
    @Test func `a patient`() throws {
        let patient = try claims(
            #"""
            {"resourceType":"Patient","id":"ana","active":true,"gender":"female","birthDate":"1970-01-01","deceasedBoolean":false,
             "name":[{"family":"Moreno","given":["Ana","Luz"]},{"family":"Ruiz"}],"address":[{"postalCode":"01001","country":"US"}],
             "maritalStatus":{"coding":[{"system":"urn:own","code":"M"},
              {"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]},
             "contained":[{"resourceType":"Patient","birthDate":"2001-01-01"}]}
            """#)
        #expect(patient.schema.name == "Patient" && patient.schema.version == 1)
        #expect(patient.id == "ana" && patient.reference == "Patient/ana")
        #expect(
            patient.values == [
                .code(1), .code(0), .absent, .absent, .date(25567), .code(1), .text("Moreno"), .text("Ana"), .code(4),
                .text("01001"), .text("US"),
            ])
    }

    @Test func `a laboratory result`() throws {
        let result = try claims(
            observation(
                #"""
                "effectiveDateTime":"2026-11-20T23:30:00-05:00","interpretation":[{"coding":[{"system":
                "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"}]}],"category":[{"coding":[{"system":
                "http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
                """# + quantity("6.45", "%")))
        let ucum = Coding(system: "http://unitsofmeasure.org", code: "%")
        #expect(
            result.values == [
                .code(2), .openCode(coding(loinc, "4548-4")), .date(46344), .number(64_500), .number(645), .openCode(ucum), .absent,
                .absent, .absent, .code(3), .code(3), .absent,
            ])
        #expect(result.id == nil && result.reference == nil)
    }

    @Test func `a vaccination`() throws {
        let vaccination = try claims(
            #"""
            {"resourceType":"Immunization","id":"i","status":"completed","vaccineCode":{"coding":[{"system":"http://snomed.info/sct",
             "code":"1119349007"},{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]},"occurrenceDateTime":"2021-08-05",
             "primarySource":true,"lotNumber":"EW0182","protocolApplied":[{"targetDisease":[{"coding":[{"system":"http://snomed.info/sct",
             "code":"840539006"}]}],"doseNumberPositiveInt":1,"seriesDosesPositiveInt":2}]}
            """#)
        #expect(vaccination["vaccine"] == (try field("vaccination", "vaccine").value("208")))
        #expect(vaccination["vaccineCode"] == .openCode(coding("http://hl7.org/fhir/sid/cvx", "208")))
        #expect(vaccination["occurrence"] == .date(44411))
        #expect(vaccination["status"] == .code(0) && vaccination["subpotent"] == .absent)
        #expect(vaccination["doseNumber"] == .number(1) && vaccination["seriesDoses"] == .number(2))
        #expect(vaccination["targetDisease"] == .openCode(coding(snomed, "840539006")))
        #expect(vaccination["lotNumber"] == .text("EW0182"))
        #expect(vaccination["unheard"] == nil)
    }

    @Test func `a condition, an allergy and a prescription`() throws {
        func status(_ system: String, _ code: String) -> String {
            #"{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/\#(system)","code":"\#(code)"}]}"#
        }
        let condition = try claims(
            #"{"resourceType":"Condition","clinicalStatus":\#(status("condition-clinical", "remission")),"verificationStatus":"#
                + #"\#(status("condition-ver-status", "confirmed")),"code":{"text":"Gout","coding":[{"system":"\#(snomed)","code":"90560007"}]},"#
                + #""onsetDateTime":"2016-05","recordedDate":"2016-05-25"}"#)
        #expect(
            condition.values == [
                .code(4), .code(3), .openCode(coding(snomed, "90560007")), .text("Gout"), .absent, .absent, .absent, .absent,
                .date(42513), .absent,
            ])
        let allergy = try claims(
            #"{"resourceType":"AllergyIntolerance","clinicalStatus":\#(status("allergyintolerance-clinical", "active")),"#
                + #""type":"allergy","category":[null,"medication","food"],"criticality":"high","code":{"text":"Penicillin"}}"#)
        #expect(
            allergy.values == [
                .code(0), .absent, .code(0), .code(1), .code(1), .absent, .text("Penicillin"), .absent, .absent, .absent, .absent,
                .absent,
            ])
        let prescription = try claims(
            #"{"resourceType":"MedicationRequest","status":"active","intent":"order","authoredOn":"2026-01-31","#
                + #""medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"314076"}]},"#
                + #""dispenseRequest":{"numberOfRepeatsAllowed":3,"expectedSupplyDuration":{"value":2,"system":"http://unitsofmeasure.org","#
                + #""code":"wk"},"validityPeriod":{"start":"2026-01-31","end":"2026-07"}}}"#)
        #expect(prescription["status"] == .code(0) && prescription["doNotPerform"] == .absent)
        #expect(prescription["repeats"] == .number(3) && prescription["supply"] == .number(14))
        #expect(prescription["validFrom"] == .date(46051) && prescription["validUntil"] == .absent)
    }

    @Test func `blood pressure is in its components`() throws {
        func pressure(_ components: [(String, String, String)]) throws -> [ClaimValue?] {
            let parts = components.map { code, value, unit in
                #"{"code":{"coding":[{"system":"\#(loinc)","code":"\#(code)"}]},\#(quantity(value, unit))}"#
            }
            let claims = try claims(observation(#""component":[\#(parts.joined(separator: ","))]"#, code: "85354-9"))
            return [claims["systolic"], claims["diastolic"], claims["valueFloor"]]
        }
        #expect(
            try pressure([("8462-4", "81.99", "mm[Hg]"), ("8480-6", "120", "mm[Hg]")]) == [.number(120), .number(81), .absent])
        #expect(try pressure([("8480-6", "16", "kPa")]) == [.absent, .absent, .absent])
        // Which of two is meant, nothing says.
        #expect(try pressure([("8480-6", "120", "mm[Hg]"), ("8480-6", "130", "mm[Hg]")]) == [.absent, .absent, .absent])
    }

    @Test func `a type without a schema has no claims, and neither has what is no resource`() throws {
        #expect(try ResourceClaims(resource: bytes(#"{"resourceType":"Encounter","status":"finished"}"#)) == nil)
        #expect(try ResourceClaims(resource: bytes(#"{"status":"final"}"#)) == nil)
    }

    @Test func `a record has the claims of its resources, and says which are refused`() throws {
        let record = try RecordClaims(
            content: bytes(
                bundle([
                    #"{"resourceType":"Patient","id":"p","birthDate":"2000-02-29"}"#, #"{"resourceType":"Basic"}"#,
                    #"{"resourceType":"Patient","modifierExtension":[{"url":"urn:x"}]}"#, observation(quantity("7", "%")),
                ])))
        #expect(record.claims.map(\.schema.name) == ["Patient", "Observation"])
        #expect(record.claims.map(\.reference) == ["urn:uuid:0", "urn:uuid:3"])
        #expect(record.refusals.map(\.position) == [2] && record.refusals.map(\.type) == ["Patient"])
        #expect(record.refusals.map(\.error) == [.modified])
        #expect(try RecordClaims(content: bytes("%PDF-1.7")).claims.isEmpty)
        #expect(throws: SourceError.empty) { try RecordClaims(content: []) }
    }
}

@Suite struct ClaimedNumbers {
    private func values(_ members: String, code: String = "4548-4") throws -> [ClaimValue?] {
        let claims = try claims(observation(members, code: code))
        return [claims["value"], claims["valueFloor"]]
    }

    @Test(
        arguments: [
            ("7", .number(70_000), .number(700)), ("7.0000", .number(70_000), .number(700)), ("0", .number(0), .number(0)),
            ("7.00000", .absent, .number(700)), ("6.9999999999999999999", .absent, .number(699)),
            ("1.5E2", .number(1_500_000), .number(15_000)),
            ("150e-2", .number(15_000), .number(150)), ("-1.005", .number(-10_050), .number(-101)),
            ("0.00", .number(0), .number(0)),
            ("461168601842738.7903", .number(4_611_686_018_427_387_903), .number(46_116_860_184_273_879)),
            ("461168601842738.7904", .absent, .number(46_116_860_184_273_879)),
            ("-461168601842738.7904", .absent, .number(-46_116_860_184_273_880)),
            ("46116860184273879.04", .absent, .absent), ("1e400", .absent, .absent), ("1e-400", .absent, .absent),
            ("1e99999999999999999999", .absent, .absent), ("-0", .absent, .absent), ("-0.00", .absent, .absent),
            ("0e5", .number(0), .number(0)),
            ("123456789012345678901234567890123456789", .absent, .absent),
            ("0.123456789012345678901234567890123456789", .absent, .absent),
        ] as [(String, ClaimValue, ClaimValue)])
    func `a number is exact or cut, and never rounded`(text: String, exact: ClaimValue, cut: ClaimValue) throws {
        #expect(try values(quantity(text, "%")) == [exact, cut])
    }

    @Test(arguments: ["01", "+1", ".5", "1.", "NaN", "Infinity", "0x10", "1_000"]) func `what is no JSON number is refused`(
        text: String
    ) {
        #expect(throws: ClaimsError.self) { try values(quantity(text, "%")) }
    }

    @Test(arguments: [#""7.0""#, #""NaN""#, "true", "[7.0]", "{}"]) func `a value of another kind is refused`(text: String) {
        #expect(throws: ClaimsError.wrongKind(field: "value")) { try values(quantity(text, "%")) }
    }

    @Test(
        arguments: [
            ("29463-7", "180", "[lb_av]", .absent, .number(8_164)), ("29463-7", "72500", "g", .number(725_000), .number(7_250)),
            ("8302-2", "70", "[in_i]", .number(1_778_000), .number(17_780)),
            ("8302-2", "1.78", "m", .number(1_780_000), .number(17_800)),
            ("718-7", "176", "g/L", .number(176_000), .number(1_760)),
            ("777-3", "444", "10*9/L", .number(4_440_000), .number(44_400)),
            ("2339-0", "5.5", "mmol/L", .absent, .absent), ("8310-5", "98.6", "[degF]", .absent, .absent),
            ("4548-4", "48", "mmol/mol", .absent, .absent), ("33914-3", "90", "mL/min", .absent, .absent),
        ] as [(String, String, String, ClaimValue, ClaimValue)])
    func `units are converted by exact factors or not at all`(
        code: String, value: String, unit: String, exact: ClaimValue, cut: ClaimValue
    ) throws {
        #expect(try values(quantity(value, unit), code: code) == [exact, cut])
    }

    @Test func `the unit is the one that is claimed`() throws {
        func unit(_ members: String, _ code: String) throws -> ClaimValue? { try claims(observation(members, code: code))["unit"] }
        func ucum(_ code: String) -> ClaimValue { .openCode(coding("http://unitsofmeasure.org", code)) }
        #expect(try unit(quantity("180", "[lb_av]"), "29463-7") == ucum("kg"))
        #expect(try unit(quantity("5.5", "mmol/L"), "2339-0") == .absent)
        // Of what the table does not know, as it is stated.
        #expect(try unit(quantity("5.5", "mmol/L"), "14749-6") == ucum("mmol/L"))
        #expect(try values(quantity("5.5", "mmol/L"), code: "14749-6") == [.number(55_000), .number(550)])
    }

    @Test(arguments: [
        quantity("7", "%", more: #","comparator":"<""#), #""valueQuantity":{"value":7,"unit":"%"}"#,
        #""valueQuantity":{"value":7,"system":"urn:own","code":"%"}"#,
        #""valueQuantity":{"system":"http://unitsofmeasure.org","code":"%"}"#,
        #""valueString":"7""#, #""valueQuantity":null"#,
    ]) func `a bound, a unit that is not of UCUM and no number are absent`(members: String) throws {
        #expect(try values(members) == [.absent, .absent])
    }

    @Test func `two numbers are none`() throws {
        let applied = #"{"doseNumberPositiveInt":1}"#
        func dose(_ list: String) throws -> ClaimValue? {
            try claims(#"{"resourceType":"Immunization","protocolApplied":[\#(list)]}"#)["doseNumber"]
        }
        #expect(try dose(applied) == .number(1))
        #expect(try dose("\(applied),\(applied)") == .absent)
        #expect(throws: ClaimsError.wrongKind(field: "doseNumber")) { try dose(#"{"doseNumberPositiveInt":"1"}"#) }
        #expect(try dose(#"{"doseNumberPositiveInt":1.5}"#) == .absent)
    }
}

@Suite struct ClaimedDates {
    private func born(_ text: String) throws -> ClaimValue? {
        try claims(#"{"resourceType":"Patient","birthDate":\#(text)}"#)["birthDate"]
    }

    @Test(
        arguments: [
            ("1900-01-01", 0), ("1900-03-01", 59), ("2000-02-29", 36583), ("2026-11-21", 46345), ("2079-06-06", 65535),
            ("2015-02-07T13:28:17-05:00", 42040), ("2015-02-07T23:59:60.123Z", 42040), ("2015-02-07T00:00:00+14:00", 42040),
        ] as [(String, UInt16)])
    func `a date is its number of days since 1900`(text: String, days: UInt16) throws {
        #expect(try born("\"\(text)\"") == .date(days))
        #expect(ClinicalDay(claimDay: days).description == text.prefix(10))
    }

    @Test(arguments: [
        "1970", "1970-01", "1899-12-31", "2079-06-07", "1970-02-29", "1970-13-01", "1970-00-10", "0000-01-01", "70-01-01",
        "1970-1-1",
        "1970-01-01T", "1970-01-01T10:00", "1970-01-01T10:00:00", "1970-01-01T24:00:00Z", "1970-01-01T10:60:00Z",
        "1970-01-01T10:00:00.Z",
        "1970-01-01T10:00:00+14:30", "1970-01-01T10:00:00+5:00", "1970-01-01 10:00:00Z", "1970-01-01T10:00:00Zz", " 1970-01-01", "",
        "１９７０-01-01", "yesterday",
    ]) func `a month, a day outside and what is no date are absent`(text: String) throws {
        #expect(try born("\"\(text)\"") == .absent)
    }

    @Test(arguments: ["19700101", "true", "{}", "[[]]"]) func `a date of another kind is refused`(text: String) {
        #expect(throws: ClaimsError.wrongKind(field: "birthDate")) { try born(text) }
    }

    @Test func `of two dates none is taken`() throws {
        #expect(
            try claims(observation(#""effectiveDateTime":"2026-01-01","effectiveInstant":"2026-01-01T00:00:00Z""#))["effective"]
                == .absent)
        #expect(try claims(observation(#""effectiveInstant":"2026-01-01T00:00:00Z""#))["effective"] == .date(46021))
        #expect(try claims(observation(#""effectivePeriod":{"start":"2026-01-01"}"#))["effective"] == .absent)
    }
}

@Suite struct ClaimedCodes {
    private func vaccine(_ codings: String) throws -> [ClaimValue?] {
        let claims = try claims(#"{"resourceType":"Immunization","vaccineCode":\#(codings)}"#)
        return [claims["vaccine"], claims["vaccineCode"]]
    }

    @Test func `the first coding of the right system counts, else the first with a system`() throws {
        let cvx = "http://hl7.org/fhir/sid/cvx"
        let (a, b) = (#"{"system":"\#(cvx)","code":"03"}"#, #"{"system":"\#(cvx)","code":"08"}"#)
        let (own, bare) = (#"{"system":"urn:own","code":"x"}"#, #"{"code":"03"}"#)
        #expect(try vaccine(#"{"coding":[\#(own),\#(a),\#(b)]}"#) == [.code(2), .openCode(coding(cvx, "03"))])
        #expect(try vaccine(#"{"coding":[\#(b),\#(a)]}"#) == [.code(7), .openCode(coding(cvx, "08"))])
        #expect(try vaccine(#"{"coding":[\#(bare),\#(own)]}"#) == [.absent, .openCode(coding("urn:own", "x"))])
        #expect(try vaccine(#"{"coding":[{"system":"\#(cvx)","code":"9999"}]}"#) == [.absent, .openCode(coding(cvx, "9999"))])
        #expect(try vaccine(#"{"text":"MMR"}"#) == [.absent, .absent])
    }

    @Test(arguments: [
        #"{"coding":[{"system":"","code":"x"}]}"#, #"{"coding":[{"system":"cvx","code":"x"}]}"#,
        #"{"coding":[{"system":"urn:own","code":"a|b"}]}"#, #"{"coding":[{"system":"urn:own","code":""}]}"#,
        #"{"coding":[{"system":"urn:own","code":"\#(String(repeating: "x", count: 256))"}]}"#,
    ]) func `a code that could be taken for another is absent`(concept: String) throws {
        #expect(try vaccine(concept) == [.absent, .absent])
    }

    @Test(arguments: [#""208""#, #"{"coding":["208"]}"#, #"{"coding":[{"system":1,"code":"208"}]}"#, "208", "true"])
    func `a concept of another kind is refused`(concept: String) {
        #expect(throws: ClaimsError.wrongKind(field: "vaccine")) { try vaccine(concept) }
    }

    @Test func `a status that is not on its list is absent, and of another kind refused`() throws {
        #expect(try claims(#"{"resourceType":"Immunization","status":"entered-in-error"}"#)["status"] == .code(1))
        #expect(try claims(#"{"resourceType":"Immunization","status":"Completed"}"#)["status"] == .absent)
        #expect(try claims(#"{"resourceType":"Immunization","isSubpotent":true}"#)["subpotent"] == .code(1))
        for resource in [
            #"{"resourceType":"Immunization","status":true}"#, #"{"resourceType":"Immunization","isSubpotent":"true"}"#,
            #"{"resourceType":"Condition","clinicalStatus":"active"}"#,
        ] {
            #expect(throws: ClaimsError.self) { try ResourceClaims(resource: bytes(resource)) }
        }
    }

    @Test func `texts are bounded and kept byte for byte`() throws {
        func lot(_ text: String) throws -> ClaimValue? {
            try claims(#"{"resourceType":"Immunization","lotNumber":"\#(text)"}"#)["lotNumber"]
        }
        #expect(try lot(String(repeating: "é", count: 127)) == .text(String(repeating: "é", count: 127)))
        #expect(try lot(String(repeating: "é", count: 128)) == .absent)
        #expect(try lot("") == .absent)
        #expect(try lot("e\u{301}") != lot("\u{e9}"))
        #expect(try lot(#"\u00e9"#) == lot("\u{e9}"))
    }
}

@Suite struct ClaimRefusals {
    @Test(arguments: [
        #"{"resourceType":"Patient","modifierExtension":[]}"#, #"{"resourceType":"Patient","implicitRules":"urn:x"}"#,
        #"{"resourceType":"Patient","link":[{"type":"seealso","modifierExtension":[{"url":"urn:x"}]}]}"#,
        #"{"resourceType":"Observation","component":[{"modifierExtension":[{"url":"urn:x"}]}]}"#,
    ]) func `what may change the meaning of the rest refuses all of it`(resource: String) {
        #expect(throws: ClaimsError.modified) { try ResourceClaims(resource: bytes(resource)) }
    }

    @Test func `two members of one name refuse all of it`() {
        let error = #expect(throws: ClaimsError.self) {
            try ResourceClaims(resource: bytes(#"{"resourceType":"Patient","birthDate":"1970-01-01","birthDate":"2010-01-01"}"#))
        }
        guard case .json(let error) = error, error.reason == .duplicateKey else {
            Issue.record("the error says something else")
            return
        }
    }

    @Test(arguments: [
        "", "{", "[]", "7", #"{"resourceType":7}"#, #"{"resourceType":"Patient"} {}"#, "\u{FEFF}{}",
        #"{"resourceType":"Patient","birthDate":"1970-01-01",}"#,
        #"{"resourceType":"Patient","name":"# + String(repeating: "[", count: 80) + String(repeating: "]", count: 80) + "}",
    ]) func `what is not one JSON resource is refused`(text: String) {
        #expect(throws: ClaimsError.self) { try ResourceClaims(resource: bytes(text)) }
    }
}
