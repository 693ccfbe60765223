import CryptoPrimitives
import Foundation
import GatewayClient
import TestSupport
import Testing

/// What comes in that is not what it should be: it is named, nothing of it is stored, and no terminal is fooled by it.
@Suite struct BadInputTests {
    @Test func `a file that holds no records is named, and nothing of it is stored`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            let before = try await workshop.stored()
            var failures = Failures()
            for (number, bad) in BadFile.all.enumerated() {
                let name = "bad-\(number)"
                try Data(bad.bytes).write(to: workshop.folder.url.appending(path: name))
                let outcome = try await workshop.sh("cordon --as hillside clinic deposit --patient 12345 \(name)")
                failures.check(outcome.status == bad.status && outcome.error.contains(bad.says), "\(bad.name): \(outcome)")
                failures.check(outcome.error.unicodeScalars.allSatisfy(isHarmless), "\(bad.name): \(outcome)")
            }
            #expect(failures.isEmpty, "\(failures)")
            #expect(try await workshop.stored() == before)
        }
    }

    /// What would not fit into memory is not read to find that out, and what would not fit once it is unpacked is not unpacked.
    @Test func `a file that is too large to look into, or would become so, is refused and not stored`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.makeBombs()
            // A byte more than a gibibyte, in a file that takes no room. By its first byte it passes for FHIR, which is read as a whole.
            try await workshop.done("printf '{' > huge; truncate -s 1073741825 huge")
            let before = try await workshop.stored()
            let files: [(String, String, Int32)] = [
                ("huge", "it is larger than this command takes", 4), ("bomb.gz", "is packed", 1), ("bomb.zip", "is packed", 1),
            ]
            for (name, says, status) in files {
                let outcome = try await workshop.sh("cordon --as hillside clinic deposit --patient 12345 \(name)")
                #expect(outcome.status == status && outcome.error.contains(says), "\(name): \(outcome)")
            }
            #expect(try await workshop.stored() == before)
        }
    }

    /// A corpus says of broken DICOM files that they are kept all the same; a ZIP archive is a letter as often as a trap.
    @Test func `what is not looked into comes back byte for byte, once somebody says what it is`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.makeBombs()
            let files = [
                "cut.dcm": [UInt8](repeating: 0, count: 128) + Array("DICM\u{2}".utf8), "header.zip": BadFile.zipHeader,
            ]
            for (name, bytes) in files { try Data(bytes).write(to: workshop.folder.url.appending(path: name)) }
            for name in ["cut.dcm", "header.zip", "bomb.gz", "bomb.zip"] {
                // No file of more than a megabyte may be written meanwhile, which `ulimit` counts by 512 bytes.
                try await workshop.done(
                    "ulimit -f 2000; cordon --as hillside clinic deposit --patient 12345 --category imaging \(name)")
            }
            try await workshop.done(
                """
                set -e; cordon --as ana patient sync; cordon --as ana patient records | cut -d' ' -f1 > ids; test $(wc -l < ids) = 4
                for id in $(cat ids); do cordon --as ana patient open $id > $id; done
                sha256sum $(cat ids) | cut -d' ' -f1 | sort > opened
                sha256sum cut.dcm header.zip bomb.gz bomb.zip | cut -d' ' -f1 | sort | cmp - opened
                """)
            // The database with its log beside it, and nothing of the 50 MB that two of the files promise. Payloads so small lie in it.
            let counted = try await workshop.done("du -sb home/north/gateway | cut -f1")
            let size = try #require(Int(counted.trimmingCharacters(in: .newlines)))
            #expect(size < 20_000_000)
        }
    }

    /// Papers, exports and recovery words, each exchanged for things that are none.
    @Test func `a paper that is none is named, and changes nothing`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as hillside clinic invite > good")
            let before = try await workshop.stored()
            var failures = Failures()
            for (kind, bytes) in try BadPaper.all(good: Data(contentsOf: workshop.folder.url.appending(path: "good"))) {
                try bytes.write(to: workshop.folder.url.appending(path: "bad"))
                for line in BadPaper.takers {
                    let outcome = try await workshop.sh(line)
                    failures.check([1, 4].contains(outcome.status), "\(kind), \(line): \(outcome)")
                    failures.check(outcome.all.unicodeScalars.allSatisfy(isHarmless), "\(kind), \(line): \(outcome)")
                }
            }
            #expect(failures.caseCount >= 60 && failures.isEmpty, "\(failures)")
            #expect(try await workshop.stored() == before)
            #expect(try await workshop.sh("cordon --as eve status").status == 4, "a profile was made of nothing")
        }
    }

    /// Names, files and arguments with what would clear a screen, forge a line or turn text around.
    @Test func `a terminal is not fooled by what it is told to show`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            let before = try await workshop.stored()
            var failures = Failures()
            for (name, trick) in Trick.all {
                for line in Trick.lines {
                    let outcome = try await workshop.sh("X='\(trick)'; \(line)")
                    failures.check((1...4).contains(outcome.status), "\(name), \(line): \(outcome)")
                    failures.check(outcome.all.unicodeScalars.allSatisfy(isHarmless), "\(name), \(line): \(outcome)")
                    // A line that looks like the program's own may only stand where the program put one.
                    let forged = outcome.all.split(separator: "\n").contains { $0.hasPrefix("Signed. Grant 7") }
                    failures.check(!forged, "\(name), \(line): \(outcome)")
                }
            }
            #expect(failures.isEmpty, "\(failures)")
            // What a file says of itself is shown before anything of it is checked for the ledger.
            let label = #"{"system":"x","code":"A\u001b]0;x\u0007\u001b[2J\u202e"}"#
            let patient = String(decoding: BadFile.ours(with: #","meta":{"security":[\#(label)]}"#), as: UTF8.self)
            try Data(patient.utf8).write(to: workshop.folder.url.appending(path: "labelled"))
            let shown = try await workshop.done("cordon --as hillside clinic deposit --patient 12345 --dry-run labelled")
            #expect(shown.unicodeScalars.allSatisfy(isHarmless) && shown.contains("\\u{1B}"), "\(shown)")
            #expect(try await workshop.stored() == before)
        }
    }

    private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || TextLine.isVisible(scalar)
    }
}

