extension SG3072 {
    /// A whole number that an element is raised to, as it is and not modulo q: an element that is not known to lie in the subgroup is
    /// raised to what the equation says.
    package struct Exponent: Sendable {
        /// Of the magnitude.
        let limbs: [Limb]
        let isNegative: Bool

        private init(limbs: [Limb], isNegative: Bool) {
            (self.limbs, self.isNegative) = (limbs, isNegative)
        }

        package init(_ scalar: Scalar) {
            self.init(limbs: scalar.limbs, isNegative: false)
        }

        package init(_ number: UInt128) {
            self.init(limbs: [Limb(truncatingIfNeeded: number), Limb(truncatingIfNeeded: number >> 64)], isNegative: false)
        }

        /// The product of two numbers, for a challenge under a weight.
        package init(_ number: UInt128, times factor: UInt128) {
            let (high, low) = number.multipliedFullWidth(by: factor)
            let limbs = [low, UInt128(low >> 64), high, high >> 64].map { Limb(truncatingIfNeeded: $0) }
            self.init(limbs: limbs, isNegative: false)
        }

        package static prefix func - (exponent: Exponent) -> Exponent {
            Exponent(limbs: exponent.limbs, isNegative: !exponent.isNegative)
        }

        /// Modulo q, for a generator, whose order that is.
        fileprivate var scalar: Scalar {
            let magnitude = Scalar(reduced: Modulus.remainder(of: limbs + [0, 0, 0, 0], by: SG3072.order))
            return isNegative ? -magnitude : magnitude
        }
    }

    /// A factor of a product: an element and what it is raised to.
    package struct Power: Sendable {
        package let base: Element
        package let exponent: Exponent

        package init(_ base: Element, _ exponent: Exponent) {
            (self.base, self.exponent) = (base, exponent)
        }

        package init(_ base: Element, _ exponent: Scalar) {
            self.init(base, Exponent(exponent))
        }
    }

    /// The product of all, in variable time: for verifiers, and whoever else has nothing to hide.
    ///
    /// Generators go through their tables, and the exponents of one that comes more than once are added first; all other bases share
    /// their squarings, and those with negative exponents one inversion.
    package static func product(_ powers: [Power]) -> Element {
        var fixed: [Int: Scalar] = [:]
        var others: [Power] = []
        for power in powers {
            if let index = generatorIndex(of: power.base) {
                fixed[index, default: .zero] += power.exponent.scalar
            } else {
                others.append(power)
            }
        }
        let work = Workspace(field, residues: 2, timing: .variable)
        evaluate(others, work)
        unsafe work.copy(work.residue(1), work.residue(0))
        evaluate(fixed, work)
        unsafe work.multiply(work.residue(0), work.residue(0), work.residue(1))
        return Element(representative: work.number(0))
    }

    private static func evaluate(_ fixed: [Int: Scalar], _ work: borrowing Workspace) {
        let indices = fixed.keys.sorted()
        let exponents = indices.flatMap { fixed[$0, default: .zero].limbs }
        let tables = indices.map { GeneratorTables.variable.table($0) }
        unsafe exponents.withUnsafeBufferPointer { exponents in
            guard let first = exponents.baseAddress else { return unsafe work.copy(work.residue(0), work.modulus.one) }
            unsafe Comb.product(tables, first, work)
        }
    }

    private static func evaluate(_ powers: [Power], _ work: borrowing Workspace) {
        let (negative, positive) = (powers.filter(\.exponent.isNegative), powers.filter { !$0.exponent.isNegative })
        let inverses = Element.inverses(of: negative.map(\.base))
        let factors =
            positive.map { PublicProduct.Factor(base: $0.base.limbs, exponent: $0.exponent.limbs) }
            + zip(inverses, negative).map { PublicProduct.Factor(base: $0.limbs, exponent: $1.exponent.limbs) }
        PublicProduct(factors).evaluate(work)
    }

    static func power(_ base: Element, _ exponent: [Limb]) -> Element {
        let work = Workspace(field, residues: 1, timing: .variable)
        PublicProduct([.init(base: base.limbs, exponent: exponent)]).evaluate(work)
        return Element(representative: work.number(0))
    }
}
