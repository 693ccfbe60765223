internal import CConstantTime
internal import CGMP
internal import CSodium

/// Residues and the memory that multiplying them takes.
///
/// With `.constant` timing they lie in the secret arena, every operation takes the time that the modulus alone says, and all is wiped at the
/// end. What wiping does not reach: registers, and the stack frames of C functions.
@safe
struct Workspace: ~Copyable {
    let modulus: Modulus
    let timing: Timing
    private let memory: Limbs
    /// `nil` if the memory is the heap's.
    private let secret: SecretArena.Allocation?

    init(_ modulus: Modulus, residues count: Int, timing: Timing) {
        self.modulus = modulus
        self.timing = timing
        let size = count * modulus.width + modulus.scratchCount
        switch timing {
        case .constant:
            let allocation = SecretArena.shared.allocate(byteCount: size * MemoryLayout<Limb>.stride)
            secret = allocation
            unsafe memory = UnsafeMutableRawPointer(allocation.base).bindMemory(to: Limb.self, capacity: size)
        case .variable:
            secret = nil
            unsafe memory = Self.heap(size)
        }
    }

    deinit {
        if let secret { SecretArena.shared.release(secret) } else { unsafe memory.deallocate() }
    }

    /// Aligned to a cache line, as the arena's slots are, and zero.
    static func heap(_ count: Int) -> Limbs {
        let size = count * MemoryLayout<Limb>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: SecretArena.slotSize)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        return unsafe memory.bindMemory(to: Limb.self, capacity: count)
    }

    private var scratch: Limbs { unsafe memory }

    borrowing func residue(_ index: Int) -> Limbs {
        unsafe memory + modulus.scratchCount + index * modulus.width
    }

    /// Operands may be the same, and the result one of them.
    borrowing func multiply(_ result: Limbs, _ a: ConstantLimbs, _ b: ConstantLimbs) {
        switch (modulus.kernel, timing) {
        case (.digits, _):
            unsafe ct_digits_mul(result, a, b, modulus.modulusResidue, modulus.context.negatedInverse & DigitKernel.mask)
        case (.limbs, .constant): unsafe cgmp_mont_sec_mul(result, a, b, modulus.context, scratch)
        case (.limbs, .variable): unsafe cgmp_mont_mul(result, a, b, modulus.context, scratch)
        }
    }

    borrowing func square(_ result: Limbs, _ a: ConstantLimbs) {
        switch (modulus.kernel, timing) {
        case (.digits, _): unsafe multiply(result, a, a)
        case (.limbs, .constant): unsafe cgmp_mont_sec_sqr(result, a, modulus.context, scratch)
        case (.limbs, .variable): unsafe cgmp_mont_sqr(result, a, modulus.context, scratch)
        }
    }

    borrowing func copy(_ result: Limbs, _ a: ConstantLimbs) {
        unsafe result.update(from: a, count: modulus.width)
    }

    /// The residue of a number below the modulus.
    borrowing func load(_ result: Limbs, _ number: ConstantLimbs) {
        switch modulus.kernel {
        case .limbs: unsafe multiply(result, number, modulus.squareOfR)
        case .digits:
            unsafe ct_digits_split(scratch, number)
            unsafe multiply(result, scratch, modulus.squareOfR)
        }
    }

    /// The number of a residue, below the modulus.
    borrowing func store(_ number: Limbs, _ residue: ConstantLimbs) {
        switch modulus.kernel {
        case .limbs:
            unsafe scratch.update(from: residue, count: modulus.limbCount)
            unsafe (scratch + modulus.limbCount).update(repeating: 0, count: modulus.limbCount)
            unsafe cgmp_redc(number, scratch, modulus.context)
        case .digits:
            unsafe multiply(scratch, residue, modulus.plainOne)
            unsafe ct_digits_join(number, scratch, modulus.context.limbs)
        }
    }
}

extension Workspace {
    borrowing func load(_ index: Int, _ number: [Limb]) {
        precondition(number.count == modulus.limbCount, "a number has as many limbs as its modulus")
        unsafe number.withUnsafeBufferPointer { unsafe load(residue(index), $0.baseAddress!) }
    }

    /// Lets a result go out: from here on it is public.
    borrowing func number(_ index: Int) -> [Limb] {
        unsafe [Limb](unsafeUninitializedCapacity: modulus.limbCount) { buffer, count in
            unsafe store(buffer.baseAddress!, residue(index))
            count = modulus.limbCount
        }
    }
}
