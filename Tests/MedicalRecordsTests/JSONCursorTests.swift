import MedicalRecords
import TestSupport
import Testing

@Suite struct JSONGrammar {
    @Test(arguments: [
        "{}", "[]", "0", "-0", "-12", "1.0", "1.50e+10", "1E5", "0.1e-7", "123456789012345678901234567890", "true", "false", "null",
        "\"\"", "\"a\"", " \t\r\n{ } \n", #"{"a":1,"b":[1,2,{"c":null}]}"#, "[[[[]]]]", #""\"\\\/\b\f\n\r\t""#,
        #""\u0000\u00e9\uD83D\uDE00""#,
        #""\ud83d\ude00 é 汉 😀 \u2028""#, "\"\u{7F}\"", #"{"":0}"#, #"{"a":{"a":1},"b":{"a":2}}"#, "[1,1.0,-1]", "\"01234567\"",
        "\"0123456\\n89abcdef01234567\"", "\"\u{10FFFF}\"", "\"\u{FEFF}\"", "                                    1",
    ])
    func `RFC 8259 is accepted`(text: String) {
        #expect(throws: Never.self) { try JSONCursor.checkDocument(bytes(text)) }
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("{", 1), ("[", 1), ("[1", 2), ("[1,", 3), ("\"", 1), ("\"a", 2), ("\"\\", 2), ("\"\\u12", 5),
        ("{\"a\"", 4),
        ("{\"a\":", 5), ("{\"a\":1", 6), ("{\"a\":1,", 7), ("-", 1), ("1.", 2), ("1e", 2), ("1e+", 3), ("t", 1), ("nul", 3),
        ("fals", 4),
        ("\"\\ud83d", 7), ("\"\\ud83d\\u", 9), ("\"01234567", 9),
    ])
    func `what ends early is cut`(text: String, offset: Int) {
        #expect(throws: JSONError(.cut, at: offset)) { try JSONCursor.checkDocument(bytes(text)) }
    }

    @Test(arguments: [
        ("}", 0), ("]", 0), (",", 0), (":", 0), ("a", 0), ("'a'", 0), ("{a:1}", 1), ("{'a':1}", 1), ("{1:2}", 1), ("{,}", 1),
        ("[,]", 1),
        ("[1,]", 3), ("[1,,2]", 3), ("[1 2]", 3), ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{\"a\":}", 5), ("{\"a\":1 \"b\":2}", 7),
        ("{\"a\",1}", 4), ("[1}", 2), ("{\"a\":1]", 6), ("+1", 0), (".5", 0), ("01", 1), ("True", 0), ("tru3", 3), ("nulL", 3),
        ("NaN", 0), ("Infinity", 0), ("/* */1", 0), ("{\"a\":1//x\n}", 6), ("\u{A0}1", 0), ("\u{0}", 0), ("{null:1}", 1),
        ("[\u{0B}1]", 1),
        ("[1;2]", 2), ("<a/>", 0), ("{\"a\"::1}", 5), ("undefined", 0), ("{\"a\":1}}", 7), ("[][]", 2), ("1 2", 2), ("{} x", 3),
        ("\"a\"b", 3),
        ("truex", 4), ("0x1", 1), ("1_000", 1), ("00", 1), ("-01", 2), ("1.5.5", 3), ("--1", 1), ("-a", 1), ("1.a", 2), ("1ea", 2),
        ("1e1.5", 3), ("[-]", 2), ("[1.]", 3),
    ])
    func `other grammar is refused where it goes wrong`(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONCursor.checkDocument(bytes(text)) }
        #expect([.unexpectedByte, .number, .trailingBytes].contains(error?.reason))
        #expect(error?.offset == offset || error?.reason == .number)
    }

    @Test(arguments: [
        (#""\a""#, 2), (#""\x41""#, 2), (#""\'""#, 2), (#""\U0041""#, 2), (#""\u00g0""#, 5), (#""\u 041""#, 3), (#""\ud800""#, 7),
        (#""\udc00""#, 7), (#""\ud800\u0041""#, 13), (#""\ud800x""#, 7), (#""\ud800\n""#, 8), (#""\udc00\ud800""#, 7),
        (#""\ud83d\ud83d""#, 13),
        (#""\u12""#, 5), (#""\u+123""#, 3), ("\"\\\u{1F600}\"", 2),
    ])
    func `other escapes and half pairs are refused`(text: String, offset: Int) {
        #expect(throws: JSONError(.escape, at: offset)) { try JSONCursor.checkDocument(bytes(text)) }
    }

    @Test(arguments: Array(0..<0x20)) func `a control character in a string is refused`(byte: Int) {
        for padding in ["", "0123456", "012345678"] {
            let text = bytes("\"\(padding)") + [UInt8(byte)] + bytes("\"")
            #expect(throws: JSONError(.controlCharacter, at: 1 + padding.count)) { try JSONCursor.checkDocument(text) }
        }
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE2, 0x28, 0xA1],
            [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func `what is not UTF-8 is refused`(sequence: [UInt8]) {
        let text = bytes("[\"abc") + sequence + bytes("\"]")
        #expect(throws: JSONError(.notUTF8, at: 5)) { try JSONCursor.checkDocument(text) }
        #expect(throws: JSONError.self) { try JSONCursor.checkDocument(sequence + bytes("1")) }
    }

    @Test func `every character outside the surrogates is accepted, and as the standard library encodes it`() {
        var failures = Failures()
        for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 61) {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
            let isAccepted = (try? JSONCursor.checkDocument(bytes("\"\(scalar)\""))) != nil
            failures.check(isAccepted, String(value, radix: 16))
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a byte order mark is refused`() {
        #expect(throws: JSONError(.byteOrderMark, at: 0)) { try JSONCursor.checkDocument([0xEF, 0xBB, 0xBF] + bytes("{}")) }
    }

    @Test func `depth is bounded`() {
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONCursor.checkDocument(bytes(deepest)) }
        #expect(throws: JSONError(.tooDeep, at: 64)) { try JSONCursor.checkDocument(bytes("[\(deepest)]")) }
        let objects = String(repeating: #"{"a":"#, count: 65)
        #expect(throws: JSONError(.tooDeep, at: 64 * 5)) { try JSONCursor.checkDocument(bytes(objects)) }
    }

    @Test func `size is bounded`() {
        let digits = [UInt8](repeating: 0x31, count: JSONCursor.maximumSize + 1)
        #expect(throws: JSONError(.tooLarge, at: JSONCursor.maximumSize)) { try JSONCursor.checkDocument(digits) }
    }
}

@Suite struct JSONNames {
    @Test(arguments: [
        #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#, #"{"\u0061":1,"\u0061":2}"#,
        #"{"":1,"":2}"#, #"[{"x":{"b":1,"c":2,"b":3}}]"#, #"{"a":{"a":1},"a":2}"#, #"{"\/":1,"/":2}"#, #"{"é":1,"\u00e9":2}"#,
    ])
    func `a name that comes twice in one object is refused`(text: String) {
        let error = #expect(throws: JSONError.self) { try JSONCursor.checkDocument(bytes(text)) }
        #expect(error?.reason == .duplicateKey)
    }

    @Test(arguments: [
        #"{"a":1,"A":2}"#, #"[{"a":1},{"a":2}]"#, #"{"a":{"a":{"a":1}}}"#, #"{"ab":1,"ba":2,"aab":3,"aba":4}"#,
        #"{"\\u0061":1,"a":2}"#,
        #"{"a":{"\u0061":1},"b":{"a":1}}"#, "{\"e\\u0301\":1,\"\u{E9}\":2}",
    ])
    func `names that differ, or stand in different objects, are accepted`(text: String) {
        #expect(throws: Never.self) { try JSONCursor.checkDocument(bytes(text)) }
    }

    /// Around the size where names move from a list to a set, and after larger objects were closed.
    @Test(arguments: [1, 2, 31, 32, 33, 34, 100, 3000]) func `a repeated name is found among many`(count: Int) {
        let members = (0..<count).map { #""k\#($0)":{"k0":0}"# }
        for repeated in Set([0, count / 2, count - 1]) {
            let open = "[{\(members.joined(separator: ","))},{\(members.joined(separator: ","))"
            #expect(throws: Never.self) { try JSONCursor.checkDocument(bytes(open + "}]")) }
            let error = #expect(throws: JSONError.self) { try JSONCursor.checkDocument(bytes(open + ",\"k\(repeated)\":1}]")) }
            #expect(error?.reason == .duplicateKey)
        }
    }
}
