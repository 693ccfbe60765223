import CGMP
import CryptoPrimitives

/// The arithmetic that proofs are made of, against GMP: its own exponentiation where it has one for the purpose, else our code with GMP's
/// multiplication.
enum GroupContests {
    private typealias Scalar = SG3072.Scalar

    static func all() -> [Contest] {
        [power(), secretPower(), oneBase(), secretOneBase(), masks(), choosing(), verification(), batch()]
    }

    private static func scalars(_ count: Int) -> [Scalar] { (0..<count).map { _ in Scalar(reducing: Random.bytes(48)) } }

    private static func contest(
        _ title: String, _ peer: String, _ count: Int, ours: @escaping () -> Void, theirs: @escaping () -> Void
    ) -> Contest {
        Contest(
            title: title, peer: peer, ours: { ThreadClock.measure(count, ours) }, theirs: { ThreadClock.measure(count, theirs) })
    }

    private static func power() -> Contest {
        let (base, exponent, peer) = (SG3072.blinding * SG3072.quadratic, scalars(1)[0], Exponentiation())
        return contest("256-bit power mod a 3072-bit prime", "mpz_powm", 20) {
            _ = SG3072.product([.init(base, exponent)])
        } theirs: {
            peer.power()
        }
    }

    private static func secretPower() -> Contest {
        let (base, peer) = (SG3072.blinding * SG3072.quadratic, Exponentiation())
        let holder = Secrets(1)
        return contest("the same of a secret exponent", "mpz_powm_sec", 20) {
            _ = SG3072.commit(holder.scalars, to: [base])
        } theirs: {
            peer.secretPower()
        }
    }

    private static func oneBase() -> Contest {
        let (exponent, peer) = (scalars(1)[0], Exponentiation())
        return contest("power of one generator", "mpz_powm", 20) {
            _ = SG3072.product([.init(SG3072.blinding, exponent)])
        } theirs: {
            peer.power()
        }
    }

    private static func secretOneBase() -> Contest {
        let (holder, peer) = (Secrets(1), Exponentiation())
        return contest("power of one generator, secret", "mpz_powm_sec", 20) {
            _ = SG3072.commit(holder.scalars, to: [SG3072.blinding])
        } theirs: {
            peer.secretPower()
        }
    }

    /// What a proof over 32 bits and ten fields costs most of: T_B over H and 32 K, T_C over H and 11 G.
    private static func masks() -> Contest {
        let bits = [SG3072.blinding] + SG3072.auxiliaries.prefix(32)
        let fields = [SG3072.blinding] + SG3072.attributes.prefix(11)
        let (bitSecrets, fieldSecrets) = (Secrets(bits.count), Secrets(fields.count))
        let gmp = [bits, fields].map { SG3072.FixedBases(Array($0), arithmetic: .gmp) }
        return contest("products of 33 and of 12 generators, secret", "the same by GMP's mpn_sec_mul", 3) {
            _ = SG3072.commit(bitSecrets.scalars, to: Array(bits))
            _ = SG3072.commit(fieldSecrets.scalars, to: Array(fields))
        } theirs: {
            _ = gmp[0].commit(bitSecrets.scalars)
            _ = gmp[1].commit(fieldSecrets.scalars)
        }
    }

    private static func choosing() -> Contest {
        let bases = Array(SG3072.auxiliaries.prefix(32))
        let (blinding, peer) = (Secrets(1), Exponentiation())
        return contest("32 generators chosen by secret bits, blinded", "one mpz_powm_sec", 20) {
            let bits = SG3072.SecretBits(0xdead_beef, upTo: 1 << 32 - 1)
            _ = SG3072.commit(blinding.scalars, to: [SG3072.blinding], bits: bits, of: bases)
        } theirs: {
            peer.secretPower()
        }
    }

    /// What a verifier recomputes T_B, T_C and T_E by: 47 generators, and three elements with 128-bit exponents.
    private static func verification() -> Contest {
        let bases = [SG3072.blinding, SG3072.quadratic] + SG3072.attributes.prefix(11) + SG3072.auxiliaries.prefix(34)
        let powers = zip(bases, scalars(bases.count)).map { SG3072.Power($0, $1) }
        let others = (0..<3).map { SG3072.attributes[$0] * SG3072.quadratic }
        let challenge = -SG3072.Exponent(UInt128.random(in: 0...UInt128.max))
        let gmp = SG3072.FixedBases(Array(bases), arithmetic: .gmp)
        let exponents = scalars(bases.count)
        return contest("product of 47 generators and 3 elements^-x, in the open", "47 generators by GMP's mpn_mul_n", 3) {
            _ = SG3072.product(powers + others.map { .init($0, challenge) })
        } theirs: {
            _ = gmp.product(exponents)
        }
    }

    private static func batch() -> Contest {
        let elements = (0..<256).map { SG3072.product([.init(SG3072.blinding, Scalar(UInt64($0) + 1))]) }
        let powers = elements.map { SG3072.Power($0, SG3072.Exponent(UInt128.random(in: 0...UInt128.max))) }
        let peer = Exponentiation(bits: 128)
        return contest("product of 256 elements with 128-bit exponents, in the open", "256 mpz_powm", 1) {
            _ = SG3072.product(powers)
        } theirs: {
            for _ in 0..<256 { peer.power() }
        }
    }

    /// A closure holds no noncopyable value.
    private final class Secrets {
        let scalars: SG3072.SecretScalars

        init(_ count: Int) {
            scalars = SG3072.SecretScalars.random(count: count)
        }
    }
}

/// GMP's own, with a base, an exponent and a modulus of the sizes in question.
@safe
private final class Exponentiation {
    private let numbers = UnsafeMutablePointer<__mpz_struct>.allocate(capacity: 4)

    init(bits: Int = 256) {
        for index in 0..<4 { unsafe cgmp_init(numbers + index) }
        for (index, size) in [(1, 48), (2, bits / 64), (3, 48)] {
            var limbs = (0..<size).map { _ in UInt.random(in: 0...UInt.max) }
            if index == 3 { limbs[0] |= 1 }
            limbs[size - 1] |= 1 << 63
            if index == 1 { limbs[size - 1] >>= 1 }
            unsafe cgmp_set_limbs(numbers + index, limbs, size)
        }
    }

    deinit {
        for index in 0..<4 { unsafe cgmp_clear(numbers + index) }
        unsafe numbers.deallocate()
    }

    func power() { unsafe cgmp_powm(numbers, numbers + 1, numbers + 2, numbers + 3) }

    func secretPower() { unsafe cgmp_powm_sec(numbers, numbers + 1, numbers + 2, numbers + 3) }
}
