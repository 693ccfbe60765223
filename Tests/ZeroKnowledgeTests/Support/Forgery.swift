@testable import CryptoPrimitives
@testable import ZeroKnowledge

/// What a forger works with.
enum Forgery {
    /// p and q, big-endian.
    static let modulus = SG3072.field.limbs.bigEndianBytes
    static let order = SG3072.order.bigEndianBytes

    static let half: SG3072.Scalar = SG3072.Scalar(2).inverse ?? .zero

    /// y^q, for a y that was not chosen for anything: of order r, but for a chance of 1/r.
    static let elementOfOrderR: SG3072.Element = {
        guard let y = try? SG3072.Element(decoding: [0] + [UInt8](repeating: 0x5a, count: 383)) else { return .identity }
        let power = SG3072.product([SG3072.Power(y, SG3072.Scalar.zero - .one), SG3072.Power(y, SG3072.Scalar.one)])
        precondition(!power.isMember && !power.isIdentity, "not in the subgroup")
        return power
    }()

    /// Big-endian.
    static func subtract(_ bytes: [UInt8], _ other: [UInt8]) -> [UInt8] {
        var (result, borrow) = (bytes, 0)
        for index in bytes.indices.reversed() {
            let difference = Int(bytes[index]) - Int(other[index]) - borrow
            result[index] = UInt8(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
        return result
    }

    static func subtract(_ bytes: [UInt8], _ other: UInt8) -> [UInt8] {
        subtract(bytes, [UInt8](repeating: 0, count: bytes.count - 1) + [other])
    }

    /// Where elements stand in a proof.
    static func elementPlaces(_ form: RecordProof.Form, of statement: Statement) -> [Int] {
        let grant = statement.covering == nil ? 0 : 1
        let sent = statement.plan.degree + grant
        let count = form == .compact ? sent : sent + statement.committed.count + 2 + grant
        return (0..<count).map { 384 * $0 }
    }

    static func firstScalar(_ form: RecordProof.Form, of statement: Statement) -> Int {
        elementPlaces(form, of: statement).count * 384 + (form == .compact ? 16 : 0)
    }

    /// The real prover over auxiliary values that the cheat chose.
    static func proof(_ example: Example, _ form: RecordProof.Form, auxiliary: [SG3072.Scalar], seed: UInt8 = 0) throws -> [UInt8] {
        let witness = example.witness
        let randomness = [UInt8](repeating: seed, count: 32)
        let masks = SG3072.MaskSource(
            secret: witness.bytes(), randomness: SecretBytes(copying: randomness.span),
            statement: form.tag + example.statement.canonicalBytes)
        let prover = try RecordProver(example.statement, witness, masks: masks)
        return prover.proof(form, AuxiliaryValues(auxiliary.map { SecretNumber($0) })).bytes
    }
}
