import MedicalRecords
import Testing

private func note(_ number: Int, _ rest: String = "") -> String {
    #"{"resourceType":"\#(["Patient", "Specimen", "Medication"][number % 3])","id":"\#(number)"\#(rest)}"#
}

private func contents(_ resources: [String]) throws -> [[UInt8]] {
    try source(bundle(resources)).split().map(\.content)
}

/// The resources of a joined bundle, as text.
private func resources(of join: RecordJoin) throws -> [String] {
    let source = try RecordSource(join.bundleBytes)
    return source.resources.map { String(decoding: source.bytes(of: $0), as: UTF8.self) }
}

@Suite struct Joining {
    private let notes = (0..<10).map { note($0) }

    @Test func `the patient comes first, then record after record, each in its own order`() throws {
        let records = try contents(notes)
        #expect(records.count == 3)
        let patients = [0, 3, 6, 9].map { notes[$0] }
        let others = try resources(of: RecordJoin(records.filter { !String(decoding: $0, as: UTF8.self).contains("Patient") }))
        #expect(try resources(of: RecordJoin(records)) == patients + others)
        #expect(try resources(of: RecordJoin(records.reversed())).prefix(4) == patients[...])
        #expect(try Set(resources(of: RecordJoin(records.reversed()))) == Set(notes))
    }

    /// A record holds a resource three containers deeper than its file does.
    @Test func `a resource is as deep as its record can be read, alone, on a line or in a bundle`() throws {
        let deeper = String(decoding: try fixture("records/too-deep.json").dropLast(), as: UTF8.self)
        let deepest = deeper.replacing("[[]]", with: "[]")
        for wrap in [{ $0 }, { "\($0)\n\($0)" }, { bundle([$0]) }] as [(String) -> String] {
            let source = try RecordSource(bytes(wrap(deepest)))
            #expect(try RecordJoin(source.split().map(\.content)).resourceCount == source.resources.count)
            #expect(throws: SourceError.self) { try RecordSource(bytes(wrap(deeper))) }
        }
    }

    @Test func `a resource that stands in two records is given once`() throws {
        let first = try contents([note(0), note(1)])
        let second = try contents([note(0), note(1, #","x":1"#), note(2)])
        #expect(
            try resources(of: RecordJoin(first + second)).sorted()
                == [note(0), note(1), note(1, #","x":1"#), note(2)].sorted())
        #expect(try RecordJoin(first + first).resourceCount == 2)
        let bulk = try source("\(note(0))\n\(note(0))").split().map(\.content)
        #expect(try RecordJoin(bulk).resourceCount == 2)
    }

    @Test func `labels of all parts mark the whole`() throws {
        let labelled = note(
            0, #","meta":{"security":[{"system":"\#(confidentiality)","code":"R"},{"system":"\#(actCode)","code":"HIV"}]}"#)
        let join = try RecordJoin(try contents([labelled]) + contents([note(1)]))
        #expect(try RecordSource(join.bundleBytes).bundleLabels == [coding(actCode, "HIV"), coding(confidentiality, "R")])
    }

    @Test func `a joined bundle is a source again`() throws {
        let join = try RecordJoin(contents(notes))
        let again = try RecordSource(join.bundleBytes).split().map(\.content)
        #expect(try RecordJoin(again).bundleBytes == join.bundleBytes)
    }

    @Test func `lines hold a resource each, without line breaks of its own`() throws {
        let indented = "{\r\n  \"resourceType\": \"Patient\",\n  \"name\": [ { \"text\": \"a\\nb  c\" } ]\n}"
        let join = try RecordJoin(contents([indented, note(1)]))
        let line = "{  \"resourceType\": \"Patient\",  \"name\": [ { \"text\": \"a\\nb  c\" } ]}"
        #expect(String(decoding: join.lineBytes, as: UTF8.self) == "\(line)\n\(note(1))\n")
        #expect(try RecordSource(join.lineBytes).form == .bulk)
    }

    @Test func `nothing joins to nothing`() throws {
        let join = try RecordJoin([])
        #expect(join.resourceCount == 0)
        #expect(join.lineBytes.isEmpty)
        #expect(throws: SourceError.noEntries) { try RecordSource(join.bundleBytes) }
    }

    @Test func `what splitting does not write is refused`() throws {
        let good = try contents(notes)
        let whole = bundle([note(0), note(1)], type: "collection")
        for text in [
            "", "{}", "%PDF-1.4", note(0), "\(note(0))\n\(note(1))", bundle([note(0)], type: "transaction"),
            String(whole.dropLast()),
            whole + "x", whole.replacing("\"id\"", with: "\"id\":1,\"id\""),
        ] {
            #expect(throws: JoinError.notARecord(1)) { try RecordJoin([good[0], bytes(text)]) }
        }
    }
}
