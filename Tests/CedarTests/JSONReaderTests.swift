import TestSupport
import Testing

@testable import Cedar

struct `JSON as Cedar reads it` {
    private func read(_ text: String) throws(JSONError) -> JSONValue { try JSONReader.value(Array(text.utf8)) }

    private func long(_ text: String) throws -> Int64? {
        guard case .long(let value) = try read(text) else { return nil }
        return value
    }

    private func string(_ text: String) throws -> CedarString? {
        guard case .string(let value) = try read(text) else { return nil }
        return value
    }

    @Test func `integers of 64 bits are exact`() throws {
        for value in [0, 1, -1, .max, .min, -8_897_841_259_083_430_780] as [Int64] { #expect(try long("\(value)") == value) }
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "1.0", "1e3", "0.5", "-0", "1E-2", "99999999999999999999999"])
    func `a number that is no Long is refused`(text: String) {
        #expect { try read(text) } throws: { ($0 as? JSONError)?.reason == .notALong }
    }

    @Test func `names and strings are what their escapes say`() throws {
        #expect(try string(#""\u00e9\ud83d\ude00\n\"\\\/\b\f\r\t""#) == "\u{E9}\u{1F600}\n\"\\/\u{8}\u{C}\r\t")
        #expect(try string("\"e\u{301}\"") != "\u{E9}")
    }

    @Test(arguments: [
        ("", JSONError.Reason.cut), ("[", .cut), ("[1,", .cut), (#"{"a""#, .cut), (#""abc"#, .cut), ("tru", .cut), ("-", .cut),
        ("[1 2]", .unexpectedByte), ("[1,]", .unexpectedByte), ("{,}", .unexpectedByte), ("{1:2}", .unexpectedByte),
        (#"{"a" 1}"#, .unexpectedByte), ("01", .unexpectedByte), ("+1", .unexpectedByte), ("True", .unexpectedByte),
        ("-a", .unexpectedByte),
        ("NaN", .unexpectedByte), ("\u{FEFF}[]", .unexpectedByte), ("// a\n1", .unexpectedByte), ("'a'", .unexpectedByte),
        (#""\x41""#, .escape), (#""\ud800""#, .escape), (#""\ud800\u0041""#, .escape), (#""\udc00""#, .escape),
        (#""\u12g4""#, .escape),
        ("\"\u{1}\"", .controlCharacter), ("\"a\nb\"", .controlCharacter), ("1 2", .trailingBytes), ("[] x", .trailingBytes),
        (#"{"a":1,"a":2}"#, .duplicateName), (#"{"a":1,"\u0061":2}"#, .duplicateName),
        (#"[{"b":{"x":1,"y":2,"x":3}}]"#, .duplicateName),
    ])
    func `what is not JSON is refused`(text: String, reason: JSONError.Reason) {
        #expect { try read(text) } throws: { ($0 as? JSONError)?.reason == reason }
    }

    @Test func `a place is a line and a column in scalars`() {
        #expect { try read("[\n  \"\u{E9}\u{1F600}\", x]") } throws: { error in
            (error as? JSONError).map { ($0.line, $0.column) == (2, 9) } ?? false
        }
    }

    @Test func `nesting is bounded`() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        _ = try read(nested(Limits.valueDepth))
        for depth in [Limits.valueDepth + 1, 100_000] {
            #expect { try read(nested(depth)) } throws: { ($0 as? JSONError)?.reason == .tooDeep }
        }
        #expect { try read(String(repeating: #"{"a":"#, count: 100_000)) } throws: { ($0 as? JSONError)?.reason == .tooDeep }
    }

    @Test func `size is bounded before anything is read`() {
        let bytes = [UInt8](repeating: UInt8(ascii: " "), count: Limits.sourceBytes + 1)
        #expect { try JSONReader.value(bytes) } throws: { ($0 as? JSONError)?.reason == .tooLarge }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for bytes in [[0xC3], [0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]] {
            #expect { try JSONReader.value([0x22] + bytes + [0x22]) } throws: { ($0 as? JSONError)?.reason == .notUTF8 }
        }
    }

    @Test func `what is written is read again`() throws {
        var writer = JSONWriter()
        let texts: [CedarString] = ["", "\"\\\n\r\t\u{0}\u{1F}\u{7F}", "\u{E9}\u{1F600}e\u{301}", "/"]
        writer.array { writer in
            for text in texts { writer.string(text) }
        }
        guard case .array(let elements) = try JSONReader.value(writer.bytes) else {
            Issue.record("not an array")
            return
        }
        let read = elements.map { if case .string(let text) = $0 { text } else { CedarString("?") } }
        #expect(read == texts)
    }
}
