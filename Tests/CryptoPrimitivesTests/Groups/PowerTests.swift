@testable import CryptoPrimitives
import TestSupport
import Testing

@Suite struct PowerTests {
    private typealias Scalar = SG3072.Scalar

    @Test(arguments: GroupVectors.all.powers)
    func `a power is as gmpy2 says, whichever way it is made`(vector: GroupVectors.Power) throws {
        let (base, exponent, expected) = (element(vector.base), try scalar(vector.exponent), element(vector.power))
        #expect(SG3072.product([.init(base, exponent)]) == expected)
        #expect(SG3072.power(base, exponent.limbs) == expected)
        #expect(SG3072.commit(SG3072.SecretScalar(exponent), to: base) == expected)
        let (windowed, bucketed) = Self.withoutTables(base, exponent)
        #expect(windowed == expected && bucketed == expected)
    }

    /// In constant time without a comb, and by buckets.
    private static func withoutTables(_ base: SG3072.Element, _ exponent: Scalar) -> (SG3072.Element, SG3072.Element) {
        let work = Workspace(SG3072.field, residues: 2, timing: .constant)
        let secret = SG3072.SecretScalar(exponent)
        secret.withUnsafeLimbs { WindowTable.product(of: [base.limbs], $0, limbCount: 4, work) }
        let windowed = SG3072.Element(representative: work.number(0))
        PublicProduct([.init(base: base.limbs, exponent: exponent.limbs)]).evaluate(work, by: .buckets(digitBits: 5))
        return (windowed, SG3072.Element(representative: work.number(0)))
    }

    @Test(arguments: GroupVectors.all.products)
    func `a product of powers is as gmpy2 says, in the open and in secret`(vector: GroupVectors.Product) throws {
        let bases = vector.terms.map { element($0.base) }
        let exponents = try vector.terms.map { try scalar($0.exponent) }
        #expect(SG3072.product(zip(bases, exponents).map { .init($0, $1) }) == element(vector.product))
        #expect(SG3072.commit(secrets(exponents), to: bases) == element(vector.product))
    }

    @Test func `in the open and in secret are the same, generators or not, edges too`() {
        var generator = SeededGenerator(seed: 4)
        let bases = [SG3072.blinding, .random(&generator), SG3072.auxiliaries[3], .random(&generator), SG3072.attributes[2]]
        let edges = [Scalar.zero, .one, -Scalar.one, Scalar(2)]
        for round in 0..<6 {
            let exponents = bases.indices.map { round < 4 && $0 != 1 ? edges[(round + $0) % 4] : Scalar.random(&generator) }
            #expect(SG3072.commit(secrets(exponents), to: bases) == SG3072.product(zip(bases, exponents).map { .init($0, $1) }))
        }
    }

    @Test func `bits choose bases`() {
        var generator = SeededGenerator(seed: 5)
        let blinding = Scalar.random(&generator)
        let bases = Array(SG3072.auxiliaries.prefix(8))
        for number in [UInt64(0), 1, 0b1010_0110, 255] {
            let product = bases.indices.filter { number >> $0 & 1 == 1 }.reduce(SG3072.product([.init(SG3072.blinding, blinding)]))
            {
                $0 * bases[$1]
            }
            let bits = SG3072.SecretBits(number, upTo: 255)
            #expect(SG3072.commit(secrets([blinding]), to: [SG3072.blinding], bits: bits, of: bases) == product)
        }
    }

    @Test func `powers of powers, sums in exponents and negative exponents`() {
        var generator = SeededGenerator(seed: 6)
        let (a, b, base) = (Scalar.random(&generator), Scalar.random(&generator), SG3072.Element.random(&generator))
        func power(_ base: SG3072.Element, _ exponent: Scalar) -> SG3072.Element { SG3072.product([.init(base, exponent)]) }
        #expect(power(power(base, a), b) == power(base, a * b))
        #expect(power(base, a) * power(base, b) == power(base, a + b))
        #expect(power(base, -Scalar.one) == base.inverse && power(base, .zero).isIdentity)
        let negative = -SG3072.Exponent(a)
        for base in [base, SG3072.quadratic] { #expect(SG3072.product([.init(base, negative)]) == power(base, a).inverse) }
        #expect(SG3072.product([]).isIdentity && SG3072.commit(secrets([]), to: []).isIdentity)
    }

    @Test func `a base that comes twice counts twice`() {
        var generator = SeededGenerator(seed: 7)
        let (a, b, other) = (Scalar.random(&generator), Scalar.random(&generator), SG3072.Element.random(&generator))
        for base in [other, SG3072.blinding] {
            let expected = SG3072.product([.init(base, a + b)])
            #expect(SG3072.product([.init(base, a), .init(base, b)]) == expected)
            #expect(SG3072.commit(secrets([a, b]), to: [base, base]) == expected)
        }
    }

    @Test func `an exponent is a whole number where the order of the base is not known`() {
        let outside = element(GroupVectors.all.outside[0])
        let q = SG3072.Exponent(UInt128.max, times: UInt128.max)
        let expected = SG3072.power(outside, [1, 0, UInt.max - 1, UInt.max])
        #expect(SG3072.product([.init(outside, q)]) == expected)
        #expect(SG3072.product([.init(outside, -q)]) == expected.inverse)
        let modulus = [UInt](bigEndian: GroupVectors.all.order.bytes)
        #expect(SG3072.power(outside, modulus) != .identity)
    }

    @Test func `many bases, by windows and by buckets`() {
        var generator = SeededGenerator(seed: 8)
        let base = SG3072.Element.random(&generator)
        var (factors, sum) = ([PublicProduct.Factor](), Scalar.zero)
        var power = base
        for index in 0..<20 {
            let exponent = index % 3 == 0 ? Scalar(generator.next()) : Scalar.random(&generator)
            factors.append(.init(base: power.limbs, exponent: exponent.limbs))
            sum += exponent * Scalar(1 << UInt64(index))
            power = power * power
        }
        let expected = SG3072.product([.init(base, sum)])
        let work = Workspace(SG3072.field, residues: 1, timing: .variable)
        PublicProduct(factors).evaluate(work, by: .windows)
        #expect(SG3072.Element(representative: work.number(0)) == expected)
        for bits in [2, 5, 8] {
            PublicProduct(factors).evaluate(work, by: .buckets(digitBits: bits))
            #expect(SG3072.Element(representative: work.number(0)) == expected)
        }
    }

    @Test func `tables are made once, whoever asks first`() async {
        let bases = Array(SG3072.auxiliaries[100..<108])
        let products = await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { SG3072.product(bases.map { .init($0, Scalar(3)) }) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(products).count == 1)
    }
}
