import COpenSSL
import CryptoPrimitives
import ZeroKnowledge

/// P-256 by OpenSSL, for the vectors of the drafts. In variable time throughout.
enum P256: Group {
    static let suite = "sigma-proofs_Shake128_P256"
    static let generator = Curve.shared.element(EC_GROUP_get0_generator(Curve.shared.group))

    struct Element: GroupElement {
        static let size = 33
        static let identity = Element(sec1: [0])

        /// SEC 1, compressed; a single zero for the identity.
        let encoded: [UInt8]

        fileprivate init(sec1 bytes: [UInt8]) { encoded = bytes }

        init(decoding bytes: [UInt8]) throws(FormatError) {
            guard bytes.count == Self.size, bytes[0] == 2 || bytes[0] == 3 else { throw .notCanonical }
            let curve = Curve.shared
            let point = EC_POINT_new(curve.group)
            defer { EC_POINT_free(point) }
            guard EC_POINT_oct2point(curve.group, point, bytes, bytes.count, nil) == 1, curve.element(point).encoded == bytes else {
                throw .notCanonical
            }
            encoded = bytes
        }
    }

    static func multiScalarMultiplication(_ scalars: [Scalar], _ elements: [Element]) -> Element {
        let curve = Curve.shared
        let sum = EC_POINT_new(curve.group)
        let product = EC_POINT_new(curve.group)
        defer {
            EC_POINT_free(sum)
            EC_POINT_free(product)
        }
        EC_POINT_set_to_infinity(curve.group, sum)
        for (scalar, element) in zip(scalars, elements) {
            let point = EC_POINT_new(curve.group)
            defer { EC_POINT_free(point) }
            EC_POINT_oct2point(curve.group, point, element.encoded, element.encoded.count, nil)
            Number(scalar.encoded).with { EC_POINT_mul(curve.group, product, nil, point, $0, nil) }
            EC_POINT_add(curve.group, sum, sum, product, nil)
        }
        return curve.element(sum)
    }

    static func commitment(to scalars: Secrets, with elements: [Element]) -> Element {
        multiScalarMultiplication(scalars.scalars, elements)
    }

    struct Scalar: GroupScalar {
        static let size = 32

        let encoded: [UInt8]

        init(_ value: UInt64) {
            encoded = [UInt8](repeating: 0, count: 24) + withUnsafeBytes(of: value.bigEndian) { Array($0) }
        }

        init(decoding bytes: [UInt8]) throws(FormatError) {
            encoded = try FieldCodec.scalar.deserialize(bytes)
        }

        init(reducing bytes: [UInt8]) {
            self.init(Number(bytes))
        }

        fileprivate init(_ number: Number) {
            let scratch = BN_CTX_new()
            defer { BN_CTX_free(scratch) }
            number.with { number in Curve.shared.order.with { BN_nnmod(number, number, $0, scratch) } }
            encoded = number.bytes(Self.size)
        }

        static func + (left: Scalar, right: Scalar) -> Scalar { combine(left, right) { BN_add($0, $1, $2) } }
        static func - (left: Scalar, right: Scalar) -> Scalar { combine(left, right) { BN_sub($0, $1, $2) } }
        static func * (left: Scalar, right: Scalar) -> Scalar {
            combine(left, right) {
                let scratch = BN_CTX_new()
                defer { BN_CTX_free(scratch) }
                return BN_mul($0, $1, $2, scratch)
            }
        }

        private static func combine(
            _ left: Scalar, _ right: Scalar, _ operation: (OpaquePointer, OpaquePointer, OpaquePointer) -> Int32
        ) -> Scalar {
            let result = Number([])
            let status = result.with { result in
                Number(left.encoded).with { left in Number(right.encoded).with { right in operation(result, left, right) } }
            }
            precondition(status == 1)
            return Scalar(result)
        }
    }

    final class Secrets: SecretVector {
        fileprivate let scalars: [Scalar]

        init(_ scalars: [Scalar]) { self.scalars = scalars }

        init(squeezed bytes: borrowing SecretBytes) {
            let all = bytes.withBytes { span in span.indices.map { span[$0] } }
            scalars = stride(from: 0, to: all.count, by: 48).map { Scalar(squeezed: Array(all[$0..<$0 + 48])) }
        }

        var count: Int { scalars.count }

        func scaled(_ indices: [Int], by coefficients: [Scalar]) -> Secrets {
            Secrets(zip(indices, coefficients).map { scalars[$0] * $1 })
        }

        func responses(to challenge: Scalar, witness: Secrets) -> [Scalar] {
            zip(scalars, witness.scalars).map { $0 + challenge * $1 }
        }
    }
}

extension P256 {
    fileprivate final class Number {
        private let pointer: OpaquePointer

        init(_ bigEndian: [UInt8]) { pointer = BN_bin2bn(bigEndian, Int32(bigEndian.count), nil) }
        deinit { BN_free(pointer) }

        @discardableResult
        func with<Result>(_ body: (OpaquePointer) -> Result) -> Result {
            withExtendedLifetime(self) { body(pointer) }
        }

        func bytes(_ count: Int) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            with { _ = BN_bn2binpad($0, &bytes, Int32(count)) }
            return bytes
        }
    }

    fileprivate final class Curve: @unchecked Sendable {
        static let shared = Curve()

        let group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)
        let order = Number(FieldCodec.scalar.modulus)

        func element(_ point: OpaquePointer?) -> Element {
            var bytes = [UInt8](repeating: 0, count: Element.size)
            let count = EC_POINT_point2oct(group, point, POINT_CONVERSION_COMPRESSED, &bytes, bytes.count, nil)
            return Element(sec1: Array(bytes.prefix(count)))
        }
    }
}