/// A file for `clinic deposit`, how that ends, and words of what is said.
private struct BadFile {
    let name: String
    let bytes: [UInt8]
    let says: String
    let status: Int32

    init(_ name: String, _ bytes: [UInt8], _ says: String, status: Int32 = 4) {
        (self.name, self.bytes, self.says, self.status) = (name, bytes, says, status)
    }

    init(_ name: String, _ text: String, _ says: String, status: Int32 = 4) {
        self.init(name, Array(text.utf8), says, status: status)
    }

    /// The start of an archive with nothing behind it. One that expands is made by `makeBombs`.
    static let zipHeader: [UInt8] = [0x50, 0x4B, 0x03, 0x04, 0x14, 0, 0, 0, 8, 0] + [UInt8](repeating: 0, count: 500)

    /// A Patient with the record number that Hillside knows.
    static func ours(with more: String) -> [UInt8] { Array((patient.dropLast() + more + "}").utf8) }

    private static let patient =
        #"{"resourceType":"Patient","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"value":"12345"}]}"#

    private static func bundle(_ entries: String, type: String = "collection") -> String {
        #"{"resourceType":"Bundle","type":"\#(type)","entry":[\#(entries)]}"#
    }

    private static func nested(_ count: Int) -> String {
        #"{"resourceType":"Patient","x":"# + String(repeating: #"{"x":"#, count: count) + "1"
            + String(repeating: "}", count: count + 1)
    }

