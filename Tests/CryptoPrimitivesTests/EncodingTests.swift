import CryptoPrimitives
import TestSupport
import Testing

@Suite struct Encodings {
    @Test(arguments: ["", "00", "0aff"]) func `hexadecimal comes back`(text: String) throws {
        #expect(Hexadecimal.encode(try #require(Hexadecimal.decode(text))) == text)
    }

    @Test(arguments: ["0", "0A", "0g", " 00", "0x00"]) func `other hexadecimal is refused`(text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }

    @Test(arguments: zip(["", "Zg==", "Zm8=", "Zm9v"], ["", "f", "fo", "foo"]))
    func `base 64 is as RFC 4648 says`(encoded: String, plain: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test(arguments: ["Zg", "Zg=", "Zh==", "Zg==\n", " Zg==", "Zm9v=", "Z", "====", "Zm 9v", "-_8="])
    func `other base 64 is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: 0...255 as ClosedRange<UInt8>) func `a byte is a base 64 digit or is refused`(byte: UInt8) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let text = [UInt8](repeating: byte, count: 4)
        #expect((Base64.decode(text.span) != nil) == digits.contains(byte))
        #expect((Base64.decode(text.span, .unpadded) != nil) == digits.contains(byte))
    }

    @Test(arguments: zip(["", "BB8", "%69 VD92EX0", "UJCLQE7W581", "QED8WEX0"], ["", "AB", "Hello!!", "base-45", "ietf!"]))
    func `base 45 is as RFC 9285 says`(encoded: String, plain: String) {
        #expect(Base45.encode(Array(plain.utf8)) == encoded)
        #expect(Base45.decode(encoded) == Array(plain.utf8))
    }

    /// A number that is too large for its bytes, a character alone, small letters, white space, characters of more than a byte.
    @Test(arguments: ["GGW", ":::", "V5", "::", "A", "BB8A", "bb8", "BB8\n", "\tBB8", "BB,", "B\u{E9}", "BB8\u{0}"])
    func `other base 45 is refused`(text: String) {
        #expect(Base45.decode(text) == nil)
    }

    @Test func `every two bytes have their own three characters, of which the last is no space`() {
        var texts: Set<String> = []
        for number in 0...UInt16.max {
            let bytes = [UInt8(number >> 8), UInt8(number & 0xFF)]
            let text = Base45.encode(bytes)
            if Base45.decode(text) != bytes || text.utf8.count != 3 || text.hasSuffix(" ") { break }
            texts.insert(text)
        }
        #expect(texts.count == 65_536)
    }

    @Test(arguments: ["Zg==", "Zh", "Zm8=", "Z"]) func `unpadded base 64 has one form too`(text: String) {
        #expect(Base64.decode(text, .unpadded) == nil)
    }

    @Test(arguments: [
        "a\nb", "\u{1B}[2J", "\u{202E}gnp", "\u{7F}", "\u{2066}x", "\u{FEFF}", "\u{2028}", "Lakeside\u{A0}Hospital",
        "Lakeside\u{2003}Hospital",
        "\u{3000}", String(repeating: "x", count: 256),
    ])
    func `text that moves the cursor, turns round or is long is no line`(text: String) {
        #expect(TextLine(text) == nil)
    }

    @Test(arguments: ["", "Hôpital Sainte-Anne", "مستشفى", "クリニック", "می‌خواهم"]) func `names of all scripts are lines`(text: String)
    {
        #expect(TextLine(text)?.text == text)
    }

    @Test func `lines are equal byte for byte`() {
        #expect(TextLine("é") == TextLine("\u{E9}"))
        #expect(TextLine("é") != TextLine("e\u{301}"))
    }

    @Test func `bytes that are not UTF-8 are no line`() {
        #expect(TextLine(utf8: [0xC3]) == nil)
        #expect(TextLine(utf8: [0xED, 0xA0, 0x80]) == nil)
    }
}

@Suite struct CanonicalEncoding {
    struct Sample: CanonicalCodable, Equatable {
        static let maximumSize = 64
        var number: UInt32
        var line: TextLine
        var list: [UInt16]
        var option: Bytes32?

        init(number: UInt32, line: TextLine, list: [UInt16], option: Bytes32?) {
            (self.number, self.line, self.list, self.option) = (number, line, list, option)
        }

        init(from reader: inout CanonicalReader) throws(FormatError) {
            number = try reader.integer(UInt32.self)
            line = try reader.text()
            list = try reader.list(length: UInt8.self, atMost: 4) { reader throws(FormatError) in try reader.integer(UInt16.self) }
            option = try reader.optional { reader throws(FormatError) in try reader.value(Hash.self).value }
        }

        func encode(to writer: inout CanonicalWriter) {
            writer.integer(number)
            writer.text(line)
            writer.list(list, length: UInt8.self) { $0.integer($1) }
            writer.optional(option) { $0.value(Hash($1)) }
        }
    }

    let bytes: [UInt8] = [0, 0, 1, 2, 2, 0x68, 0x69, 2, 0, 7, 0xFF, 0xFE, 0]

    @Test func `a value has the bytes the rules give it`() throws {
        let sample = Sample(number: 258, line: try #require(TextLine("hi")), list: [7, 0xFFFE], option: nil)
        #expect(sample.canonicalBytes == bytes)
        #expect(try Sample(canonical: bytes) == sample)
    }

    @Test func `every cut is refused`() {
        for count in 0..<bytes.count {
            #expect(throws: FormatError.truncated) { try Sample(canonical: Array(bytes.prefix(count))) }
        }
    }

    @Test func `what follows, what is too long and what has a second form is refused`() {
        #expect(throws: FormatError.trailingBytes) { try Sample(canonical: bytes + [0]) }
        #expect(throws: FormatError.tooLarge) { try Sample(canonical: bytes + [UInt8](repeating: 0, count: 64)) }
        var longList = bytes
        longList[7] = 5
        #expect(throws: FormatError.tooLarge) { try Sample(canonical: longList) }
        var oddOption = bytes
        oddOption[12] = 2
        #expect(throws: FormatError.notCanonical) { try Sample(canonical: oddOption) }
        var controlCharacter = bytes
        controlCharacter[5] = 0x0A
        #expect(throws: FormatError.notCanonical) { try Sample(canonical: controlCharacter) }
    }
}

@Suite struct Calendar {
    @Test(arguments: [
        ("1970-01-01", 0), ("1970-03-01", 59), ("2000-02-29", 11_016), ("2026-11-21", 20_778), ("9999-12-31", 2_932_896),
    ])
    func `a date has its number`(text: String, number: UInt32) {
        #expect(Day(text)?.number == number)
        #expect(Day(number).description == text)
    }

    @Test(arguments: [
        "", "2027-1-1", "2027-02-29", "2027-00-10", "2027-13-01", "2027-04-31", "1969-12-31", "+027-01-01", "2027-01-01T",
        "２０２７-01-01",
    ])
    func `what is no date is refused`(text: String) {
        #expect(Day(text) == nil)
    }

    @Test func `every day of four centuries comes back`() {
        var failures = Failures()
        for number in 0..<146_097 as Range<UInt32> { failures.check(Day(Day(number).description)?.number == number, "\(number)") }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a minute belongs to its day`() {
        #expect(Minute(secondsSince1970: 1_795_255_259).description == "2026-11-21T10:00Z")
        #expect(Minute(secondsSince1970: -1) == Minute(0))
        #expect(Minute(secondsSince1970: .max).number == .max)
        #expect(Day(.max).adding(days: 1) == Day(.max))
    }
}
