@testable import CryptoPrimitives
import TestSupport
import Testing

@Suite struct ElementTests {
    private static let vectors = GroupVectors.all

    @Test func `an element has one encoding`() throws {
        let bytes = SG3072.blinding.encoded
        #expect(bytes.count == 384)
        let decoded = try SG3072.Element(decoding: bytes)
        #expect(decoded == SG3072.blinding && decoded.encoded == bytes)
        let negative = [UInt](bigEndian: Self.vectors.modulus.bytes).subtracting(SG3072.blinding.limbs)
        #expect(throws: FormatError.notCanonical) { try SG3072.Element(decoding: negative.bigEndianBytes) }
        #expect(SG3072.Element(representative: negative) == SG3072.blinding)
    }

    @Test func `2 and the largest representative are elements`() throws {
        #expect(try SG3072.Element(decoding: Self.number(2)).encoded == Self.number(2))
        #expect(try SG3072.Element(decoding: Self.vectors.largest.bytes).encoded == Self.vectors.largest.bytes)
    }

    @Test func `numbers outside of 2 to (p - 1) / 2 are refused`() {
        let modulus = [UInt](bigEndian: Self.vectors.modulus.bytes)
        let one = [1] + [UInt](repeating: 0, count: 47)
        var above = [UInt](bigEndian: Self.vectors.largest.bytes)
        above[0] += 1
        let refused: [[UInt8]] = [
            Self.number(0), Self.number(1), above.bigEndianBytes, modulus.subtracting(one).bigEndianBytes, modulus.bigEndianBytes,
            [UInt8](repeating: 0xff, count: 384), [0x80] + [UInt8](repeating: 0, count: 383),
        ]
        for bytes in refused {
            #expect(throws: FormatError.notCanonical) { try SG3072.Element(decoding: bytes) }
        }
    }

    @Test func `other lengths are refused`() {
        let bytes = SG3072.blinding.encoded
        #expect(throws: FormatError.truncated) { try SG3072.Element(decoding: []) }
        #expect(throws: FormatError.truncated) { try SG3072.Element(decoding: Array(bytes.dropFirst())) }
        #expect(throws: FormatError.trailingBytes) { try SG3072.Element(decoding: bytes + [0]) }
        #expect(throws: FormatError.trailingBytes) { try SG3072.Element(decoding: [0] + bytes) }
    }

    @Test func `the identity is no message`() {
        #expect(SG3072.Element.identity.isIdentity && !SG3072.blinding.isIdentity)
        #expect(throws: FormatError.notCanonical) { try SG3072.Element(decoding: SG3072.Element.identity.encoded) }
    }

    @Test func `generators are members, all different and none of them the identity`() {
        #expect(Set(SG3072.generators).count == 146 && !SG3072.generators.contains(.identity))
        // All at once: a product of random powers is a member if all are, but for one chance in r.
        var generator = SeededGenerator(seed: 1)
        #expect(SG3072.product(SG3072.generators.map { .init($0, .random(&generator)) }).isMember)
        for generator in [SG3072.blinding, SG3072.quadratic, SG3072.attributes[15], SG3072.auxiliaries[127]] {
            #expect(generator.isMember)
        }
    }

    @Test func `an element of order r and its product with a member are elements and no members`() throws {
        for hex in Self.vectors.outside {
            let outside = try SG3072.Element(decoding: hex.bytes)
            #expect(!outside.isMember)
            #expect(!(outside * SG3072.quadratic).isMember)
        }
    }

    @Test func `multiplying and dividing undo each other`() {
        var generator = SeededGenerator(seed: 2)
        let (a, b, c) = (SG3072.Element.random(&generator), SG3072.Element.random(&generator), SG3072.attributes[0])
        #expect(a * b / b == a)
        #expect(a / a == .identity && a * .identity == a && a * a.inverse == .identity)
        #expect(a * b == b * a && (a * b) * c == a * (b * c))
        #expect(SG3072.Element.inverses(of: [a, b, c, a]) == [a.inverse, b.inverse, c.inverse, a.inverse])
        #expect(SG3072.Element.inverses(of: []).isEmpty)
    }

    private static func number(_ value: UInt8) -> [UInt8] { [UInt8](repeating: 0, count: 383) + [value] }
}
