internal import CConstantTime

/// Powers base^0 to base^15, for a base that is raised once and therefore has no comb. The base is public, its exponent is not.
@safe
struct WindowTable: ~Copyable {
    static let bits = 4
    static let entryCount = 1 << bits

    let entries: Limbs

    init(base: [Limb], modulus: Modulus) {
        let width = modulus.width
        unsafe entries = Workspace.heap(Self.entryCount * width)
        let work = Workspace(modulus, residues: 1, timing: .variable)
        work.load(0, base)
        unsafe work.copy(entries, modulus.one)
        for power in 1..<Self.entryCount {
            unsafe work.multiply(entries + power * width, entries + (power - 1) * width, work.residue(0))
        }
    }

    deinit { unsafe entries.deallocate() }

    /// The product of `bases` raised to `exponents`, of `limbCount` limbs each, one after another. In residue 0 of `work`, which has two.
    ///
    /// Every window of an exponent is looked up and multiplied in, also where it is 0, up to its full length.
    static func product(of bases: [[Limb]], _ exponents: ConstantLimbs, limbCount: Int, _ work: borrowing Workspace) {
        // An array holds no noncopyable values.
        let tables = bases.map { Shared(WindowTable(base: $0, modulus: work.modulus)) }
        unsafe work.copy(work.residue(0), work.modulus.one)
        let windows = limbCount * Limb.bitWidth / bits
        for window in (0..<windows).reversed() {
            if window + 1 < windows { for _ in 0..<bits { unsafe work.square(work.residue(0), work.residue(0)) } }
            for index in tables.indices {
                let digit = unsafe ct_comb_digit(exponents + index * limbCount, limbCount, window * bits, 1, bits)
                unsafe work.multiplyFirst(by: tables[index].table.entries, of: entryCount, at: digit)
            }
        }
    }

    private final class Shared {
        let table: WindowTable

        init(_ table: consuming WindowTable) {
            self.table = table
        }
    }
}
