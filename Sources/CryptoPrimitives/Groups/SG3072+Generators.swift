internal import Synchronization

extension SG3072 {
    /// H, for blindings.
    package static let blinding = generators[0]
    /// Q, for the coefficients of quadratic relations.
    package static let quadratic = generators[1]
    /// G/0 to G/15, for the fields of a record.
    package static let attributes = Array(generators[2..<2 + GeneratorLabel.attributeCount])
    /// K/0 to K/127, for bits and other variables that a statement needs beside the fields.
    package static let auxiliaries = Array(generators[(2 + GeneratorLabel.attributeCount)...])

    /// All of them. Nobody knows an exponent that relates two: they are hashes, raised to the cofactor.
    package static let generators = GroupResource.shipped.generators.map { Element(representative: $0) }

    /// Where an element stands among the generators, by its lowest limb, in which no two are alike.
    private static let places = Dictionary(uniqueKeysWithValues: generators.enumerated().map { ($1.limbs[0], $0) })

    static func generatorIndex(of element: Element) -> Int? {
        guard let place = places[element.limbs[0]], generators[place] == element else { return nil }
        return place
    }

    /// Tables of the generators, each made when it is first used and kept as long as the process lives.
    ///
    /// More teeth are fewer multiplications and larger tables. In the open, eight: 128 KiB (96 by GMP) and 0.2 ms (0.9) to make each; ten
    /// would be a sixth faster, three times as slow to make and 75 MiB for all. Of a secret exponent every entry is read for every column, so
    /// there five do best where multiplying is fast and seven where it is not.
    final class GeneratorTables: Sendable {
        static let variable = GeneratorTables(Comb(teeth: 8, bits: 256))
        static let constant = GeneratorTables(Comb(teeth: SG3072.field.kernel == .digits ? 5 : 7, bits: 256))

        private let comb: Comb
        private let tables = Mutex([CombTable?](repeating: nil, count: GeneratorLabel.all.count))

        private init(_ comb: Comb) {
            self.comb = comb
        }

        func table(_ index: Int) -> CombTable {
            if let table = tables.withLock({ $0[index] }) { return table }
            // Not under the lock: at worst two threads make the same table, and one of them is kept.
            let made = CombTable(base: SG3072.generators[index].limbs, modulus: SG3072.field, comb: comb)
            return tables.withLock { tables in
                if let first = tables[index] { return first }
                tables[index] = made
                return made
            }
        }

        static func tables(for timing: Timing) -> GeneratorTables {
            timing == .constant ? constant : variable
        }
    }
}
