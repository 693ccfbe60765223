import Cedar
import Testing

struct `Cedar strings` {
    @Test func `composed and decomposed letters are different strings`() {
        #expect(CedarString("\u{E9}") != CedarString("e\u{301}"))
        #expect(Set([CedarString("\u{E9}"), CedarString("e\u{301}")]).count == 2)
    }

    @Test func `a letter that normalises to ASCII is not that ASCII letter`() {
        #expect(CedarString("\u{212A}") != "K")
        #expect(CedarString("K") != "\u{212A}")
    }

    @Test func `strings order by scalars, also where UTF-16 does not`() {
        #expect(CedarString("\u{FFFD}") < "\u{1F600}")
        #expect(CedarString("Z") < "a")
        #expect(CedarString("") < "a")
        #expect(CedarString("a") < "ab")
        #expect(!(CedarString("a") < "a"))
    }

    @Test func `equal text hashes alike however it was made`() {
        for text in [
            "", "alice", "a longer text that does not fit in one word", "\u{1F600} and more of it, so that it is on the heap",
        ] {
            let whole = CedarString(text)
            let built = CedarString(text.unicodeScalars.reduce(into: "") { $0.unicodeScalars.append($1) })
            let cut = CedarString(("\u{1F600}" + text).dropFirst())
            #expect(whole == built && whole == cut)
            #expect(whole.hashValue == built.hashValue && whole.hashValue == cut.hashValue)
        }
    }

    @Test func `bytes that are not UTF-8 are no string`() {
        #expect(CedarString(utf8: [0xC0, 0x80]) == nil)
        #expect(CedarString(utf8: [0x61, 0xED, 0xA0, 0x80]) == nil)
        #expect(CedarString(utf8: [0x61]) == "a")
    }
}
