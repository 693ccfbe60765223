internal import CConstantTime

/// Powers of one base at the places of a comb's teeth (Lim and Lee, 1994): entry u is the product of base^(2^(spacing j)) over the bits j
/// of u. An exponent of `bits` bits is then read in `spacing` columns of one bit for each tooth, and squarings are shared by all bases.
///
/// `@unchecked`, for the memory is written by `init` alone.
@safe
final class CombTable: @unchecked Sendable {
    let comb: Comb
    let modulus: Modulus
    let entries: Limbs

    /// - Parameter base: below the modulus.
    init(base: [Limb], modulus: Modulus, comb: Comb) {
        (self.comb, self.modulus) = (comb, modulus)
        let width = modulus.width
        unsafe entries = Workspace.heap(comb.entryCount * width)
        let work = Workspace(modulus, residues: 1, timing: .variable)
        work.load(0, base)
        unsafe work.copy(entries, modulus.one)
        for tooth in 0..<comb.teeth {
            unsafe work.copy(entries + (width << tooth), work.residue(0))
            if tooth + 1 == comb.teeth { break }
            for _ in 0..<comb.spacing { unsafe work.square(work.residue(0), work.residue(0)) }
        }
        for index in 1..<comb.entryCount {
            let rest = index & (index - 1)
            if rest == 0 { continue }
            unsafe work.multiply(entries + width * index, entries + width * rest, entries + width * (index ^ rest))
        }
    }

    deinit { unsafe entries.deallocate() }

    var sizeInBytes: Int { comb.entryCount * modulus.width * MemoryLayout<Limb>.stride }
}

/// How exponents are cut for tables.
struct Comb: Hashable, Sendable {
    let teeth: Int
    /// Of the exponents.
    let bits: Int

    var entryCount: Int { 1 << teeth }
    /// Columns, and squarings.
    var spacing: Int { (bits + teeth - 1) / teeth }
    var limbCount: Int { (bits + Limb.bitWidth - 1) / Limb.bitWidth }
}

extension Comb {
    /// The product of the tables' bases raised to `exponents`, of `limbCount` limbs each, one after another. All tables are of one comb.
    /// The result is in residue 0 of `work`, which has two.
    ///
    /// In constant time every table is read as a whole for every column, and what was read is multiplied in, be it 1.
    static func product(_ tables: [CombTable], _ exponents: ConstantLimbs, _ work: borrowing Workspace) {
        unsafe work.copy(work.residue(0), work.modulus.one)
        guard let comb = tables.first?.comb else { return }
        precondition(tables.allSatisfy { $0.comb == comb && $0.modulus === work.modulus }, "tables of one comb")
        for column in (0..<comb.spacing).reversed() {
            if column + 1 < comb.spacing { unsafe work.square(work.residue(0), work.residue(0)) }
            for index in tables.indices {
                let digit = unsafe ct_comb_digit(
                    exponents + index * comb.limbCount, comb.limbCount, column, comb.spacing, comb.teeth)
                unsafe work.multiplyFirst(by: tables[index].entries, of: comb.entryCount, at: digit)
            }
        }
    }
}

extension Workspace {
    /// Residue 0 times entry `index` of a table. Residue 1 is where the entry is read to if nobody may see which.
    borrowing func multiplyFirst(by table: Limbs, of count: Int, at index: Limb) {
        switch timing {
        case .variable:
            if index != 0 { unsafe multiply(residue(0), residue(0), table + Int(index) * modulus.width) }
        case .constant:
            unsafe ct_scan(residue(1), table, count, modulus.width, index)
            unsafe multiply(residue(0), residue(0), residue(1))
        }
    }
}
