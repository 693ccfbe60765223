internal import CryptoPrimitives

/// A secret number in rows and forms. A class, for what cannot be copied cannot stand in arrays either; handing on the reference copies
/// no secret.
final class SecretNumber: Number, Sendable {
    let scalar: SG3072.SecretScalar

    init(_ scalar: consuming SG3072.SecretScalar) { self.scalar = scalar }

    convenience init(_ scalar: SG3072.Scalar) { self.init(SG3072.SecretScalar(scalar)) }

    static func + (left: SecretNumber, right: SecretNumber) -> SecretNumber { SecretNumber(left.scalar + right.scalar) }
    static func - (left: SecretNumber, right: SecretNumber) -> SecretNumber { SecretNumber(left.scalar - right.scalar) }
    static func * (left: SecretNumber, right: SecretNumber) -> SecretNumber { SecretNumber(left.scalar * right.scalar) }

    func scaled(by factor: SG3072.Scalar) -> SecretNumber {
        factor == .one ? self : SecretNumber(scalar * factor)
    }

    static func combinations(_ numbers: [SecretNumber], _ weights: [[SG3072.Scalar]]) -> [SecretNumber] {
        let scalars = SG3072.SecretScalars(numbers)
        return weights.map { SecretNumber(scalars.combination($0)) }
    }

    /// x times the sum of weight * f, less the sum of weight * f^2.
    static func bits(_ numbers: [SecretNumber], _ weights: [SG3072.Scalar], _ x: SG3072.Scalar) -> SecretNumber {
        let scalars = SG3072.SecretScalars(numbers)
        return SecretNumber(scalars.combination(weights) * x - scalars.combination(weights, times: scalars))
    }

    /// Whether it is zero, which is all that time tells.
    var isZero: Bool {
        scalar.encoded().withBytes { bytes in
            var all: UInt8 = 0
            for index in bytes.indices { all |= bytes[index] }
            return all == 0
        }
    }

    /// The number if it is at most `limit`; whether it is, time tells.
    func value(upTo limit: UInt64) -> UInt64? {
        scalar.encoded().withBytes { bytes in
            var (above, value) = (0 as UInt8, 0 as UInt64)
            for index in bytes.indices {
                if index < bytes.count - 8 { above |= bytes[index] } else { value = value << 8 | UInt64(bytes[index]) }
            }
            return above == 0 && value <= limit ? value : nil
        }
    }
}

extension SG3072.SecretScalars {
    init(_ numbers: [SecretNumber]) {
        self.init(count: numbers.count) { numbers[$0].scalar.duplicate() }
    }

    borrowing func numbers() -> [SecretNumber] {
        var numbers: [SecretNumber] = []
        for index in 0..<count { numbers.append(SecretNumber(scalar(at: index))) }
        return numbers
    }
}
