@testable import CryptoPrimitives
import TestSupport
import Testing

@Suite struct ScalarTests {
    private typealias Scalar = SG3072.Scalar
    private typealias Secret = SG3072.SecretScalar

    @Test func `arithmetic modulo q is as gmpy2 says, in the open and in secret`() throws {
        for vector in GroupVectors.all.scalars {
            let (a, b) = (try scalar(vector.a), try scalar(vector.b))
            #expect(try a + b == scalar(vector.sum) && a - b == scalar(vector.difference) && a * b == scalar(vector.product))
            #expect(try a.inverse == scalar(vector.inverse) && Scalar(reducing: vector.wide.bytes) == scalar(vector.reduced))
            let (sum, difference, product) = Self.secretly(a, b)
            #expect(try sum == scalar(vector.sum) && difference == scalar(vector.difference) && product == scalar(vector.product))
            #expect(try Secret(a).inverse()?.declassified() == scalar(vector.inverse))
            #expect(try Secret(reducing: secret(vector.wide.bytes)).declassified() == scalar(vector.reduced))
        }
    }

    private static func secretly(_ a: Scalar, _ b: Scalar) -> (Scalar, Scalar, Scalar) {
        let (sum, difference) = ((Secret(a) + Secret(b)).declassified(), (Secret(a) - b).declassified())
        return (sum, difference, (Secret(a) * b).declassified())
    }

    @Test func `a scalar of 32 bytes is below q`() throws {
        let order = GroupVectors.all.order.bytes
        #expect(throws: FormatError.notCanonical) { try Scalar(decoding: order) }
        #expect(throws: FormatError.notCanonical) { try Scalar(decoding: [UInt8](repeating: 0xff, count: 32)) }
        #expect(throws: FormatError.truncated) { try Scalar(decoding: Array(order.dropLast())) }
        #expect(throws: FormatError.trailingBytes) { try Scalar(decoding: [0] + order) }
        let largest = -Scalar.one
        #expect(try Scalar(decoding: largest.encoded) == largest && largest + .one == .zero)
        #expect(try Scalar(decoding: [UInt8](repeating: 0, count: 32)).isZero)
    }

    @Test func `a secret scalar is decoded by the same rule`() throws {
        func refusal(_ bytes: [UInt8]) -> FormatError? {
            do throws(FormatError) {
                _ = try Secret(decoding: secret(bytes))
                return nil
            } catch {
                return error
            }
        }
        let order = GroupVectors.all.order.bytes
        #expect(refusal(order) == .notCanonical && refusal([UInt8](repeating: 0xff, count: 32)) == .notCanonical)
        #expect(refusal(Array(order.dropLast())) == .truncated && refusal(order + [0]) == .trailingBytes)
        let largest = -Scalar.one
        #expect(refusal(largest.encoded) == nil)
        #expect(try Secret(decoding: secret(largest.encoded)).declassified() == largest)
        #expect(exposed(Secret(largest).encoded()) == largest.encoded)
    }

    @Test func `zero has no inverse`() {
        let inverse = Secret(0).inverse()
        let isNone = inverse == nil
        #expect(Scalar.zero.inverse == nil && isNone)
    }

    @Test func `numbers of 64 and 128 bits are scalars`() {
        #expect(Scalar(7).limbs == [7, 0, 0, 0] && Scalar(wide: 1 << 64 | 3).limbs == [3, 1, 0, 0])
        #expect(Secret(9).declassified() == Scalar(9))
        #expect(Scalar(2).powers(4) == [Scalar(1), Scalar(2), Scalar(4), Scalar(8)] && Scalar(2).powers(0).isEmpty)
    }

    @Test func `sums of weighted secrets and products are what they are in the open`() {
        var generator = SeededGenerator(seed: 3)
        let (a, b, weights) = (Self.some(&generator), Self.some(&generator), Self.some(&generator))
        let sum = zip(weights, a).reduce(Scalar.zero) { $0 + $1.0 * $1.1 }
        #expect(secrets(a).combination(weights).declassified() == sum)
        let products = zip(weights, zip(a, b)).reduce(Scalar.zero) { $0 + $1.0 * $1.1.0 * $1.1.1 }
        #expect(secrets(a).combination(weights, times: secrets(b)).declassified() == products)
        #expect(secrets([]).combination([]).declassified() == .zero)
    }

