internal import CryptoPrimitives

/// Batchable proofs of statements, checked in one product.
///
/// Each equation gets a weight of 128 bits from a sponge that has absorbed every statement and every byte of every proof, so that nobody
/// can balance one false equation with another.
package struct BatchVerifier {
    private static let tag = Array("CORDON-V01-PRESENTATION-BATCH-with-\(SG3072.suite)".utf8)
    private static let weightSize = 16

    private struct Member {
        let proof: [UInt8]
        let statement: Statement
    }

    private var members: [Member] = []
    private var transcript = Transcript(sessionID: Transcript.sessionID(tag: tag))

    package init() {}

    package mutating func add(_ proof: [UInt8], of statement: Statement) {
        var writer = CanonicalWriter()
        writer.string(statement.canonicalBytes, length: UInt32.self)
        writer.string(proof, length: UInt32.self)
        transcript.absorb(writer.bytes)
        members.append(Member(proof: proof, statement: statement))
    }

    /// The places of those that do not verify, found one by one if the product over all is not 1.
    package func refused() -> [Int] {
        guard !isValid else { return [] }
        return members.indices.filter { index in
            (try? RecordProof.verify(members[index].proof, of: members[index].statement, form: .batchable)) == nil
        }
    }

    private var isValid: Bool {
        var transcript = transcript
        var generators = GeneratorExponents()
        var powers: [SG3072.Power] = []
        for member in members {
            guard let proof = try? RecordProof(member.proof, .batchable, of: member.statement) else { return false }
            let (equations, x) = proof.batchEquations(member.statement)
            for (equation, mask) in equations {
                let weight = transcript.squeeze(Self.weightSize).reversed().reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
                // Turned about, so that only what has order q has negative exponents: those are reduced anyway.
                let negative = .zero - SG3072.Scalar(wide: weight)
                generators.add(equation.generators, times: negative)
                powers += equation.others.map { SG3072.Power($0.element, $0.exponent * negative) }
                powers.append(SG3072.Power(mask, SG3072.Exponent(weight)))
                powers += equation.committed.enumerated().map { index, element in
                    SG3072.Power(element, RecordEquation.power(of: x, index + 1, times: weight))
                }
            }
        }
        return SG3072.product(generators.powers + powers).isIdentity
    }
}
