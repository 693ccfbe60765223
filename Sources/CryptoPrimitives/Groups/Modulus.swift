internal import CGMP

/// A 64-bit digit of a large number; numbers are runs of them, the lowest first.
typealias Limb = UInt
typealias Limbs = UnsafeMutablePointer<Limb>
typealias ConstantLimbs = UnsafePointer<Limb>

/// Whether time may depend on the numbers, or only on how many limbs they have.
enum Timing: Sendable {
    /// For what everybody may know.
    case variable
    case constant
}

/// An odd number to multiply by, for which numbers are held as Montgomery (1985) does: as residues, x R mod m.
///
/// Residues are runs of `width` limbs which mean something here alone. They come from `load` and go through `store`; a `Workspace` works
/// with them. `@unchecked`, for the memory behind the pointers is written by `init` alone.
@safe
final class Modulus: @unchecked Sendable {
    let limbs: [Limb]
    /// Of a residue, in limbs.
    let width: Int
    /// Limbs that a multiplication needs for itself.
    let scratchCount: Int
    let context: cgmp_modulus
    /// The modulus, then R^2 mod m, then R mod m.
    private let memory: Limbs

    /// - Parameter limbs: lowest first; the number is odd, at least 3, and its highest limb is not zero.
    init?(_ limbs: [Limb]) {
        guard let lowest = limbs.first, lowest & 1 == 1, let highest = limbs.last, highest != 0, limbs.count > 1 || lowest > 1
        else { return nil }
        let count = limbs.count
        self.limbs = limbs
        width = count
        scratchCount = 2 * count + max(cgmp_sec_mul_itch(count, count), cgmp_sec_sqr_itch(count))
        let memory = Limbs.allocate(capacity: 3 * count)
        unsafe memory.initialize(repeating: 0, count: 3 * count)
        for index in 0..<count { unsafe memory[index] = limbs[index] }
        unsafe self.memory = memory
        unsafe context = cgmp_modulus(limbs: memory, count: count, negatedInverse: 0 &- Self.inverse(of: lowest))
        for (place, bits) in [(1, 2 * count * Limb.bitWidth), (2, count * Limb.bitWidth)] {
            let power = Self.powerOfTwo(bits, modulo: limbs)
            for index in 0..<count { unsafe memory[place * count + index] = power[index] }
        }
    }

    deinit { unsafe memory.deallocate() }

    var limbCount: Int { limbs.count }

    /// The residue of 1.
    var one: ConstantLimbs { unsafe ConstantLimbs(memory + 2 * limbCount) }

    var squareOfR: ConstantLimbs { unsafe ConstantLimbs(memory + limbCount) }

    /// Modulo 2^64, by Newton's iteration: each step doubles the number of right bits, of which an odd number begins with three.
    private static func inverse(of odd: Limb) -> Limb {
        var inverse = odd
        for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
        return inverse
    }

    private static func powerOfTwo(_ bits: Int, modulo limbs: [Limb]) -> [Limb] {
        var power = [Limb](repeating: 0, count: bits / Limb.bitWidth + 1)
        power[bits / Limb.bitWidth] = 1 << (bits % Limb.bitWidth)
        return remainder(of: power, by: limbs)
    }

    /// In variable time. `dividend` has at least as many limbs as `divisor`.
    static func remainder(of dividend: [Limb], by divisor: [Limb]) -> [Limb] {
        var quotient = [Limb](repeating: 0, count: dividend.count - divisor.count + 1)
        var remainder = [Limb](repeating: 0, count: divisor.count)
        unsafe cgmp_tdiv_qr(&quotient, &remainder, dividend, dividend.count, divisor, divisor.count)
        return remainder
    }
}
