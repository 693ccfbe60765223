internal import CGMP

extension SG3072 {
    /// A number modulo q that everybody may know: a challenge, a response, a revealed value. A secret one is a `SecretScalar`.
    package struct Scalar: Hashable, Sendable {
        package static let size = 32
        package static let zero = Scalar(0)
        package static let one = Scalar(1)

        private struct Words: Hashable, Sendable {
            var first, second, third, fourth: Limb
        }

        private var words: Words

        package init(_ number: UInt64) {
            words = Words(first: Limb(number), second: 0, third: 0, fourth: 0)
        }

        package init(wide number: UInt128) {
            words = Words(
                first: Limb(truncatingIfNeeded: number), second: Limb(truncatingIfNeeded: number >> 64), third: 0, fourth: 0)
        }

        /// - Parameter limbs: four, below q.
        init(reduced limbs: [Limb]) {
            precondition(limbs.count == 4 && limbs.isBelow(SG3072.order), "a scalar is below q")
            words = Words(first: limbs[0], second: limbs[1], third: limbs[2], fourth: limbs[3])
        }

        /// 32 bytes, big-endian, below q.
        package init(decoding bytes: Span<UInt8>) throws(FormatError) {
            guard bytes.count >= Self.size else { throw .truncated }
            guard bytes.count == Self.size else { throw .trailingBytes }
            let limbs = [Limb](bigEndian: bytes)
            guard limbs.isBelow(SG3072.order) else { throw .notCanonical }
            self.init(reduced: limbs)
        }

        package init(decoding bytes: [UInt8]) throws(FormatError) {
            try self.init(decoding: bytes.span)
        }

        /// A big-endian number of 32 to 64 bytes modulo q. Of 48 uniform bytes, it is uniform but for 2^-128.
        package init(reducing bytes: [UInt8]) {
            precondition((32...64).contains(bytes.count), "32 to 64 bytes")
            let padding = [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
            self.init(reduced: Modulus.remainder(of: [Limb](bigEndian: padding + bytes), by: SG3072.order))
        }

        package var limbs: [UInt] { [words.first, words.second, words.third, words.fourth] }

        package var encoded: [UInt8] { limbs.bigEndianBytes }

        package var isZero: Bool { self == .zero }

        func withUnsafeLimbs<Result>(_ body: (ConstantLimbs) -> Result) -> Result {
            unsafe withUnsafeBytes(of: words) { unsafe body($0.baseAddress!.assumingMemoryBound(to: Limb.self)) }
        }

        /// - Parameter body: writes four limbs, below q.
        init(writing body: (Limbs) -> Void) {
            words = Words(first: 0, second: 0, third: 0, fourth: 0)
            unsafe withUnsafeMutableBytes(of: &words) { unsafe body($0.baseAddress!.assumingMemoryBound(to: Limb.self)) }
        }
    }
}

extension SG3072.Scalar {
    package static func + (left: Self, right: Self) -> Self { unsafe combine(left, right, cgmp_order_add) }

    package static func - (left: Self, right: Self) -> Self { unsafe combine(left, right, cgmp_order_sub) }

    package static func * (left: Self, right: Self) -> Self { unsafe combine(left, right, cgmp_order_mul) }

    package static prefix func - (scalar: Self) -> Self { zero - scalar }

    package static func += (left: inout Self, right: Self) { left = left + right }

    package static func -= (left: inout Self, right: Self) { left = left - right }

    package static func *= (left: inout Self, right: Self) { left = left * right }

    /// `nil` of zero.
    package var inverse: Self? {
        WholeNumber.inverse(of: limbs, modulo: SG3072.order).map { Self(reduced: $0) }
    }

    /// 1, x, x^2, ..., as many as are asked for.
    package func powers(_ count: Int) -> [Self] {
        var powers: [Self] = []
        for _ in 0..<count { powers.append(powers.last.map { $0 * self } ?? .one) }
        return powers
    }

    private typealias Operation = (Limbs, ConstantLimbs, ConstantLimbs, ConstantLimbs) -> Void

    private static func combine(_ left: Self, _ right: Self, _ operation: Operation) -> Self {
        unsafe SG3072.order.withUnsafeBufferPointer { order in
            unsafe left.withUnsafeLimbs { left in
                unsafe right.withUnsafeLimbs { right in
                    unsafe Self { result in unsafe operation(result, left, right, order.baseAddress!) }
                }
            }
        }
    }
}
