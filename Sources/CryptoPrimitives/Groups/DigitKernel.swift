internal import CConstantTime

/// Whether multiplication by digits of 52 bits can be used here: the processor has it, and it does what GMP does. Some 0.2 ms, once in a
/// process that makes or checks proofs.
enum DigitKernel {
    static let limbCount = 48
    static let width = Int(CT_DIGIT_WORDS)
    /// R is 2 to the power of this.
    static let bits = 52 * Int(CT_DIGIT_COUNT)
    static let mask: Limb = 1 << 52 - 1

    static let isRight = ct_has_digits() != 0 && agreesWithGMP()

    /// On random moduli, and on numbers at which carries run.
    private static func agreesWithGMP() -> Bool {
        (0..<4).allSatisfy { round in
            var limbs = round == 0 ? [Limb](repeating: .max, count: limbCount) : random()
            limbs[0] |= 1
            limbs[limbCount - 1] |= 1 << (Limb.bitWidth - 1)
            guard let digits = Modulus(limbs, kernel: .digits), let plain = Modulus(limbs, kernel: .limbs) else { return false }
            return operands(below: limbs).allSatisfy { a, b in product(a, b, digits) == product(a, b, plain) }
        }
    }

    private static func operands(below limbs: [Limb]) -> [([Limb], [Limb])] {
        let one = [1] + [Limb](repeating: 0, count: limbCount - 1)
        let (last, zero) = (limbs.subtracting(one), [Limb](repeating: 0, count: limbCount))
        // Below the modulus, whose highest bit is set.
        let mixed = (0..<8).map { _ in (random().halved, random().halved) }
        return [(last, last), (last, one), (one, one), (zero, last), (last.halved, last)] + mixed
    }

    /// (a^2 b)^2 a, so that what one multiplication leaves is what the next begins with.
    private static func product(_ a: [Limb], _ b: [Limb], _ modulus: Modulus) -> [Limb] {
        let work = Workspace(modulus, residues: 3, timing: .constant)
        work.load(0, a)
        work.load(1, b)
        unsafe work.square(work.residue(2), work.residue(0))
        unsafe work.multiply(work.residue(2), work.residue(2), work.residue(1))
        unsafe work.square(work.residue(2), work.residue(2))
        unsafe work.multiply(work.residue(2), work.residue(0), work.residue(2))
        return work.number(2)
    }

    private static func random() -> [Limb] { [Limb](bigEndian: Random.bytes(limbCount * MemoryLayout<Limb>.size)) }
}

extension [UInt] {
    /// Half of it, rounded down.
    fileprivate var halved: [UInt] {
        indices.map { index in self[index] >> 1 | (index + 1 < count ? self[index + 1] << (UInt.bitWidth - 1) : 0) }
    }
}
