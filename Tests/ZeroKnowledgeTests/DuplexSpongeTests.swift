import CryptoPrimitives
import TestSupport
import Testing
import ZeroKnowledge

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct DuplexSpongeVectorTests {
    @Test func `the sponge over SHAKE128 gives the published outputs`() throws {
        let failures = try failures("fiatShamirShake128Vectors", SHAKE128.self)
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == 7)
    }

    @Test func `the sponge over TurboSHAKE128 gives the published outputs`() throws {
        let failures = try failures("fiatShamirTurboShake128Vectors", TurboSHAKE128.self)
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == 12)
    }

    private func failures<XOF: ExtendableOutput>(_ file: String, _: XOF.Type) throws -> Failures {
        var failures = Failures()
        for vector in try Vector.all(file) {
            failures.check(try isRight(vector, XOF.self), vector.id)
        }
        return failures
    }

    private func isRight<XOF: ExtendableOutput>(_ vector: Vector, _: XOF.Type) throws -> Bool {
        switch try vector.text("Function") {
        case "DuplexSponge":
            return try squeezed(vector, XOF.self) == vector.bytes("Output")
        case "DeriveSessionID":
            return try DuplexSponge<XOF>.sessionID(tag: vector.bytes("Tag")).bytes == vector.bytes("Output")
        case "DecodeUint":
            let output = try squeezed(vector, XOF.self)
            return try output == vector.bytes("Output") && P256.Scalar(squeezed: output).encoded == vector.number("Challenge")
        case "Sumcheck":
            return try isRight(sumcheck: vector, XOF.self)
        default:
            return false
        }
    }

    private func squeezed<XOF: ExtendableOutput>(_ vector: Vector, _: XOF.Type) throws -> [UInt8] {
        var sponge = DuplexSponge<XOF>(sessionID: try vector.bytes32("SessionId"))
        var output: [UInt8] = []
        for operation in vector.operations {
            if try operation.text("type") == "absorb" {
                sponge.absorb(try operation.bytes("data"))
            } else {
                output += sponge.squeeze(try operation.integer("length"))
            }
        }
        return output
    }

    private func isRight<XOF: ExtendableOutput>(sumcheck vector: Vector, _: XOF.Type) throws -> Bool {
        let sessionID = DuplexSponge<XOF>.sessionID(tag: try vector.bytes("Tag"))
        let sumcheck = Sumcheck<XOF>(sessionID: sessionID)
        let (proof, variables) = (try vector.bytes("Narg"), try vector.integer("NumVariables"))
        let last = try? sumcheck.verify(proof, variables: variables, sum: vector.small("ClaimedSum"))
        guard try sessionID == vector.bytes32("SessionId"), vector.mustAccept else { return last == nil }
        let proven = sumcheck.prove(try vector.integers("Witness"))
        return try proven.proof == proof && proven.last == last && last == vector.small("FinalEvaluation")
    }
}

struct DuplexSpongeTests {
    private let sessionID = Transcript.sessionID(tag: Array("test".utf8))

    @Test func `a stream is the same in one squeeze or many`() {
        var (whole, parts) = (Transcript(sessionID: sessionID), Transcript(sessionID: sessionID))
        whole.absorb([1, 2, 3])
        parts.absorb([1])
        parts.absorb([2, 3])
        let pieces = parts.squeeze(1) + parts.squeeze(0) + parts.squeeze(200) + parts.squeeze(55)
        #expect(pieces == whole.squeeze(256))
    }

    @Test func `to absorb anything starts another stream`() {
        var (one, other) = (Transcript(sessionID: sessionID), Transcript(sessionID: sessionID))
        let (first, second) = (one.squeeze(16), one.squeeze(16))
        #expect(other.squeeze(16) == first)
        other.absorb([0])
        let changed = other.squeeze(16)
        #expect(changed != first && changed != second)
    }

    @Test func `sessions differ by their tags`() {
        #expect(Transcript.sessionID(tag: [1]) != Transcript.sessionID(tag: [1, 0]))
        #expect(Transcript.sessionID(tag: []) != sessionID)
    }
}
