internal import CConstantTime

extension SG3072 {
    /// The product of bases raised to secrets, in time that depends on their numbers alone, and on which bases are generators.
    ///
    /// The result is public. So one of the exponents is a blinding or a mask, uniform and of this product alone; that is for the caller to
    /// see to, for all that hides the others is it. Bases are public, and may be any elements; generators share their squarings through
    /// tables, the others theirs.
    package static func commit(_ exponents: borrowing SecretScalars, to bases: [Element]) -> Element {
        let none = SecretBits(0, upTo: 0)
        return commit(exponents, to: bases, bits: none, of: [])
    }

    /// The same, times the product of `bitBases` whose bit is set: all are multiplied in, as they are or as 1.
    package static func commit(
        _ exponents: borrowing SecretScalars, to bases: [Element], bits: borrowing SecretBits, of bitBases: [Element]
    ) -> Element {
        precondition(exponents.count == bases.count && bits.count == bitBases.count, "a base for each secret")
        let work = Workspace(field, residues: 3, timing: .constant)
        unsafe work.copy(work.residue(2), work.modulus.one)
        unsafe bits.withUnsafeLimbs { unsafe multiply(work, byBits: $0, of: bitBases) }
        unsafe exponents.withUnsafeLimbs { unsafe multiply(work, by: bases, raisedTo: $0) }
        return Element(representative: work.number(2))
    }

    package static func commit(_ exponent: borrowing SecretScalar, to base: Element) -> Element {
        let one = SecretScalars(count: 1) { _ in exponent.duplicate() }
        return commit(one, to: [base])
    }

    /// Residue 2 times the product.
    private static func multiply(_ work: borrowing Workspace, by bases: [Element], raisedTo exponents: ConstantLimbs) {
        let places = bases.map { generatorIndex(of: $0) }
        let fixed = places.indices.filter { places[$0] != nil }
        if !fixed.isEmpty {
            let tables = fixed.compactMap { places[$0] }.map { GeneratorTables.constant.table($0) }
            let gathered = unsafe gather(exponents, fixed)
            unsafe gathered.withUnsafeLimbs { unsafe Comb.product(tables, $0, work) }
            unsafe work.multiply(work.residue(2), work.residue(2), work.residue(0))
        }
        let others = places.indices.filter { places[$0] == nil }
        if !others.isEmpty {
            let gathered = unsafe gather(exponents, others)
            unsafe gathered.withUnsafeLimbs {
                unsafe WindowTable.product(of: others.map { bases[$0].limbs }, $0, limbCount: 4, work)
            }
            unsafe work.multiply(work.residue(2), work.residue(2), work.residue(0))
        }
    }

    private static func gather(_ exponents: ConstantLimbs, _ indices: [Int]) -> SecretScalars {
        unsafe SecretScalars(count: indices.count) { gathered in
            for (place, index) in indices.enumerated() {
                unsafe (gathered + 4 * place).update(from: exponents + 4 * index, count: 4)
            }
        }
    }

    /// Residue 2 times the product.
    private static func multiply(_ work: borrowing Workspace, byBits bits: ConstantLimbs, of bases: [Element]) {
        let base = Workspace(field, residues: 1, timing: .variable)
        for index in bases.indices {
            base.load(0, bases[index].limbs)
            unsafe ct_select(work.residue(0), field.one, base.residue(0), field.width, bits[index])
            unsafe work.multiply(work.residue(2), work.residue(2), work.residue(0))
        }
    }
}