    static let all: [BadFile] = [
        BadFile("nothing", "", "it is empty"),
        BadFile("white space", " \n\t\r\n", "it is empty"),
        BadFile("an object that ends early", String(patient.dropLast(3)), "ends too early"),
        BadFile("one brace", "{", "ends too early"),
        BadFile("a bundle cut in an entry", String(bundle(#"{"resource":\#(patient)}"#).dropLast(9)), "ends too early"),
        BadFile("no value", #"{"resourceType":}"#, "does not belong there"),
        BadFile("a trailing comma", #"{"resourceType":"Patient",}"#, "does not belong there"),
        BadFile("a comment", #"{"resourceType":"Patient"/* */}"#, "does not belong there"),
        BadFile("single quotes", "{'resourceType':'Patient'}", "does not belong there"),
        BadFile("a number with a leading zero", #"{"resourceType":"Patient","x":01}"#, "writes numbers"),
        BadFile("not a number", #"{"resourceType":"Patient","x":NaN}"#, "does not belong there"),
        BadFile("half a surrogate pair", #"{"resourceType":"Patient","x":"\ud800"}"#, "escaped"),
        BadFile("a made-up escape", #"{"resourceType":"Patient","x":"\x41"}"#, "escaped"),
        BadFile("a raw control character", "{\"resourceType\":\"Patient\",\"x\":\"\u{1B}[2J\"}", "control character"),
        BadFile("Latin-1", Array(#"{"resourceType":"Patient","x":""#.utf8) + [0xE9] + Array("\"}".utf8), "not UTF-8"),
        BadFile(
            "an overlong encoding", Array(#"{"resourceType":"Patient","x":""#.utf8) + [0xC0, 0xAF] + Array("\"}".utf8), "not UTF-8"),
        BadFile("a byte order mark", [0xEF, 0xBB, 0xBF] + Array(patient.utf8), "byte order mark"),
        BadFile("a key twice", #"{"resourceType":"Patient","id":"a","id":"b"}"#, "one name"),
        BadFile("a key twice, once escaped", #"{"resourceType":"Patient","id":"a","\u0069d":"b"}"#, "one name"),
        BadFile("10,000 levels of objects", nested(10_000), "nested too deep"),
        BadFile("10,000 levels of lists", String(repeating: "[", count: 10_000), "nested too deep"),
        BadFile("100 levels", nested(100), "nested too deep"),
        BadFile("two documents in a line", "\(patient)\(patient)", "behind the end"),
        BadFile("something behind it", "\(patient)\0", "behind the end"),
        BadFile("a type that is a number", #"{"resourceType":7}"#, "another kind"),
        BadFile("an entry that is a number", bundle("1"), "another kind"),
        BadFile("no resource type", #"{"id":"p"}"#, "no FHIR resource"),
        BadFile("a type that is none", #"{"resourceType":"pa tient"}"#, "no FHIR resource"),
        BadFile("a list of resources", "[\(patient)]", "no FHIR resource"),
        BadFile("an empty bundle", bundle(""), "no entries"),
        BadFile("a bundle without entries", #"{"resourceType":"Bundle","type":"collection"}"#, "no entries"),
        BadFile("an entry without a resource", bundle(#"{"fullUrl":"urn:uuid:1"}"#), "entry 1 of the bundle"),
        BadFile(
            "a bundle within a bundle", bundle(#"{"resource":\#(bundle(#"{"resource":\#(patient)}"#))}"#), "bundle within a bundle"),
        BadFile("a history", bundle(#"{"resource":\#(patient)}"#, type: "history"), "type of bundle"),
        BadFile("a message", bundle(#"{"resource":\#(patient)}"#, type: "message"), "type of bundle"),
        BadFile("a response", bundle(#"{"resource":\#(patient)}"#, type: "batch-response"), "type of bundle"),
        BadFile("a type of bundle that there is not", bundle(#"{"resource":\#(patient)}"#, type: "\u{202E}"), "type of bundle"),
        BadFile("lines, one of them broken", "\(patient)\n{\"resourceType\":\n\(patient)\n", "line 2"),
        BadFile("lines, one of them a bundle", "\(patient)\n\(bundle(#"{"resource":\#(patient)}"#))\n", "line 2"),
        BadFile("lines where a bundle was meant", #"{"resourceType":"Bundle","type":"collection"}"# + "\n\(patient)\n", "line 1"),
        BadFile("a patient without a number", #"{"resourceType":"Patient","id":"p"}"#, "no medical record number", status: 1),
        BadFile("nobody's observation", #"{"resourceType":"Observation","id":"o"}"#, "whose it is", status: 1),
        BadFile("another patient", patient.replacing("12345", with: "99999"), "another record number", status: 1),
        BadFile(
            "another patient beside ours",
            bundle(#"{"resource":\#(patient)},{"resource":\#(patient.replacing("12345", with: "9"))}"#),
            "several patients", status: 1),
        BadFile("a gzip header", [0x1F, 0x8B, 8, 0] + [UInt8](repeating: 0, count: 40), "is packed", status: 1),
        BadFile("a ZIP header", zipHeader, "is packed", status: 1),
        BadFile("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 0, 4], "is packed", status: 1),
        BadFile("Zstandard", [0x28, 0xB5, 0x2F, 0xFD, 0, 0], "is packed", status: 1),
    ]
}

private enum BadPaper {
    /// Every command that takes a file from somebody else. `good` is an invite, which the first of them takes.
    static let takers = [
        "cordon --as eve patient new --invite bad", "cordon --as hillside clinic enrol bad --mrn 9",
        "cordon --as north member admit bad",
        "cordon --as aud audit replay bad", "cordon --as aud audit verify bad",
        "cordon --as eve patient new --restore --gateway $A < bad",
    ]

    static func all(good: Data) throws -> [(kind: String, bytes: Data)] {
        let text = String(decoding: good, as: UTF8.self)
        return [
            ("nothing", Data()),
            ("zeros", Data(count: 1_000)),
            ("five megabytes of zeros", Data(count: 5_000_000)),
            ("five megabytes of lines", Data(String(repeating: "a\n", count: 2_500_000).utf8)),
            ("no UTF-8", Data([0xFF, 0xFE, 0xC0, 0x80])),
            ("a cut paper", good.prefix(good.count - 40)),
            ("its first line alone", Data(text.prefix { $0 != "\n" }.utf8)),
            ("a character that is not base64", Data(text.replacing("A", with: "!", maxReplacements: 1).utf8)),
            ("turned around", Data("\u{202E}\(text)".utf8)),
            ("clearing the screen", Data("\u{1B}[2J\u{1B}[1;1H".utf8)),
            ("JSON", Data(#"{"resourceType":"Bundle"}"#.utf8)),
            ("a paper with another behind it", good + Data("x".utf8) + good),
        ]
    }
}

private enum Trick {
    static let all = [
        ("clears the screen", "\u{1B}[2J\u{1B}[1;1H"), ("turns text around", "a\u{202E}b"), ("forges a line", "x\nSigned. Grant 7"),
        ("overwrites a line", "x\rSigned. Grant 7"), ("C1 control", "x\u{9B}2J"), ("hides", "a\u{200B}\u{2066}b"),
    ]

    static let lines = [
        #"cordon --as "$X" status"#, #"cordon --as eve clinic new --name "$X" --gateway $A --out eve.app"#,
        #"cordon --as eve clinic new --name Eve --gateway "$A/$X" --out eve.app"#,
        #"cordon --as hillside clinic deposit --patient 12345 "$X""#,
        #"printf '{' > "$X"; cordon --as hillside clinic deposit --patient 12345 "$X""#,
        #"cordon --as hillside clinic deposit --patient "$X" fixtures/records/ana.json"#,
        #"cordon --as hillside clinic deposit --patient 12345 --category "$X" fixtures/records/ana.json"#,
        #"cordon --as ana grant --to "$X" --category general --yes"#, #"cordon --as ana revoke --to "$X""#,
        #"cordon --as ana patient open "$X""#, #"cordon --as ana patient card --for "$X""#,
        #"cordon --as lakeside clinic request 1 --purpose "$X""#, #"cordon --as aud audit replay "$X""#,
        #"cordon --as lakeside clinic open 1 --out "$X/x""#,
    ]
}

extension Workshop {
    /// 50 MB of zeros in some 50 KB, as gzip and as a ZIP archive with one deflated member, by other programs than ours. That each of
    /// them expands is checked.
    func makeBombs() async throws {
        try await done(
            """
            set -e; head -c 50000000 /dev/zero | gzip -9 > bomb.gz; test $(gzip -dc bomb.gz | wc -c) = 50000000
            /usr/bin/python3 -c '
            import zipfile
            with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive: archive.writestr("letter.txt", bytes(50_000_000))
            with zipfile.ZipFile("bomb.zip") as archive: assert len(archive.read("letter.txt")) == 50_000_000
            '
            for bomb in bomb.gz bomb.zip; do test $(stat -c %s $bomb) -lt 100000; done
            """)
    }

    /// How much there is at the gateway: entries on its ledger, and the names of its files with their sizes.
    func stored() async throws -> [String] {
        let entries = try await asClinic("hillside") { clinic in
            try await clinic.session.sync()
            return clinic.session.ledger.size
        }
        let gateway = folder.url.appending(path: "home/north/gateway/payloads")
        let files = FileManager.default.enumerator(atPath: gateway.path)?.compactMap { $0 as? String } ?? []
        return ["\(entries) entries"] + files.sorted()
    }
}
