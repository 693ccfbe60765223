/// Products of powers in variable time, of bases without tables. Exponents have as many limbs as each likes.
struct PublicProduct {
    struct Factor {
        /// Below the modulus.
        let base: [Limb]
        let exponent: [Limb]
    }

    private let factors: [Factor]
    private let bitCounts: [Int]
    private let longest: Int

    init(_ factors: [Factor]) {
        self.factors = factors
        bitCounts = factors.map { Self.bitCount($0.exponent) }
        longest = bitCounts.max() ?? 0
    }

    enum Method {
        case windows
        case buckets(digitBits: Int)
    }

    /// In residue 0 of `work`.
    func evaluate(_ work: borrowing Workspace) {
        evaluate(work, by: method)
    }

    func evaluate(_ work: borrowing Workspace, by method: Method) {
        unsafe work.copy(work.residue(0), work.modulus.one)
        switch method {
        case .windows: slidingWindows(work)
        case .buckets(let digitBits): bucketed(digitBits, work)
        }
    }

    /// The one with fewer multiplications. Buckets win from some hundred factors on.
    private var method: Method {
        let windows = factors.indices.reduce(0) { $0 + Self.windowCost(bitCounts[$1]) }
        let (digitBits, buckets) = (2...12).map { ($0, bucketCost($0)) }.min { $0.1 < $1.1 } ?? (2, .max)
        return windows <= buckets ? .windows : .buckets(digitBits: digitBits)
    }

    private static func bitCount(_ limbs: [Limb]) -> Int {
        guard let last = limbs.lastIndex(where: { $0 != 0 }) else { return 0 }
        return (last + 1) * Limb.bitWidth - limbs[last].leadingZeroBitCount
    }
}

/// Straus (1964) with sliding windows over odd powers; squarings are shared.
extension PublicProduct {
    private static func windowBits(_ bits: Int) -> Int {
        switch bits {
        case ..<8: 1
        case ..<32: 2
        case ..<96: 3
        case ..<200: 4
        default: 5
        }
    }

    private static func windowCost(_ bits: Int) -> Int {
        let width = windowBits(bits)
        return (1 << (width - 1)) + bits / (width + 1)
    }

    /// A multiplication that is due once the exponents are read down to a bit: by entry `entry` of the odd powers.
    private func slidingWindows(_ work: borrowing Workspace) {
        let modulus = work.modulus
        let widths = bitCounts.map(Self.windowBits)
        var offsets: [Int] = []
        var entryCount = 0
        for width in widths {
            offsets.append(entryCount)
            entryCount += 1 << (width - 1)
        }
        let powers = Workspace(modulus, residues: entryCount + 1, timing: .variable)
        var due = [[Int]](repeating: [], count: longest)
        for index in factors.indices {
            oddPowers(of: factors[index].base, count: 1 << (widths[index] - 1), at: offsets[index], spare: entryCount, powers)
            forEachWindow(of: factors[index].exponent, bitCounts[index], widths[index]) { position, odd in
                due[position].append(offsets[index] + odd / 2)
            }
        }
        for position in (0..<longest).reversed() {
            if position + 1 < longest { unsafe work.square(work.residue(0), work.residue(0)) }
            for entry in due[position] { unsafe work.multiply(work.residue(0), work.residue(0), powers.residue(entry)) }
        }
    }

    private func oddPowers(of base: [Limb], count: Int, at offset: Int, spare: Int, _ powers: borrowing Workspace) {
        powers.load(offset, base)
        guard count > 1 else { return }
        unsafe powers.square(powers.residue(spare), powers.residue(offset))
        for entry in offset + 1..<offset + count {
            unsafe powers.multiply(powers.residue(entry), powers.residue(entry - 1), powers.residue(spare))
        }
    }

    private func forEachWindow(of exponent: [Limb], _ bitCount: Int, _ width: Int, _ body: (_ position: Int, _ odd: Int) -> Void) {
        var position = 0
        while position < bitCount {
            let window = Self.digit(of: exponent, at: position, bits: width)
            if window & 1 == 0 {
                position += 1
            } else {
                body(position, window)
                position += width
            }
        }
    }

    private static func digit(of exponent: [Limb], at position: Int, bits: Int) -> Int {
        let (limb, shift) = (position / Limb.bitWidth, position % Limb.bitWidth)
        guard limb < exponent.count else { return 0 }
        var value = exponent[limb] >> shift
        if shift + bits > Limb.bitWidth, limb + 1 < exponent.count { value |= exponent[limb + 1] << (Limb.bitWidth - shift) }
        return Int(value & (1 << bits - 1))
    }
}

/// Pippenger (1976): for each digit, the bases that share it are multiplied together first.
extension PublicProduct {
    private func bucketCost(_ digitBits: Int) -> Int {
        let digits = bitCounts.reduce(0) { $0 + ($1 + digitBits - 1) / digitBits }
        let windows = (longest + digitBits - 1) / digitBits
        return factors.count + digits + (windows << (digitBits + 1))
    }

    private func bucketed(_ digitBits: Int, _ work: borrowing Workspace) {
        let bucketCount = 1 << digitBits - 1
        let bases = Workspace(work.modulus, residues: factors.count, timing: .variable)
        for index in factors.indices { bases.load(index, factors[index].base) }
        // Two more, for the running product and the sum of what it was.
        let buckets = Workspace(work.modulus, residues: bucketCount + 2, timing: .variable)
        let digits = (longest + digitBits - 1) / digitBits
        for digit in (0..<digits).reversed() {
            if digit + 1 < digits { for _ in 0..<digitBits { unsafe work.square(work.residue(0), work.residue(0)) } }
            var isFilled = [Bool](repeating: false, count: bucketCount + 2)
            for index in factors.indices where digit * digitBits < bitCounts[index] {
                let value = Self.digit(of: factors[index].exponent, at: digit * digitBits, bits: digitBits)
                if value > 0 { unsafe buckets.gather(bases.residue(index), into: value - 1, &isFilled) }
            }
            for value in (0..<bucketCount).reversed() {
                if isFilled[value] { unsafe buckets.gather(buckets.residue(value), into: bucketCount, &isFilled) }
                if isFilled[bucketCount] { unsafe buckets.gather(buckets.residue(bucketCount), into: bucketCount + 1, &isFilled) }
            }
            if isFilled[bucketCount + 1] {
                unsafe work.multiply(work.residue(0), work.residue(0), buckets.residue(bucketCount + 1))
            }
        }
    }
}

extension Workspace {
    fileprivate borrowing func gather(_ factor: ConstantLimbs, into index: Int, _ isFilled: inout [Bool]) {
        if isFilled[index] {
            unsafe multiply(residue(index), residue(index), factor)
        } else {
            unsafe copy(residue(index), factor)
            isFilled[index] = true
        }
    }

    fileprivate borrowing func gather(_ factor: Limbs, into index: Int, _ isFilled: inout [Bool]) {
        unsafe gather(ConstantLimbs(factor), into: index, &isFilled)
    }
}
