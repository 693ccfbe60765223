internal import CConstantTime
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
    /// Who multiplies.
    enum Kernel: Sendable {
        /// GMP, with R = 2^(64 n).
        case limbs
        /// Instructions for 52-bit digits, for 3072 bits alone: see CConstantTime.
        case digits
    }

    let limbs: [Limb]
    let kernel: Kernel
    /// Of a residue, in limbs.
    let width: Int
    /// Limbs that a multiplication needs for itself.
    let scratchCount: Int
    let context: cgmp_modulus
    /// The modulus in limbs; then, each in the form of a residue, the modulus, R^2 mod m and R mod m, and the number 1.
    private let memory: Limbs

    /// - Parameters:
    ///   - limbs: lowest first; the number is odd, at least 3, and its highest limb is not zero.
    ///   - kernel: the fastest that this processor has, unless a test says otherwise.
    init?(_ limbs: [Limb], kernel: Kernel? = nil) {
        guard let lowest = limbs.first, lowest & 1 == 1, let highest = limbs.last, highest != 0, limbs.count > 1 || lowest > 1
        else { return nil }
        let count = limbs.count
        let kernel = kernel ?? (count == DigitKernel.limbCount && DigitKernel.isRight ? .digits : .limbs)
        precondition(kernel == .limbs || count == DigitKernel.limbCount, "digits are for 3072 bits")
        (self.limbs, self.kernel) = (limbs, kernel)
        width = kernel == .digits ? DigitKernel.width : count
        let scratch = 2 * count + max(cgmp_sec_mul_itch(count, count), cgmp_sec_sqr_itch(count))
        // Whole cache lines, so that residues begin at one.
        scratchCount = (scratch + 7) / 8 * 8
        unsafe memory = Workspace.heap(scratchCount + 4 * width)
        for index in 0..<count { unsafe memory[index] = limbs[index] }
        unsafe context = cgmp_modulus(limbs: memory, count: count, negatedInverse: 0 &- Self.inverse(of: lowest))
        let bits = kernel == .digits ? DigitKernel.bits : count * Limb.bitWidth
        let numbers = [limbs, Self.powerOfTwo(2 * bits, modulo: limbs), Self.powerOfTwo(bits, modulo: limbs)]
        for (place, number) in (numbers + [[1] + [Limb](repeating: 0, count: count - 1)]).enumerated() { write(number, at: place) }
    }

    deinit { unsafe memory.deallocate() }

    var limbCount: Int { limbs.count }

    var modulusResidue: ConstantLimbs { unsafe constant(0) }

    var squareOfR: ConstantLimbs { unsafe constant(1) }

    /// The residue of 1.
    var one: ConstantLimbs { unsafe constant(2) }

    /// 1 itself, in the form of a residue: to multiply by it takes R away.
    var plainOne: ConstantLimbs { unsafe constant(3) }

    private func constant(_ place: Int) -> ConstantLimbs { unsafe ConstantLimbs(memory + scratchCount + place * width) }

    private func write(_ number: [Limb], at place: Int) {
        let residue = unsafe memory + scratchCount + place * width
        switch kernel {
        case .limbs: for index in number.indices { unsafe residue[index] = number[index] }
        case .digits: unsafe ct_digits_split(residue, number)
        }
    }

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
