import MedicalRecords
import TestSupport
import Testing

private struct Pinned: Decodable {
    struct Schema: Decodable {
        let name: String
        let version: UInt16
        let canonical: String
        let fields: [String]
    }

    let schemas: [Schema]
    let lists: [String: String]
}

@Suite struct ClaimsSchemas {
    private let pinned: Pinned

    init() throws {
        pinned = try Fixtures.json("vectors/claims/schemas.json")
    }

    @Test func `schemas are what they were: a change is a new version`() throws {
        #expect(ClaimsSchema.all.map(\.name) == pinned.schemas.map(\.name))
        for (schema, pinned) in zip(ClaimsSchema.all, pinned.schemas) {
            let bytes = schema.canonicalBytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(bytes == pinned.canonical && schema.version == pinned.version)
            #expect(schema.fields.map(\.name) == pinned.fields.map { String($0.prefix { $0 != " " }) })
        }
    }

    @Test func `code lists are what they were`() {
        var lists: [String: ClaimCodeList] = [:]
        for list in ClaimsSchema.all.flatMap(\.fields).compactMap(\.codeList) { lists[list.name] = list }
        #expect(lists.mapValues { ([$0.system] + $0.codes.map(\.code)).joined(separator: " ") } == pinned.lists)
        for list in lists.values {
            for (index, code) in list.codes.enumerated() { #expect(list.index(of: code.code) == UInt16(index)) }
        }
    }

    @Test func `two schemas never have the same bytes, nor two fields one word`() {
        #expect(Set(ClaimsSchema.all.map(\.canonicalBytes)).count == ClaimsSchema.all.count)
        for schema in ClaimsSchema.all {
            #expect(schema.fields.count <= ClaimsSchema.maximumFieldCount)
            for (index, field) in schema.fields.enumerated() {
                for word in field.words + [field.name] {
                    #expect(schema.field(named: word)?.index == index, "\(schema.name): \(word)")
                }
            }
        }
    }

    /// What R4 marks as changing the meaning of a resource, of the elements that are read at its top.
    @Test(
        arguments: [
            ("AllergyIntolerance", ["clinicalStatus", "verificationStatus"]),
            ("Condition", ["clinicalStatus", "verificationStatus"]),
            ("Immunization", ["status", "subpotent"]), ("MedicationRequest", ["status", "intent", "doNotPerform"]),
            ("Observation", ["status"]), ("Patient", ["active", "deceased", "deceasedDate", "link"]),
        ])
    func `what changes the meaning is always shown`(name: String, fields: [String]) throws {
        let schema = try #require(ClaimsSchema.named(name))
        #expect(schema.fields.filter(\.isAlwaysShown).map(\.name) == fields)
    }

    @Test func `people find schemas and fields by their words`() throws {
        #expect(ClaimsSchema.named("Vaccination")?.name == "Immunization")
        #expect(ClaimsSchema.named("medication  request")?.name == "MedicationRequest")
        #expect(ClaimsSchema.named("Encounter") == nil && ClaimsSchema.named("") == nil)
        let vaccination = try #require(ClaimsSchema.named("vaccination"))
        #expect(vaccination.field(named: "Date given")?.field.name == "occurrence")
        #expect(vaccination.field(named: "vaccine")?.index == 2 && vaccination.field(named: "vaccineCode")?.index == 3)
        #expect(vaccination.field(named: "vaccin") == nil && vaccination.field(named: "") == nil)
    }
}

@Suite struct ClaimTexts {
    @Test func `a measurement has a name, codes and one unit`() throws {
        let sugar = try #require(ClaimMeasurement.named("hba1c"))
        #expect(sugar.codes == [coding(loinc, "4548-4"), coding(loinc, "17856-6")] && sugar.unit == "%")
        #expect(ClaimMeasurement.named("blood sugar") == nil)
        for measurement in ClaimMeasurement.all {
            for code in measurement.codes {
                let claims = try claims(observation(quantity("1", measurement.unit), code: code.code))
                #expect(claims["unit"] == .openCode(coding("http://unitsofmeasure.org", measurement.unit)), "\(measurement.words)")
            }
        }
    }

    @Test func `people are shown codes in words and numbers with units`() throws {
        #expect(try field("Immunization", "vaccine").words(of: .code(2)) == "MMR")
        #expect(try field("Observation", "systolic").words(of: .number(120)) == "120 mm[Hg]")
        #expect(try field("Immunization", "doseNumber").words(of: .number(2)) == "2")
        #expect(try field("Immunization", "vaccine").words(of: .code(9_999)) == "9999")
        #expect(try field("Patient", "born").words(of: .absent) == "not stated")
    }

