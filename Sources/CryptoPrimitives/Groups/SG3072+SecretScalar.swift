internal import CGMP

extension SG3072 {
    /// A number modulo q that nobody may learn: an opening, a mask, a hidden field. In the arena, wiped at its end, and worked with in time
    /// that does not depend on it.
    package struct SecretScalar: ~Copyable, Sendable {
        /// Four limbs, lowest first, below q.
        let bytes: SecretBytes

        /// - Parameter body: writes four limbs, below q.
        init(writing body: (Limbs) -> Void) {
            bytes = unsafe SecretBytes(writtenByC: Scalar.size) { memory in
                unsafe body(UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Limb.self))
            }
        }

        /// Of a number that someone else knows as well, or that lies in the clear anyway.
        package init(_ scalar: Scalar) {
            unsafe self.init { memory in
                unsafe scalar.withUnsafeLimbs { unsafe memory.update(from: $0, count: 4) }
            }
        }

        package init(_ number: UInt64) {
            unsafe self.init { unsafe $0.update(repeating: Limb(number), count: 1) }
        }

        /// 48 uniform bytes modulo q: uniform but for 2^-128.
        package init(reducing uniform: borrowing SecretBytes) {
            let limbCount = 6
            precondition(uniform.count == limbCount * MemoryLayout<Limb>.size, "48 bytes")
            let scratch = ScalarScratch()
            unsafe self.init { result in
                unsafe uniform.withUnsafeBytes { bytes in
                    for index in 0..<limbCount { unsafe scratch.limbs[index] = 0 }
                    for index in 0..<uniform.count {
                        let place = uniform.count - 1 - index
                        unsafe scratch.limbs[place / 8] |= Limb(bytes[index]) << Limb(8 * (place % 8))
                    }
                }
                unsafe SG3072.withOrder { unsafe cgmp_order_sec_reduce(result, scratch.limbs, limbCount, $0) }
            }
        }

        package static func random() -> SecretScalar {
            SecretScalar(reducing: SecretBytes.random(count: 48))
        }

        /// 32 bytes, big-endian, below q, as `encoded` writes them.
        package init(decoding encoded: borrowing SecretBytes) throws(FormatError) {
            guard encoded.count >= Scalar.size else { throw .truncated }
            guard encoded.count == Scalar.size else { throw .trailingBytes }
            let candidate = encoded.withBytes { bytes in
                SecretBytes(count: Scalar.size) { limbs in
                    for index in bytes.indices { limbs[index] = bytes[Scalar.size - 1 - index] }
                }
            }
            let scratch = ScalarScratch()
            let isBelow = unsafe candidate.withUnsafeLimbs { limbs in
                unsafe SG3072.withOrder { unsafe cgmp_sub_n(scratch.limbs, limbs, $0, 4) } == 1
            }
            guard isBelow else { throw .notCanonical }
            bytes = candidate
        }

        /// For what is kept sealed, such as openings.
        package borrowing func encoded() -> SecretBytes {
            bytes.withBytes { limbs in
                SecretBytes(count: Scalar.size) { bytes in
                    for index in limbs.indices { bytes[index] = limbs[Scalar.size - 1 - index] }
                }
            }
        }

        package borrowing func duplicate() -> SecretScalar {
            unsafe SecretScalar { result in
                unsafe withUnsafeLimbs { unsafe result.update(from: $0, count: 4) }
            }
        }

        /// The number as one that everybody may know, once the protocol says that it may go out: a response whose mask is used up by it. Every
        /// caller says why that holds.
        package consuming func declassified() -> Scalar {
            unsafe withUnsafeLimbs { limbs in
                unsafe Scalar { result in unsafe result.update(from: limbs, count: 4) }
            }
        }

        borrowing func withUnsafeLimbs<Result: ~Copyable>(_ body: (ConstantLimbs) -> Result) -> Result {
            unsafe bytes.withUnsafeLimbs(body)
        }
    }
}

extension SG3072.SecretScalar {
    package static func + (left: borrowing Self, right: borrowing Self) -> Self { unsafe combine(left, right, cgmp_order_sec_add) }

    package static func - (left: borrowing Self, right: borrowing Self) -> Self { unsafe combine(left, right, cgmp_order_sec_sub) }

    package static func * (left: borrowing Self, right: borrowing Self) -> Self { unsafe combine(left, right, cgmp_order_sec_mul) }

    package static func + (left: borrowing Self, right: SG3072.Scalar) -> Self { left + Self(right) }

    package static func - (left: borrowing Self, right: SG3072.Scalar) -> Self { left - Self(right) }

    package static func * (left: borrowing Self, right: SG3072.Scalar) -> Self { left * Self(right) }

    package static prefix func - (scalar: borrowing Self) -> Self { Self(0) - scalar }

    /// `nil` of zero, which is all that this tells: `mpn_sec_invert`.
    package borrowing func inverse() -> Self? {
        let scratch = ScalarScratch(atLeast: 4 + cgmp_sec_invert_itch(4))
        var hasInverse = false
        let result = unsafe withUnsafeLimbs { limbs in
            unsafe SG3072.SecretScalar { result in
                unsafe scratch.limbs.update(from: limbs, count: 4)
                unsafe SG3072.withOrder { order in
                    let bits = mp_bitcnt_t(2 * 4 * Limb.bitWidth)
                    unsafe hasInverse = cgmp_sec_invert(result, scratch.limbs, order, 4, bits, scratch.limbs + 4) == 1
                }
            }
        }
        guard hasInverse else { return nil }
        return result
    }

    private typealias Operation = (Limbs, ConstantLimbs, ConstantLimbs, ConstantLimbs, Limbs) -> Void

    private static func combine(_ left: borrowing Self, _ right: borrowing Self, _ operation: Operation) -> Self {
        let scratch = ScalarScratch()
        return unsafe left.withUnsafeLimbs { left in
            unsafe right.withUnsafeLimbs { right in
                unsafe Self { result in
                    unsafe SG3072.withOrder { unsafe operation(result, left, right, $0, scratch.limbs) }
                }
            }
        }
    }
}

extension SG3072 {
    static func withOrder<Result>(_ body: (ConstantLimbs) -> Result) -> Result {
        unsafe order.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
    }
}

extension SecretBytes {
    /// Of scalars, four limbs each.
    borrowing func withUnsafeLimbs<Result: ~Copyable>(_ body: (ConstantLimbs) -> Result) -> Result {
        unsafe withUnsafeBytes { unsafe body(UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: Limb.self)) }
    }
}

/// What products and remainders of secret scalars are made in.
@safe
struct ScalarScratch: ~Copyable {
    private let allocation: SecretArena.Allocation

    init(atLeast count: Int = 0) {
        allocation = SecretArena.shared.allocate(byteCount: max(count, cgmp_order_sec_itch()) * MemoryLayout<Limb>.stride)
    }

    deinit { SecretArena.shared.release(allocation) }

    var limbs: Limbs {
        unsafe UnsafeMutableRawPointer(allocation.base).assumingMemoryBound(to: Limb.self)
    }
}
