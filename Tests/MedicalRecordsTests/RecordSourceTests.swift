import MedicalRecords
import Testing

private let patient = #"{"resourceType":"Patient","id":"p"}"#
private let note = #"{"resourceType":"Observation","id":"o"}"#

/// The JSON error for which a file is refused; `nil` if it is accepted or refused for another reason.
private func jsonError(_ bytes: [UInt8]) -> JSONError? {
    do throws(SourceError) {
        _ = try RecordSource(bytes)
        return nil
    } catch {
        guard case .json(let error) = error else { return nil }
        return error
    }
}

@Suite struct Sniffing {
    @Test(arguments: ["collection", "transaction", "document", "batch", "searchset"])
    func `a bundle that holds resources as they are is read`(type: String) throws {
        let source = try source(bundle([patient, note], type: type))
        #expect(source.form == .bundle(try #require(BundleType(rawValue: type))))
        #expect(source.resources.map(\.type) == ["Patient", "Observation"])
    }

    @Test(arguments: ["history", "message", "transaction-response", "batch-response"])
    func `a bundle of versions, orders or answers is refused`(type: String) throws {
        #expect(throws: SourceError.bundleType(BundleType(rawValue: type))) { try source(bundle([patient], type: type)) }
    }

    @Test(arguments: ["", "Collection", "subscription-notification"]) func `a bundle of no R4 type is refused`(type: String) {
        #expect(throws: SourceError.bundleType(nil)) { try source(bundle([patient], type: type)) }
    }

    @Test(arguments: [
        "\(patient)", "  \(patient)\n", "\r\n\(patient)\r\n", #"{"id":"p","name":[{"family":"x"}],"resourceType":"Patient"}"#,
    ])
    func `one resource is a source`(text: String) throws {
        let source = try source(text)
        #expect(source.form == .resource)
        #expect(source.resources.map(\.id) == ["p"])
    }

    @Test(arguments: [
        "\(patient)\n\(note)", "\(patient)\n\(note)\n", "\(patient)\r\n\(note)\r\n", "\n\n\(patient)\n \t\n\(note)\n\n",
        "  \(patient)  \n\t\(note)\r",
    ])
    func `resources on lines are bulk data`(text: String) throws {
        let source = try source(text)
        #expect(source.form == .bulk)
        #expect(source.resources.map { String(decoding: source.bytes(of: $0), as: UTF8.self) } == [patient, note])
    }

    @Test func `a bundle with an entry a line is a bundle`() throws {
        let text =
            "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[\n{\"resource\":\(patient)},\n{\"resource\":\(note)}\n]}"
        #expect(try source(text).form == .bundle(.collection))
    }

    @Test func `the type may stand last`() throws {
        let text = #"{"entry":[{"resource":{"id":"p","resourceType":"Patient"}}],"type":"batch","resourceType":"Bundle"}"#
        #expect(try source(text).form == .bundle(.batch))
    }

    @Test func `what is not looked into is named by its content`() throws {
        let dicom = [UInt8](repeating: 0, count: 128) + bytes("DICM\u{2}")
        #expect(try RecordSource(bytes("%PDF-1.4\n")).form == .opaque(.pdf))
        #expect(try RecordSource(fixture("records/referral.pdf")).form == .opaque(.pdf))
        #expect(try RecordSource(dicom).form == .opaque(.dicom))
        #expect(try RecordSource(Array(dicom.dropLast(2))).form == .opaque(.octets))
        #expect(try RecordSource([0xFF, 0xD8, 0xFF, 0xE0]).form == .opaque(.octets))
        #expect(try RecordSource(bytes("Dear colleagues,\nthank you.\r\n")).form == .opaque(.text))
        #expect(try RecordSource(bytes("{\\rtf1\\ansi Hello}")).form == .opaque(.text))
        #expect(try RecordSource(bytes("[draft] not sent")).form == .opaque(.text))
        #expect(try RecordSource(bytes("bell \u{7}")).form == .opaque(.octets))
        #expect(try RecordSource([0x47, 0x72, 0xFC, 0xDF, 0x65]).form == .opaque(.octets))
    }
}

@Suite struct Refusals {
    @Test(arguments: ["", " ", "\n\r\n\t"]) func `an empty file is refused`(text: String) {
        #expect(throws: SourceError.empty) { try source(text) }
    }

    @Test(arguments: [
        "{}", #"{"a":1}"#, "[]", "[\(patient)]", #"{"resourceType":""}"#, #"{"resourceType":"patient"}"#,
        #"{"resourceType":"Pa tient"}"#,
        #"{"resourceType":"Патиент"}"#, "{}\n{}\n", "{\"kind\":\"log\"}\n{\"kind\":\"log\"}",
    ])
    func `JSON that is no resource is refused`(text: String) {
        let error = #expect(throws: SourceError.self) { try source(text) }
        #expect(error == .notFHIR)
    }

    @Test func `a bundle without entries, or an entry without resource, is refused`() {
        #expect(throws: SourceError.noEntries) { try source(#"{"resourceType":"Bundle","type":"collection"}"#) }
        #expect(throws: SourceError.noEntries) { try source(#"{"resourceType":"Bundle","type":"collection","entry":[]}"#) }
        let entries = #"{"resource":\#(patient)},{"fullUrl":"urn:uuid:1","request":{"method":"DELETE","url":"Patient/1"}}"#
        let text = #"{"resourceType":"Bundle","type":"transaction","entry":[\#(entries)]}"#
        #expect(throws: SourceError.entryWithoutResource(1)) { try source(text) }
        #expect(throws: SourceError.entryWithoutResource(0)) { try source(bundle([#"{"id":"nameless"}"#])) }
    }