    @Test(
        arguments: [
            ("Patient", "born", "2026-11-21", .date(46345)), ("Observation", "exact value", "7.0", .number(70_000)),
            ("Observation", "valueFloor", "-0.5", .number(-50)), ("Immunization", "status", "completed", .code(0)),
            ("Immunization", "status", "Entered in error", .code(1)), ("Immunization", "vaccine", "208", .code(194)),
            ("Immunization", "vaccine", "cvx|208", .code(194)), ("Immunization", "vaccine", "mmr", .code(2)),
            (
                "Immunization", "vaccineCode", "http://hl7.org/fhir/sid/cvx|208",
                .openCode(coding("http://hl7.org/fhir/sid/cvx", "208"))
            ),
            ("Condition", "diagnosis", "snomed|90560007", .openCode(coding(snomed, "90560007"))),
            ("Patient", "surname", "Ruiz", .text("Ruiz")), ("Patient", "born", "not stated", .absent),
            ("MedicationRequest", "forbidden", "yes", .code(1)), ("MedicationRequest", "forbidden", "false", .code(0)),
        ] as [(String, String, String, ClaimValue)])
    func `a text is a value`(schema: String, word: String, text: String, value: ClaimValue) throws {
        let field = try field(schema, word)
        #expect(try field.value(text) == value)
        #expect(try field.value(field.text(of: value)) == value)
    }

    @Test(
        arguments: [
            ("Patient", "born", "2026-11", .notADate), ("Patient", "born", "2026-11-31", .notADate),
            ("Patient", "born", "2026-11-21T00:00:00Z", .notADate), ("Patient", "born", "1899-12-31", .dateOutOfRange),
            ("Observation", "valueFloor", "7.005", .tooManyDecimals), ("Observation", "valueFloor", "7,0", .notANumber),
            ("Observation", "valueFloor", "NaN", .notANumber), ("Observation", "valueFloor", "", .notANumber),
            ("Observation", "valueFloor", "-0", .notANumber), ("Observation", "valueFloor", "1e30", .numberOutOfRange),
            ("Observation", "valueFloor", "1e400", .notANumber), ("Immunization", "doseNumber", "1.0", .tooManyDecimals),
            ("Immunization", "status", "done", .unknownCode), ("Immunization", "vaccine", "snomed|208", .unknownCode),
            ("Immunization", "vaccine", "influenza", .unknownCode), ("Condition", "diagnosis", "gout", .notACoding),
            ("Condition", "diagnosis", "|90560007", .notACoding), ("Condition", "diagnosis", "snomed|", .notACoding),
            ("Condition", "diagnosis", "unheard|1", .notACoding), ("Patient", "surname", "", .textOutOfRange),
        ] as [(String, String, String, ClaimTextError)])
    func `a text that is no value says why`(schema: String, word: String, text: String, error: ClaimTextError) throws {
        let field = try field(schema, word)
        #expect(throws: error) { try field.value(text) }
    }

