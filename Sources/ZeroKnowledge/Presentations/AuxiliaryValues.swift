internal import CryptoPrimitives

/// How a prover finds auxiliary values.
enum AuxiliaryWitness: Sendable {
    /// Bits of the form, less `low`.
    case digits(of: LinearForm, low: SG3072.Scalar, width: UInt64)
    /// Digits of the place that the variable has in the set, each as ones and zeroes without the first.
    case member(variable: Int, set: [SG3072.Scalar], base: Int, digits: Int)
    case inverse(of: LinearForm)
    /// Digits of the place of the grant among the candidates, in the same way.
    case candidate
}

/// The auxiliary values of a statement that is true. Most are bits, which cost less to commit to.
struct AuxiliaryValues: ~Copyable {
    private(set) var numbers: [SecretNumber] = []
    private(set) var bits = SG3072.SecretBits(0, upTo: 0)
    private(set) var bitPlaces: [Int] = []
    private(set) var otherPlaces: [Int] = []

    /// `variables` of the plan, as they are.
    init(_ plan: ProofPlan, variables: [SecretNumber], candidate: [UInt64]?) throws(ProverError) {
        let facts = Responses(auxiliary: [], variables: variables, challenge: .one)
        for witness in plan.witnesses {
            switch witness {
            case .digits(let form, let low, let width):
                guard let value = (form.evaluated(facts) - SecretNumber(low)).value(upTo: width) else { throw .notTrue }
                append(SG3072.SecretBits(value, upTo: width))
            case .member(let variable, let set, let base, let digits):
                guard let place = Self.place(of: variables[variable], in: set, base: base, digits: digits) else {
                    throw .notTrue
                }
                append(place, base: base)
            case .inverse(let form):
                guard let inverse = form.evaluated(facts).scalar.inverse() else { throw .notTrue }
                append(SecretNumber(inverse))
            case .candidate:
                guard let candidate else { throw .notTrue }
                append(candidate, base: CoveringDigits.base)
            }
        }
    }

    /// Any numbers: for a prover that cheats.
    init(_ numbers: [SecretNumber]) {
        self.numbers = numbers
        otherPlaces = Array(numbers.indices)
    }

    /// B: H to the blinding, times the auxiliary generators to these numbers.
    borrowing func commitment(_ blinding: SecretNumber) -> SG3072.Element {
        SG3072.commit(
            SG3072.SecretScalars([blinding] + otherPlaces.map { numbers[$0] }),
            to: [SG3072.blinding] + otherPlaces.map { SG3072.auxiliaries[$0] },
            bits: bits, of: bitPlaces.map { SG3072.auxiliaries[$0] })
    }

    /// The first value of a digit is what the others leave, so for digit 0 all are zero: the index is out of range.
    private mutating func append(_ digits: [UInt64], base: Int) {
        for digit in digits { append(SG3072.SecretBits(oneAt: digit &- 1, count: base - 1)) }
    }

    private mutating func append(_ more: consuming SG3072.SecretBits) {
        bitPlaces += numbers.count..<numbers.count + more.count
        numbers += more.scalars().numbers()
        bits = bits.appending(more)
    }

    private mutating func append(_ number: SecretNumber) {
        otherPlaces.append(numbers.count)
        numbers.append(number)
    }

    /// The digits of the member's place, the lowest first. Compares with every member, whichever it is; that it is none, time tells.
    private static func place(of number: SecretNumber, in set: [SG3072.Scalar], base: Int, digits: Int) -> [UInt64]? {
        number.scalar.encoded().withBytes { bytes in
            var place = [UInt64](repeating: 0, count: digits)
            var isMember: UInt64 = 0
            for (index, member) in set.enumerated() {
                var difference: UInt64 = 0
                for (byte, other) in member.encoded.enumerated() { difference |= UInt64(bytes[byte] ^ other) }
                // All ones if there is none.
                let mask = 0 &- ((difference &- 1) >> 63)
                isMember |= mask
                var rest = index
                for digit in 0..<digits {
                    place[digit] |= UInt64(rest % base) & mask
                    rest /= base
                }
            }
            return isMember == 0 ? nil : place
        }
    }
}
