import MedicalRecords
import Testing

private func resource(_ text: String) throws -> Resource {
    try #require(try source(text).resources.first)
}

@Suite struct Resources {
    @Test func `the range is the resource, from brace to brace`() throws {
        let text = #" { "resourceType" : "Patient" , "id" : "a b" } "#
        let source = try source(text)
        #expect(
            String(decoding: source.bytes(of: try #require(source.resources.first)), as: UTF8.self) == text.dropFirst().dropLast())
    }

    @Test func `codes are told by the element they stand in`() throws {
        let observation = try resource(
            #"""
            {"resourceType":"Observation","category":[{"coding":[{"system":"c","code":"lab"}]}],
             "code":{"coding":[{"code":"1","system":"s"},{"system":"s","code":"\u0032","extension":[{"valueCoding":{"system":"e","code":"x"}}]}]},
             "valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"mg"},"reasonCode":[{"coding":[{"system":"s","code":"3"}]}],
             "contained":[{"resourceType":"Condition","code":{"coding":[{"system":"s","code":"4"}]}}],
             "extension":[{"valueCodeableConcept":{"coding":[{"system":"s","code":"5"}]}}],"meta":{"tag":[{"system":"s","code":"no"}]}}
            """#)
        #expect(observation.codes == [coding("s", "1"), coding("s", "2")])
        #expect(observation.categories == [coding("c", "lab")])
        #expect(observation.otherCodings == [coding("e", "x"), coding("s", "3"), coding("s", "4"), coding("s", "5")])
    }

    @Test func `escapes in names hide nothing`() throws {
        let observation = try resource(
            #"{"resourc\u0065Type":"Observation","c\u006fde":{"coding":[{"s\u0079stem":"s","cod\u0065":"1"}]},"m\u0065ta":{"securit\u0079":[{"code":"R"}]}}"#
        )
        #expect(observation.codes == [coding("s", "1")])
        #expect(observation.statedLabels == [coding("", "R")])
    }

    /// What is kept of texts, to make none twice, is found by their lengths and a few of their bytes: the same in all of these.
    @Test func `texts that look alike stay apart`() throws {
        let codes = ["a----b----c", "a1---b----c", "a----b---1c", "a----b----c", #"a\u002fb--c"#, #"a\u002eb--c"#, "a----bc"]
        let codings = codes.map { #"{"system":"\#($0)","code":"\#($0)"}"# }.joined(separator: ",")
        let observation = try resource(#"{"resourceType":"Observation","code":{"coding":[\#(codings)]}}"#)
        let texts = ["a----b----c", "a1---b----c", "a----b---1c", "a----b----c", "a/b--c", "a.b--c", "a----bc"]
        #expect(observation.codes == texts.map { coding($0, $0) })
    }

    @Test func `bare category codes count`() throws {
        let allergy = try resource(#"{"resourceType":"AllergyIntolerance","category":["food","medication"]}"#)
        #expect(allergy.categories == [coding("", "food"), coding("", "medication")])
    }

    @Test func `labels are found wherever FHIR has them`() throws {
        let security = #"{"meta":{"security":[{"system":"s","code":"1"},{"code":"2"}],"tag":[{"system":"s","code":"no"}]}"#
        #expect(try resource(security + #","resourceType":"Patient"}"#).statedLabels == [coding("s", "1"), coding("", "2")])
        let document = try resource(
            #"{"resourceType":"DocumentReference","securityLabel":[{"coding":[{"system":"s","code":"3"}]}]}"#)
        #expect(document.statedLabels == [coding("s", "3")])
        #expect(
            try resource(#"{"resourceType":"Composition","confidentiality":"R"}"#).statedLabels == [coding(confidentiality, "R")])
        let parameters = #"{"resourceType":"Parameters","parameter":[{"resource":\#(security),"resourceType":"Patient"}}]}"#
        #expect(try resource(parameters).statedLabels == [coding("s", "1"), coding("", "2")])
    }

    @Test(arguments: [
        (
            #"{"resourceType":"Observation","effectiveDateTime":"2024-03-13T07:10:00-05:00","issued":"2024-03-14T01:00:00Z"}"#,
            "2024-03-13", "2024-03-14"
        ),
        (#"{"resourceType":"Condition","onsetDateTime":"2019","recordedDate":"2024-03"}"#, "2019", "2024-03"),
        (#"{"resourceType":"Encounter","period":{"start":"2023-12-31","end":"2024-01-02"}}"#, "2023-12-31", "2024-01-02"),
        (
            #"{"resourceType":"Specimen","collection":{"collectedDateTime":"2024-02-29","quantity":{"value":1}}}"#, "2024-02-29",
            "2024-02-29"
        ),
        (
            #"{"resourceType":"Specimen","collection":{"collectedPeriod":{"start":"2024-02-28"}},"receivedTime":"nonsense"}"#,
            "2024-02-28", "2024-02-28"
        ),
        (
            #"{"resourceType":"MedicationRequest","authoredOn":"1999-01-01","dispenseRequest":{"validityPeriod":{"end":"2030"}}}"#,
            "1999-01-01", "1999-01-01"
        ),
    ])
    func `clinical dates span the resource`(text: String, first: String, last: String) throws {
        let days = try #require(try resource(text).days)
        #expect(days.earliest == DaySpan(first)?.earliest)
        #expect(days.latest == DaySpan(last)?.latest)
    }

    @Test(arguments: [
        #"{"resourceType":"Patient","birthDate":"1968-04-23"}"#, #"{"resourceType":"Observation","effectiveDateTime":"soon"}"#,
    ])
    func `a birth date and an odd date are no clinical dates`(text: String) throws {
        #expect(try resource(text).days == nil)
    }
}

@Suite struct Days {
    @Test(arguments: [
        ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11016), ("2000-03-01", 11017), ("1900-03-01", -25508),
        ("2024-12-31", 20088),
        ("0001-01-01", -719162), ("9999-12-31", 2_932_896),
    ])
    func `days are counted from 1970`(text: String, number: Int32) {
        #expect(DaySpan(text)?.earliest == ClinicalDay(number: number))
        #expect(DaySpan(text)?.latest == ClinicalDay(number: number))
        #expect(ClinicalDay(number: number)?.description == text)
    }

    @Test(arguments: [-719_163, 2_932_897, Int32.min, Int32.max]) func `days outside FHIR's years are none`(number: Int32) {
        #expect(ClinicalDay(number: number) == nil)
    }

    @Test func `each day is the day after the one before, for the four centuries after which the calendar repeats`() throws {
        var expected: Int32? = ClinicalDay(year: 1600, month: 1, day: 1)?.number
        for year in 1600..<2000 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let found = ClinicalDay(year: year, month: month, day: day) else { continue }
                    try #require(found.number == expected && DaySpan("\(found)")?.latest == found, "\(year)-\(month)-\(day)")
                    expected = found.number + 1
                }
            }
        }
        #expect(expected == ClinicalDay(year: 2000, month: 1, day: 1)?.number)
    }

    @Test(arguments: [
        ("2023", "2023-01-01", "2023-12-31"), ("2024-02", "2024-02-01", "2024-02-29"), ("2023-02", "2023-02-01", "2023-02-28"),
    ])
    func `a date in part is all its days`(text: String, first: String, last: String) {
        #expect(DaySpan(text)?.earliest == DaySpan(first)?.earliest)
        #expect(DaySpan(text)?.latest == DaySpan(last)?.latest)
    }

    @Test(arguments: [
        "", "24", "20240", "2024-", "2024-1", "2024-13", "2024-00", "2024-02-30", "2023-02-29", "2024-01-00", "2024-01-1",
        "2024-01-011",
        "0000-01-01", "-2024", "+024-01-01", "2024-+1-01", "2024/01/01", "2024-01T", "2024T10:00:00Z", "2024-01-01 10:00",
        "2024-01-01-01",
        "٢٠٢٤", "2024-0１",
    ])
    func `what is no date is none`(text: String) {
        #expect(DaySpan(text) == nil)
    }
}