    @Test func `what is shown is read again as the same`() throws {
        let seed: UInt64 = 0x5eed_0a11
        var generator = SeededGenerator(seed: seed)
        var failures = Failures()
        for schema in ClaimsSchema.all {
            for field in schema.fields {
                for _ in 0..<40 {
                    let value: ClaimValue
                    switch field.kind {
                    case .date: value = .date(UInt16.random(in: 0...UInt16.max, using: &generator))
                    case .number, .floor:
                        value = .number(
                            Int64.random(in: -(1 << 62) + 1..<1 << 62, using: &generator)
                                >> Int64.random(in: 0..<62, using: &generator))
                    case .code: value = .code(UInt16.random(in: 0..<UInt16(field.codeList?.codes.count ?? 1), using: &generator))
                    case .coding: value = .openCode(coding("urn:\(generator.next())", "\(generator.next())"))
                    case .text: value = .text("\(generator.next())")
                    }
                    failures.check(
                        (try? field.value(field.text(of: value))) == value, "seed \(seed): \(schema.name).\(field.name) \(value)")
                }
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(try field("Observation", "valueFloor").text(of: .number(-5)) == "-0.05")
        #expect(try field("Observation", "valueFloor").text(of: .number(700)) == "7")
    }
}

@Suite struct ClaimRanges {
    @Test(
        arguments: [
            (18, "2026-11-21", "2008-11-21"), (18, "2026-02-28", "2008-02-28"), (18, "2026-03-01", "2008-03-01"),
            (18, "2028-02-29", "2010-02-28"), (20, "2028-02-29", "2008-02-29"), (0, "2026-11-21", "2026-11-21"),
            (100, "2000-02-29", "1900-02-28"),
        ])
    func `people born until that day are so old`(years: Int, on: String, latest: String) throws {
        let last = try Int64(#require(day(latest).claimDay))
        #expect(Age.birthDays(ofAgeAtLeast: years, on: try day(on)) == 0...last)
        if years > 0 {
            let today = try Int64(#require(day(on).claimDay))
            #expect(Age.birthDays(ofAgeBelow: years, on: try day(on)) == last + 1...today)
        }
    }

    @Test func `born on a leap day one is of age on the first of March`() throws {
        let born = try Int64(#require(day("2008-02-29").claimDay))
        let isAdult = try ["2026-02-28", "2026-03-01"].map { try Age.birthDays(ofAgeAtLeast: 18, on: day($0))?.contains(born) }
        #expect(isAdult == [false, true])
    }

    /// Counted by birthdays, one year after another.
    @Test func `on every day of three years the age is the number of birthdays`() throws {
        var failures = Failures()
        let (first, last) = (try day("2008-02-20").number, try day("2008-03-10").number)
        for number in first...last {
            guard let born = ClinicalDay(number: number), let birth = born.claimDay else { continue }
            let parts = born.description.split(separator: "-").compactMap { Int($0) }
            for today in stride(from: try day("2025-12-01").number, through: try day("2028-03-02").number, by: 1) {
                guard let on = ClinicalDay(number: today) else { continue }
                let now = on.description.split(separator: "-").compactMap { Int($0) }
                let age = now[0] - parts[0] - ((now[1], now[2]) < (parts[1], parts[2]) ? 1 : 0)
                let isOld = Age.birthDays(ofAgeAtLeast: 18, on: on)?.contains(Int64(birth))
                let isYoung = Age.birthDays(ofAgeBelow: 18, on: on)?.contains(Int64(birth))
                failures.check(isOld == (age >= 18) && isYoung == (age < 18), "\(born) on \(on)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `an age is understood in words`() throws {
        let latest = try Int64(#require(day("2008-11-21").claimDay))
        #expect(Age.birthDays("18 or older on 2026-11-21") == 0...latest)
        #expect(Age.birthDays("younger  than 18 on 2026-11-21") == latest + 1...46345)
        for words in [
            "", "18", "18 or older", "18 or older on 2026-11", "-18 or older on 2026-11-21", "18 or younger on 2026-11-21",
            "18.5 or older on 2026-11-21", "older than 18 on 2026-11-21", "18 or older on 2026-11-31",
            "18 or older on 2026-11-21 or so",
        ] {
            #expect(Age.birthDays(words) == nil, "\(words)")
        }
    }

    @Test func `an age that nobody can have is refused`() throws {
        let today = try day("2026-11-21")
        #expect(Age.birthDays(ofAgeAtLeast: -1, on: today) == nil && Age.birthDays(ofAgeAtLeast: 151, on: today) == nil)
        #expect(Age.birthDays(ofAgeAtLeast: 127, on: today) == nil && Age.birthDays(ofAgeBelow: 127, on: today) == 0...46345)
        #expect(Age.birthDays(ofAgeBelow: 0, on: today) == nil)
        #expect(Age.birthDays(ofAgeAtLeast: 18, on: try day("2079-06-07")) == nil)
    }

    @Test func `a comparison with one side is a range within the field's bounds`() throws {
        let (cut, exact, date) = (
            try field("Observation", "valueFloor"), try field("Observation", "value"), try field("Immunization", "occurrence")
        )
        #expect(cut.range(.below, .number(700)) == 0...699)
        #expect(cut.range(.atLeast, .number(650)) == 650...4_294_967_295)
        // 7.004 is cut to 7.00: whether the value was above 7.00 the claim does not say.
        #expect(cut.range(.atMost, .number(700)) == nil && cut.range(.above, .number(700)) == nil)
        #expect(
            exact.range(.atMost, .number(70_000)) == 0...70_000 && exact.range(.above, .number(70_000)) == 70_001...4_294_967_295)
        #expect(date.range(.atLeast, .date(44_197)) == 44_197...65_535 && date.range(.below, .date(1)) == 0...0)
    }

    @Test func `a comparison that leaves nothing, or of something else, is refused`() throws {
        let (cut, date) = (try field("Observation", "valueFloor"), try field("Immunization", "occurrence"))
        #expect(date.range(.below, .date(0)) == nil && date.range(.above, .date(65_535)) == nil)
        #expect(cut.range(.below, .number(0)) == nil && cut.range(.below, .number(-5)) == nil)
        #expect(cut.range(.below, .number((1 << 62) - 1)) == nil && cut.range(.atLeast, .number(-1)) == nil)
        #expect(cut.range(.below, .date(5)) == nil && date.range(.below, .number(5)) == nil && cut.range(.below, .absent) == nil)
        #expect(try field("Immunization", "status").range(.below, .code(1)) == nil)
    }

    @Test func `whether a value is below a bound is whether its cut is`() throws {
        let field = try field("Observation", "valueFloor")
        for text in ["6.99", "6.999999999999999999", "7", "7.00", "7.000000000000000001", "0", "42949672.95"] {
            guard case .number(let steps)? = try claims(observation(quantity(text, "%")))["valueFloor"] else {
                Issue.record("no number: \(text)")
                continue
            }
            #expect(
                try #require(field.range(.below, .number(700))).contains(steps) == (text.hasPrefix("6.") || text == "0"), "\(text)")
            #expect(
                try #require(field.range(.atLeast, .number(700))).contains(steps) != (text.hasPrefix("6.") || text == "0"),
                "\(text)")
        }
    }
}
