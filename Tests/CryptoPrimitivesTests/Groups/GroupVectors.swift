@testable import CryptoPrimitives
import Foundation
import TestSupport
import Testing

/// What Python and gmpy2 say, written by `Tests/External/check_group.py`.
struct GroupVectors: Decodable {
    struct Power: Decodable, CustomTestStringConvertible {
        var testDescription: String { name }
        let name: String
        let base: Hex
        let exponent: Hex
        let power: Hex
    }

    struct Product: Decodable, CustomTestStringConvertible {
        var testDescription: String { "\(terms.count) factors" }
        struct Term: Decodable {
            let base: Hex
            let exponent: Hex
        }
        let terms: [Term]
        let product: Hex
    }

    struct Scalars: Decodable {
        let a, b, sum, difference, product, inverse, reduced, wide: Hex
    }

    let powers: [Power]
    let products: [Product]
    let scalars: [Scalars]
    let outside: [Hex]
    let largest: Hex
    let order: Hex
    let modulus: Hex

    static let all: GroupVectors = {
        guard let vectors = try? Fixtures.json("vectors/groups/sg3072.json", as: GroupVectors.self) else {
            preconditionFailure("the vectors are part of the repository")
        }
        return vectors
    }()
}

/// The identity among them, which no decoder takes.
func element(_ hex: Hex) -> SG3072.Element {
    SG3072.Element(representative: [UInt](bigEndian: hex.bytes))
}

func scalar(_ hex: Hex) throws -> SG3072.Scalar {
    try SG3072.Scalar(decoding: hex.bytes)
}

extension SG3072.Scalar {
    static func random(_ generator: inout SeededGenerator) -> Self { Self(reducing: generator.bytes(48)) }
}

extension SG3072.Element {
    /// A member that is no generator, so that it has no table.
    static func random(_ generator: inout SeededGenerator) -> Self {
        SG3072.product([.init(SG3072.blinding, .random(&generator))])
    }
}

/// Secret, all of them.
func secrets(_ scalars: [SG3072.Scalar]) -> SG3072.SecretScalars {
    SG3072.SecretScalars(count: scalars.count) { SG3072.SecretScalar(scalars[$0]) }
}
