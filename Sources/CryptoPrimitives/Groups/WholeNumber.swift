internal import CGMP

/// GMP's numbers of any size, for what is public: searching primes, inverting, raising to long exponents.
@safe
struct WholeNumber: ~Copyable {
    fileprivate let pointer: UnsafeMutablePointer<__mpz_struct>

    init(_ limbs: [Limb] = []) {
        unsafe pointer = .allocate(capacity: 1)
        unsafe pointer.initialize(to: __mpz_struct())
        unsafe cgmp_init(pointer)
        if !limbs.isEmpty { unsafe cgmp_set_limbs(pointer, limbs, limbs.count) }
    }

    deinit {
        unsafe cgmp_clear(pointer)
        unsafe pointer.deallocate()
    }

    /// The number in exactly `count` limbs, or `nil` if it needs more.
    borrowing func limbs(_ count: Int) -> [Limb]? {
        var limbs = [Limb](repeating: 0, count: count)
        return unsafe cgmp_get_limbs(&limbs, count, pointer) == 1 ? limbs : nil
    }

    /// `nil` if there is none.
    static func inverse(of number: [Limb], modulo modulus: [Limb]) -> [Limb]? {
        let result = WholeNumber()
        let number = WholeNumber(number)
        let divisor = WholeNumber(modulus)
        guard unsafe cgmp_invert(result.pointer, number.pointer, divisor.pointer) != 0 else { return nil }
        return result.limbs(modulus.count)
    }

    static func power(_ base: [Limb], _ exponent: [Limb], modulo modulus: [Limb]) -> [Limb] {
        let result = WholeNumber()
        let base = WholeNumber(base)
        let exponent = WholeNumber(exponent)
        let divisor = WholeNumber(modulus)
        unsafe cgmp_powm(result.pointer, base.pointer, exponent.pointer, divisor.pointer)
        guard let limbs = result.limbs(modulus.count) else { preconditionFailure("a power is below the modulus") }
        return limbs
    }

    /// BPSW, then Miller and Rabin's test with random bases until there are `rounds` in all, of which GMP counts BPSW as 24.
    borrowing func isPrime(rounds: Int) -> Bool {
        unsafe cgmp_probab_prime_p(pointer, CInt(rounds)) > 0
    }
}

extension WholeNumber {
    borrowing func remainder(by divisor: UInt) -> UInt { unsafe cgmp_mod_ui(pointer, divisor) }

    mutating func add(_ number: UInt) { unsafe cgmp_add_ui(pointer, pointer, number) }

    borrowing func plus(_ number: UInt) -> WholeNumber {
        let result = WholeNumber()
        unsafe cgmp_add_ui(result.pointer, pointer, number)
        return result
    }

    /// Whether 2^(n - 1) = 1 modulo this n, which is true of odd primes and of next to nothing else.
    borrowing func passesFermat() -> Bool {
        let result = WholeNumber()
        let two = WholeNumber([2])
        let exponent = WholeNumber()
        unsafe cgmp_sub_ui(exponent.pointer, pointer, 1)
        unsafe cgmp_powm(result.pointer, two.pointer, exponent.pointer, pointer)
        return unsafe cgmp_cmp_ui(result.pointer, 1) == 0
    }

    mutating func setBit(_ bit: UInt) { unsafe cgmp_setbit(pointer, bit) }

    borrowing func times(_ other: borrowing WholeNumber) -> WholeNumber {
        let result = WholeNumber()
        unsafe cgmp_mul(result.pointer, pointer, other.pointer)
        return result
    }

    borrowing func times(_ factor: UInt) -> WholeNumber {
        let result = WholeNumber()
        unsafe cgmp_mul_ui(result.pointer, pointer, factor)
        return result
    }

    borrowing func quotient(by divisor: borrowing WholeNumber) -> WholeNumber {
        let result = WholeNumber()
        unsafe cgmp_tdiv_q(result.pointer, pointer, divisor.pointer)
        return result
    }
}
