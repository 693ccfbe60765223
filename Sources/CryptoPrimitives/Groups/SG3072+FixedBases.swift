extension SG3072 {
    /// Who multiplies modulo p.
    package enum Arithmetic: Sendable {
        /// GMP's `mpn` functions.
        case gmp
        /// What this process uses: digits of 52 bits where the processor has instructions for them, else GMP.
        case fastest
    }

    /// Bases with tables of their own, by either arithmetic: for benchmarks and timing tests, which compare the two. Whoever makes or checks
    /// proofs uses `commit` and `product`.
    package final class FixedBases: Sendable {
        private let modulus: Modulus
        private let constant: [CombTable]
        private let variable: [CombTable]

        package init(_ bases: [Element], arithmetic: Arithmetic) {
            guard let modulus = Modulus(SG3072.field.limbs, kernel: arithmetic == .gmp ? .limbs : nil) else {
                preconditionFailure("p is odd")
            }
            self.modulus = modulus
            let combs = (Comb(teeth: modulus.kernel == .digits ? 5 : 7, bits: 256), Comb(teeth: 8, bits: 256))
            constant = bases.map { CombTable(base: $0.limbs, modulus: modulus, comb: combs.0) }
            variable = bases.map { CombTable(base: $0.limbs, modulus: modulus, comb: combs.1) }
        }

        /// As `SG3072.commit`.
        package func commit(_ exponents: borrowing SecretScalars) -> Element {
            precondition(exponents.count == constant.count, "an exponent for each base")
            let work = Workspace(modulus, residues: 2, timing: .constant)
            unsafe exponents.withUnsafeLimbs { unsafe Comb.product(constant, $0, work) }
            return Element(representative: work.number(0))
        }

        /// As `SG3072.product`.
        package func product(_ exponents: [Scalar]) -> Element {
            precondition(exponents.count == variable.count, "an exponent for each base")
            let work = Workspace(modulus, residues: 2, timing: .variable)
            let limbs = exponents.flatMap(\.limbs)
            unsafe limbs.withUnsafeBufferPointer { limbs in
                if let first = limbs.baseAddress { unsafe Comb.product(variable, first, work) }
            }
            return Element(representative: work.number(0))
        }
    }
}
