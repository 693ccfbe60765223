import CryptoPrimitives
import TestSupport
import Testing
import ZeroKnowledge

struct CodecTests {
    @Test(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
    func `the codecs give the published encodings and refuse the published mistakes`() throws {
        var failures = Failures()
        for vector in try Vector.all("fiatShamirCodecVectors") { failures.check(try isRight(vector), vector.id) }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == 7)
    }

    private func isRight(_ vector: Vector) throws -> Bool {
        switch try vector.text("Function") {
        case "SerializeVarLenString":
            return try Codec.variableLength(vector.bytes("Input")) == vector.bytes("Output")
        case "DeserializeVarLenString":
            var reader = CanonicalReader(try vector.bytes("Input"))
            return (try? reader.variableLength(atMost: .max)) == nil
        case "SerializeField":
            return try FieldCodec.scalar.modulus == vector.number("Modulus")
                && P256.Scalar(decoding: padded(vector.number("Value"))).encoded == vector.bytes("Output")
        case "DeserializeUint":
            let codec = FieldCodec(modulus: try vector.number("Modulus"), isBigEndian: false)
            return ((try? codec.deserialize(vector.bytes("Input"))) != nil) == vector.mustAccept
        case "DeserializeField":
            let codec = FieldCodec(modulus: try vector.number("Modulus"), isBigEndian: false)
            var reader = CanonicalReader(try vector.bytes("Input"))
            let coordinates = try (0..<vector.integer("ExtensionDegree")).map { _ in
                try codec.deserialize(reader.fixed(codec.modulus.count))
            }
            return try reader.remaining == 0 && coordinates == vector.numbers("Coordinates").map(padded)
        default:
            return false
        }
    }

    private func padded(_ number: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 0, count: 32 - number.count) + number
    }

    @Test func `a string's length goes in front, little-endian`() throws {
        #expect(Codec.variableLength([7, 8]) == [2, 0, 0, 0, 7, 8])
        var reader = CanonicalReader([2, 0, 0, 0, 7, 8])
        #expect(try reader.variableLength(atMost: 2) == [7, 8])
    }

    @Test func `a string above its bound is refused before it is read`() {
        var reader = CanonicalReader([3, 0, 0, 0, 7, 8, 9])
        #expect(throws: FormatError.tooLarge) { try reader.variableLength(atMost: 2) }
    }
}
