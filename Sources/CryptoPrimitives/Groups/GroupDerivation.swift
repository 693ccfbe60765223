/// Where p, q, r and the generators come from: a tag, and nothing that anybody could have chosen.
///
/// 1. q is the first prime among q0, q0 + 2, ... where q0 is SHAKE256(tag || "/q", 32 bytes) with its highest and lowest bit set.
/// 2. p0 is SHAKE256(tag || "/p", 384 bytes) with its two highest bits set, r0 = floor(p0 / 2q) | 1. r is the first of r0, r0 + 2, ... for
///    which r and p = 2 q r + 1 are both prime.
/// 3. The generator of a label is u^(2r) mod p for u = SHAKE256(tag || "/gen/" || label, 400 bytes) mod p, or its negative if that is
///    smaller (FIPS 186-4, A.2.3, with an XOF). Labels are those of `GeneratorLabel`.
///
/// Bytes are big-endian numbers. Primes are tested by BPSW and 40 rounds of Miller and Rabin.
package struct GroupDerivation: Sendable {
    package let tag: String
    /// Which of the candidates for q and r were the first to be prime, counted from 0.
    package let orderStep: Int
    package let cofactorStep: Int
    let order: [Limb]
    let cofactor: [Limb]
    let modulus: [Limb]

    package enum DerivationError: Error, Equatable {
        /// A number at the steps that were named is not prime.
        case notPrime
    }

    static let (orderLimbs, cofactorLimbs, modulusLimbs) = (4, 44, 48)

    /// What the steps give, without asking whether earlier ones would have done.
    package init(tag: String, orderStep: Int, cofactorStep: Int) throws(DerivationError) {
        let order = Self.orderCandidate(tag, step: orderStep)
        let cofactor = Self.cofactorCandidate(tag, order: order, step: cofactorStep)
        let modulus = Self.modulus(order, cofactor)
        guard order.isPrime(rounds: Self.rounds), cofactor.isPrime(rounds: Self.rounds), modulus.isPrime(rounds: Self.rounds),
            let orderLimbs = order.limbs(Self.orderLimbs), let cofactorLimbs = cofactor.limbs(Self.cofactorLimbs),
            let modulusLimbs = modulus.limbs(Self.modulusLimbs)
        else { throw .notPrime }
        (self.tag, self.orderStep, self.cofactorStep) = (tag, orderStep, cofactorStep)
        (self.order, self.cofactor, self.modulus) = (orderLimbs, cofactorLimbs, modulusLimbs)
    }

    /// - Parameter progress: is told how many candidates for r were looked at, some thousand times.
    package static func search(tag: String, progress: (Int) -> Void = { _ in }) -> GroupDerivation {
        var orderStep = 0
        while !orderCandidate(tag, step: orderStep).isPrime(rounds: rounds) { orderStep += 1 }
        let order = orderCandidate(tag, step: orderStep)
        let first = cofactorCandidate(tag, order: order, step: 0)
        var search = CofactorSearch(order: order, first: first)
        while true {
            let step = search.next(progress)
            if let found = try? GroupDerivation(tag: tag, orderStep: orderStep, cofactorStep: step) { return found }
        }
    }

    package func generator(_ label: String) -> SG3072.Number {
        let uniform = SHAKE.hash(.bits256, Array("\(tag)/gen/\(label)".utf8), count: 400)
        let base = Modulus.remainder(of: [Limb](bigEndian: uniform), by: modulus)
        // 2 r has a bit more than r, and room for it.
        let exponent = zip(cofactor + [0], [0] + cofactor).map { $0 << 1 | $1 >> (Limb.bitWidth - 1) }
        let power = WholeNumber.power(base, exponent, modulo: modulus)
        let negative = modulus.subtracting(power)
        return SG3072.Number(limbs: power.isBelow(negative) ? power : negative)
    }

    package var numbers: (order: SG3072.Number, cofactor: SG3072.Number, modulus: SG3072.Number) {
        (.init(limbs: order), .init(limbs: cofactor), .init(limbs: modulus))
    }

    /// What `sg3072.bin` holds for this tag.
    package func resource() -> [UInt8] {
        GroupResource.encode(
            modulus: modulus, order: order, cofactor: cofactor, generators: GeneratorLabel.all.map { generator($0).limbs })
    }

    private static let rounds = 64

    private static func orderCandidate(_ tag: String, step: Int) -> WholeNumber {
        var number = WholeNumber([Limb](bigEndian: SHAKE.hash(.bits256, Array("\(tag)/q".utf8), count: 32)))
        number.setBit(255)
        number.setBit(0)
        number.add(2 * UInt(step))
        return number
    }

    private static func cofactorCandidate(_ tag: String, order: borrowing WholeNumber, step: Int) -> WholeNumber {
        var start = WholeNumber([Limb](bigEndian: SHAKE.hash(.bits256, Array("\(tag)/p".utf8), count: 384)))
        start.setBit(3071)
        start.setBit(3070)
        var number = start.quotient(by: order.times(2))
        number.setBit(0)
        number.add(2 * UInt(step))
        return number
    }

    static func modulus(_ order: borrowing WholeNumber, _ cofactor: borrowing WholeNumber) -> WholeNumber {
        var number = order.times(cofactor).times(2)
        number.add(1)
        return number
    }
}

extension SG3072 {
    /// A number of the group's making.
    package struct Number: Equatable, Sendable {
        let limbs: [UInt]

        /// Big-endian, of the length of its kind.
        package var bytes: [UInt8] { limbs.bigEndianBytes }
    }
}
