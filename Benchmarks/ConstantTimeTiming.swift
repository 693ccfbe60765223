import CConstantTime
import CryptoPrimitives
import Glibc

/// What works on secrets in the group of proofs, each under Welch's test; and what does not, to see that the test sees.
enum ConstantTimeTiming {
    private typealias Scalar = SG3072.Scalar
    private typealias Secret = SG3072.SecretScalar
    private static let bases = [SG3072.blinding] + SG3072.attributes.prefix(7)
    private static let other = SG3072.blinding * SG3072.quadratic

    /// Prints each line when it is known, for all of them take minutes.
    static func report() {
        print("| what | measurements | median | t, all | largest t | difference |\n|---|---|---|---|---|---|")
        let tests = [
            reading(entries: 32), reading(entries: 128),
            arithmetic("secret scalar times secret scalar") { _ = $0 * $1 },
            arithmetic("secret scalar plus secret scalar") { _ = $0 + $1 },
            arithmetic("inverse of a secret scalar", count: 50_000) { first, _ in _ = first.inverse() },
            committing("commitment to 8 generators", .fastest), committing("the same by GMP", .gmp),
            test("power of another base, secret", 20_000) { scalars in
                let secret = Secret(scalars[0])
                return { _ = SG3072.commit(secret, to: other) }
            },
            choosing(),
            whole("proof of a 32-bit range", 4_000) { try DisclosureContests.proving($0 ? 0 : .random(in: 0...(.max))) },
            whole("proof of a consent, by the grant's place", 2_000) {
                try ConsentContests.proving(at: $0 ? 0 : .random(in: 0..<64))
            },
            test("for comparison: product in the open", 20_000) { scalars in
                let powers = zip(bases, scalars).map { SG3072.Power($0, $1) }
                return { _ = SG3072.product(powers) }
            },
        ]
        for test in tests {
            print(test.run())
            fflush(nil)
        }
        print(
            """

            Fixed secret against random ones. Largest of 31 statistics, each over another share of the fastest; above \
            \(WelchTest.threshold) there is a difference. The last line must show one.
            """)
    }

    /// A fixed class of small numbers, whose digits are mostly zero: what a leak would show first.
    private static func test(_ title: String, _ count: Int, _ prepare: @escaping ([Scalar]) -> () -> Void) -> WelchTest {
        WelchTest(title: title, count: count) { isFixed in
            // Random ones are drawn for both classes, so that the processor has done the same before.
            let random = bases.map { _ in Scalar(reducing: Random.bytes(48)) }
            let fixed = bases.map { _ in Scalar.one }
            return prepare(isFixed ? fixed : random)
        }
    }

    private static func arithmetic(
        _ title: String, count: Int = 200_000, _ operation: @escaping (borrowing Secret, borrowing Secret) -> Void
    ) -> WelchTest {
        test(title, count) { scalars in
            let pair = SG3072.SecretScalars(count: 2) { Secret(scalars[$0]) }
            let first = pair.scalar(at: 0)
            let second = pair.scalar(at: 1)
            return { for _ in 0..<10 { operation(first, second) } }
        }
    }

    /// Blinded at random in both classes, as commitments are: which of y and p - y is the smaller is found in variable time, for it is public.
    private static func committing(_ title: String, _ arithmetic: SG3072.Arithmetic) -> WelchTest {
        let fixedBases = SG3072.FixedBases(Array(bases), arithmetic: arithmetic)
        return test(title, 20_000) { scalars in
            let secrets = SG3072.SecretScalars(count: scalars.count) { $0 == 0 ? Secret.random() : Secret(scalars[$0]) }
            return { _ = fixedBases.commit(secrets) }
        }
    }

    /// A proof from its masks to its answers. That it cannot be prepared would be a defect.
    private static func whole(_ title: String, _ count: Int, _ prepare: @escaping (Bool) throws -> () -> Void) -> WelchTest {
        WelchTest(title: title, count: count) { isFixed in
            guard let work = try? prepare(isFixed) else { preconditionFailure("true statements have proofs") }
            return work
        }
    }

    private static func choosing() -> WelchTest {
        let bitBases = Array(SG3072.auxiliaries.prefix(32))
        return WelchTest(title: "product of 32 generators chosen by bits", count: 20_000) { isFixed in
            let random = UInt64.random(in: 0..<1 << 32)
            let bits = SG3072.SecretBits(isFixed ? 0 : random, upTo: 1 << 32 - 1)
            let blinding = SG3072.SecretScalars.random(count: 1)
            return { _ = SG3072.commit(blinding, to: [SG3072.blinding], bits: bits, of: bitBases) }
        }
    }

    private static func reading(entries: Int) -> WelchTest {
        let words = Int(CT_DIGIT_WORDS)
        let table = [UInt](repeating: 7, count: entries * words)
        return WelchTest(title: "one of \(entries) entries of a table", count: 200_000) { isFixed in
            let random = UInt.random(in: 0..<UInt(entries))
            let index = isFixed ? 0 : random
            return {
                var entry = InlineArray<64, UInt>(repeating: 0)
                var span = entry.mutableSpan
                unsafe table.withUnsafeBufferPointer { table in
                    unsafe span.withUnsafeMutableBufferPointer { entry in
                        for _ in 0..<10 { unsafe ct_scan(entry.baseAddress, table.baseAddress, entries, words, index) }
                    }
                }
            }
        }
    }
}