    @Test func `a bundle within a bundle, or on a line among others, is refused`() {
        #expect(throws: SourceError.bundleWithin) { try source(bundle([patient, bundle([note])])) }
        #expect(throws: SourceError.line(1, .bundleWithin)) { try source("\(bundle([patient]))\n\(bundle([note]))\n") }
    }

    @Test(arguments: [
        #"{"resourceType":"Bundle","type":"collection","entry":{}}"#, #"{"resourceType":"Bundle","type":1,"entry":[]}"#,
        #"{"resourceType":7}"#, #"{"resourceType":"Patient","id":7}"#,
        #"{"resourceType":"Bundle","type":"collection","entry":[1]}"#,
        #"{"resourceType":"Bundle","type":"collection","entry":[{"resource":"x"}]}"#,
        #"{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":null,"resource":{"resourceType":"Patient"}}]}"#,
    ])
    func `the wrong kind of value is refused`(text: String) {
        #expect(jsonError(bytes(text))?.reason == .wrongKind)
    }

    @Test func `every cut of a bundle is refused`() {
        let whole = bytes(bundle([patient, note]))
        for count in 1..<whole.count {
            #expect(jsonError(Array(whole.prefix(count))) == JSONError(.cut, at: count))
        }
    }

    @Test func `deep inside a resource the grammar holds too`() {
        let deep = String(repeating: #"{"extension":["#, count: 40)
        for (text, reason) in [
            (#"{"resourceType":"Patient","name":[{"family":"a","family":"b"}]}"#, JSONError.Reason.duplicateKey),
            (#"{"resourceType":"Patient","contact":[{"x":01}]}"#, .number),
            (#"{"resourceType":"Patient","text":{"div":"\ud800"}}"#, .escape),
            (#"{"resourceType":"Patient","x":\#(deep)"#, .tooDeep),
            (#"{"resourceType":"Patient"}{"resourceType":"Patient"}"#, .trailingBytes),
        ] {
            #expect(jsonError(bytes(text))?.reason == reason)
        }
    }

    @Test func `JSON in another encoding is refused or not taken for FHIR`() throws {
        #expect(throws: SourceError.json(JSONError(.byteOrderMark, at: 0))) {
            try RecordSource([0xEF, 0xBB, 0xBF] + bytes(patient))
        }
        let latin1 = bytes(#"{"resourceType":"Patient","id":""#) + [0xE9] + bytes("\"}")
        #expect(throws: SourceError.json(JSONError(.notUTF8, at: 32))) { try RecordSource(latin1) }
        let utf16 = patient.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        #expect(try RecordSource([0xFF, 0xFE] + utf16).form == .opaque(.octets))
    }
}

@Suite struct BulkData {
    @Test(arguments: [
        ("\(patient)\n{\"resourceType\":\"Obs\n\(note)\n", 2, SourceError.json(JSONError(.cut, at: 56))),
        ("\(patient)\n\n\n{}\n\(note)\n", 4, .notFHIR),
        ("{\"resourceType\":\n\(note)\n\(patient)", 1, .json(JSONError(.cut, at: 16))),
        ("\(patient)\n\(note)\n\(note)x", 3, .json(JSONError(.trailingBytes, at: 115))),
        ("\(patient)\nnull\n\(note)", 2, .json(JSONError(.wrongKind, at: 36))),
    ])
    func `a broken line is named, or left out and listed`(text: String, number: Int, reason: SourceError) throws {
        #expect(throws: SourceError.line(number, reason)) { try source(text) }
        let skipped = try RecordSource(bytes(text), brokenLines: .skipped)
        #expect(skipped.brokenLines.map(\.number) == [number])
        #expect(skipped.brokenLines.map(\.error) == [reason])
        #expect(skipped.resources.count == 2)
    }

    @Test func `a file of nothing but broken lines is refused`() {
        #expect(throws: SourceError.self) { try RecordSource(bytes("{\"a\":\n{\"b\":\n"), brokenLines: .skipped) }
    }
}

@Suite struct Packed {
    @Test func `what is packed is known by how it begins, and a text that begins like it is a text`() throws {
        let starts: [[UInt8]] = [
            [0x1F, 0x8B, 8], [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], bytes("BZh9\u{1}"), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0],
            [0x28, 0xB5, 0x2F, 0xFD], [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], bytes("Rar!\u{1A}\u{7}"),
        ]
        for start in starts {
            #expect(RecordSource.isPacked(start + [0, 0xFF]))
            #expect(!RecordSource.isPacked([0] + start))
        }
        for text in ["Rar! it says", "BZh is a word", "PK signed", "%PDF-1.4\u{1F}"] {
            #expect(!RecordSource.isPacked(bytes(text)))
        }
    }

    @Test func `lists within lists are no text, however they end`() {
        for text in [
            String(repeating: "[", count: 10_000), String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
        ] {
            #expect(jsonError(bytes(text))?.reason == .tooDeep)
        }
    }
}
