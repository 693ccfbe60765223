import Testing

@testable import MedicalRecords

/// Small valid files, of which each test breaks one.
private let codes =
    #"{"systems":{"a":"urn:a"},"lists":{"yes-no":{"version":"1","source":"us","system":"urn:a","codes":{"y":"yes","n":"no"}}}}"#
private let units = #"{"units":{"cm":{"m":"100/1"},"kg":{}},"loinc":{"1-1":"cm","2-2":"kg"},"words":{"height":["1-1"]}}"#
private let field = #"{"name":"f","type":"number","scale":1,"unit":"cm","bounds":["0","9"],"path":["a.b"],"words":["w"]}"#
private let schemas = #"{"Basic":{"version":1,"words":["basic"],"fields":[\#(field)]}}"#

private func data(schemas: String = schemas, codes: String = codes, units: String = units) throws(RuleError) -> ClaimData {
    try ClaimData(schemas: bytes(schemas), codes: bytes(codes), units: bytes(units))
}

@Suite struct ClaimFiles {
    @Test func `files other than the built-in ones are read as they say`() throws {
        let data = try data()
        let schema = try #require(data.schemas.first)
        #expect(schema.canonicalBytes == bytes("\u{5}Basic\u{0}\u{1}\u{1}\u{1}f\u{2}\u{2}cm\u{1}\u{0}"))
        #expect(schema.fields[0].paths == [["a", "b"]] && schema.fields[0].bounds == 0...9)
        #expect(data.codes.lists["yes-no"]?.index(of: "n") == 1 && data.units.unit(ofCode: "1-1") == "cm")
    }

    @Test(
        arguments: [
            (#""type":"number""#, #""type":"float""#, "type", .unknownKey), (#""scale":1"#, #""scale":19"#, "scale", .tooLarge),
            (#""scale":1"#, #""scale":-1"#, "scale", .tooLarge), (#""scale":1"#, #""scale":"1""#, "scale", .wrongKind),
            (#""unit":"cm""#, #""unit":"furlong""#, "unit", .unknownUnit), (#""path":["a.b"]"#, #""path":[]"#, "path", .missingKey),
            (#""words":["w"]"#, #""words":[""]"#, "words/0", .tooLarge), (#""words":["w"]"#, #""word":["w"]"#, "word", .unknownKey),
            (#"["0","9"]"#, #"["9","0"]"#, "bounds", .wrongKind),
            (#"["0","9"]"#, #"["0","4611686018427387904"]"#, "bounds/1", .tooLarge),
            (#""name":"f","#, "", "", .missingKey), (#""type":"number""#, #""type":"concept","list":"none""#, "", .unknownCodeList),
            (#""name":"f""#, #""name":"\#(String(repeating: "x", count: 256))""#, "name", .tooLarge),
        ] as [(String, String, String, RuleError.Reason)])
    func `a broken field is refused`(old: String, new: String, place: String, reason: RuleError.Reason) {
        let rule = place.isEmpty ? "Basic/fields/0" : "Basic/fields/0/\(place)"
        #expect(throws: RuleError(.claimSchemas, rule, reason)) { try data(schemas: schemas.replacing(old, with: new)) }
    }

    @Test func `a schema has thirteen fields at most, each of its own name`() throws {
        func many(_ count: Int) -> String {
            let fields = (0..<count).map { field.replacing(#""name":"f""#, with: #""name":"f\#($0)""#) }
            return schemas.replacing(field, with: fields.joined(separator: ","))
        }
        #expect(try data(schemas: many(13)).schemas[0].fields.count == 13)
        #expect(throws: RuleError(.claimSchemas, "Basic/fields", .tooLarge)) { try data(schemas: many(14)) }
        let twice = schemas.replacing(field, with: "\(field),\(field)")
        #expect(throws: RuleError(.claimSchemas, "Basic/fields", .repeated)) { try data(schemas: twice) }
        let version = schemas.replacing(#""version":1"#, with: #""version":65536"#)
        #expect(throws: RuleError(.claimSchemas, "Basic/version", .tooLarge)) { try data(schemas: version) }
    }

    @Test(arguments: ["0/1", "1/0", "-1/2", "1", "1/2/3", "0.5/1", "a/b", "9223372036854775808/1"])
    func `a factor that is no fraction is refused`(factor: String) {
        #expect(throws: RuleError(.claimUnits, "units/cm/m", .wrongKind)) {
            try data(units: units.replacing("100/1", with: factor))
        }
    }

    @Test func `a code in a unit that is none, and a word for two units, are refused`() {
        #expect(throws: RuleError(.claimUnits, "loinc/1-1", .unknownUnit)) {
            try data(units: units.replacing(#""1-1":"cm""#, with: #""1-1":"m""#))
        }
        #expect(throws: RuleError(.claimUnits, "words/height", .unknownUnit)) {
            try data(units: units.replacing(#"["1-1"]"#, with: #"["1-1","2-2"]"#))
        }
        #expect(throws: RuleError(.claimUnits, "words/height/0", .unknownUnit)) {
            try data(units: units.replacing(#"["1-1"]"#, with: #"["3-3"]"#))
        }
        #expect(throws: RuleError.self) { try data(codes: codes.replacing(#""n":"no""#, with: #""y":"no""#)) }
    }
}
