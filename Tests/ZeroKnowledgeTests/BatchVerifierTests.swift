import CryptoPrimitives
import Testing

@testable import ZeroKnowledge

struct BatchVerifierTests {
    private let examples: [Example]
    private let proofs: [[UInt8]]

    init() throws {
        let record = Credential("record", fields: [7])
        examples = try (0..<64).map { index in
            try Example("\(index)", [record], [.range(.init(3), low: 7, high: 8)], occasion: .test(UInt8(index)))
        }
        proofs = try examples.map { try $0.proof(.batchable) }
    }

    private func refused(_ proofs: [[UInt8]]) -> [Int] {
        var batch = BatchVerifier()
        for (proof, example) in zip(proofs, examples) { batch.add(proof, of: example.statement) }
        return batch.refused()
    }

    @Test func `64 proofs verify at once, and one that is bad is named`() {
        #expect(refused(proofs) == [])
        var changed = proofs
        changed[17][changed[17].count - 1] ^= 1
        #expect(refused(changed) == [17])
    }

    @Test func `what is no proof of its statement is named, whatever it is instead`() throws {
        var changed = Array(proofs.prefix(6))
        changed[0] = []
        changed[1] = try examples[1].proof(.compact)
        changed.swapAt(2, 3)
        changed[5].append(0)
        #expect(refused(changed) == [0, 1, 2, 3, 5])
        #expect(BatchVerifier().refused() == [])
    }

    @Test func `errors that cancel each other out are found`() throws {
        func shifted(_ proof: [UInt8], _ place: Int, by shift: SG3072.Scalar) throws -> [UInt8] {
            let range = proof.count - 32 * place..<proof.count - 32 * (place - 1)
            let scalar = try SG3072.Scalar(decoding: Array(proof[range])) + shift
            return Array(proof[..<range.lowerBound]) + scalar.encoded + Array(proof[range.upperBound...])
        }
        // From the end: z_E, z_B, z_C. In one proof and in two, without weights the product would be 1.
        var two = Array(proofs.prefix(3))
        two[0] = try shifted(two[0], 1, by: .one)
        two[2] = try shifted(two[2], 1, by: .zero - .one)
        #expect(refused(two) == [0, 2])
        var one = Array(proofs.prefix(3))
        one[1] = try shifted(shifted(one[1], 1, by: .one), 2, by: .zero - .one)
        #expect(refused(one) == [1])
    }
}