    private static func some(_ generator: inout SeededGenerator) -> [Scalar] {
        [.zero, .one, -Scalar.one] + (0..<5).map { _ in Scalar.random(&generator) }
    }
}

@Suite struct SecretBitsTests {
    private typealias Bits = SG3072.SecretBits

    @Test func `every number up to a limit is the sum of weights whose bits are set, and the largest sum is the limit`() {
        var failures = Failures()
        for limit in Array(0...70) + [255, 256, 1_000, 39_000, UInt64.max >> 1, UInt64.max] {
            let weights = Bits.weights(upTo: limit)
            failures.check(weights.reduce(0, +) == limit, "weights of \(limit)")
            let numbers = limit < 300 ? Array(0...limit) : [0, 1, limit / 2, limit / 2 + 1, limit - 1, limit]
            for number in numbers {
                let bits = Self.exposed(Bits(number, upTo: limit))
                let sum = zip(weights, bits).reduce(UInt64(0)) { $0 + $1.0 * $1.1 }
                failures.check(sum == number && bits.allSatisfy { $0 <= 1 }, "\(number) of \(limit)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a one stands at its index alone`() {
        #expect(Self.exposed(Bits(oneAt: 2, count: 4)) == [0, 0, 1, 0])
        #expect(Self.exposed(Bits(oneAt: 4, count: 4)) == [0, 0, 0, 0])
    }

    private static func exposed(_ bits: borrowing Bits) -> [UInt64] {
        let scalars = bits.scalars()
        return (0..<bits.count).map { UInt64(scalars.scalar(at: $0).declassified().limbs[0]) }
    }
}

@Suite struct MaskTests {
    private typealias Source = SG3072.MaskSource

    @Test func `masks are as SHAKE256 says`() {
        var source = Source(secret: secret([1, 2, 3]), randomness: secret([UInt8](repeating: 4, count: 32)), statement: [5])
        func expected(_ counter: UInt8) -> SG3072.Scalar {
            let length: [UInt8] = [0, 0, 0, 0, 0, 0, 0]
            let input = length + [3, 1, 2, 3] + [UInt8](repeating: 4, count: 32) + length + [1, 5] + length + [counter]
            return SG3072.Scalar(reducing: SHAKE.hash(.bits256, input, count: 48))
        }
        #expect(source.next().scalar.duplicate().declassified() == expected(0))
        let masks = source.next(count: 2)
        #expect(
            masks.scalars.scalar(at: 0).declassified() == expected(1) && masks.scalars.scalar(at: 1).declassified() == expected(2))
        #expect(source.nextScalar().declassified() == expected(3))
    }

    @Test func `the operating system's bytes make masks differ, and so does the statement`() {
        func first(_ statement: [UInt8]) -> SG3072.Scalar {
            var source = Source(secret: secret([1]), statement: statement)
            return source.nextScalar().declassified()
        }
        #expect(Set([first([1]), first([1]), first([2])]).count == 3)
    }

    @Test func `a response is challenge times witness plus mask`() {
        var source = Source(secret: secret([1]), statement: [])
        let mask = source.next()
        let expected = SG3072.Scalar(6) + mask.scalar.duplicate().declassified()
        let response = mask.response(to: SG3072.Scalar(2), witness: SG3072.SecretScalar(3))
        #expect(response == expected)
        let masks = source.next(count: 2)
        let (first, second) = (masks.scalars.scalar(at: 0).declassified(), masks.scalars.scalar(at: 1).declassified())
        let responses = masks.responses(to: SG3072.Scalar(2), witnesses: secrets([SG3072.Scalar(5), SG3072.Scalar(7)]))
        #expect(responses == [SG3072.Scalar(10) + first, SG3072.Scalar(14) + second])
    }
}
