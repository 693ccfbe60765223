import MedicalRecords
import Testing

/// Labels stand in descriptors in the order of their bytes, and each once: docs/formats.md, section 4.3.
@Suite struct CodingTests {
    private let composed = Coding(system: "s", code: "\u{E9}")
    private let decomposed = Coding(system: "s", code: "e\u{301}")

    @Test func `two encodings of one letter are two codes`() {
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(composed == Coding(system: "s", code: "\u{E9}"))
    }

    @Test func `order is that of the bytes, of the system first`() {
        #expect(decomposed < composed && !(composed < decomposed))
        // EF AC 81 and F0 9D 85 9E.
        let (ligature, letter) = (Coding(system: "\u{FB01}", code: "z"), Coding(system: "\u{1D15E}", code: "a"))
        #expect(ligature < letter && !(letter < ligature))
        #expect(!(composed < composed))
    }
}
