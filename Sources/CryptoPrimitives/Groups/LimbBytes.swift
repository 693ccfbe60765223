/// Big-endian bytes and limbs, lowest first.
extension [UInt] {
    /// - Parameter bytes: a whole number of limbs.
    init(bigEndian bytes: Span<UInt8>) {
        let size = MemoryLayout<UInt>.size
        precondition(bytes.count.isMultiple(of: size), "whole limbs")
        self.init(repeating: 0, count: bytes.count / size)
        for index in bytes.indices {
            let place = bytes.count - 1 - index
            self[place / size] |= UInt(bytes[index]) << (8 * (place % size))
        }
    }

    init(bigEndian bytes: [UInt8]) {
        self.init(bigEndian: bytes.span)
    }

    var bigEndianBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * MemoryLayout<UInt>.size)
        for limb in reversed() {
            for shift in stride(from: UInt.bitWidth - 8, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: limb >> UInt(shift)))
            }
        }
        return bytes
    }

    /// As numbers of the same length. In variable time.
    func isBelow(_ other: [UInt]) -> Bool {
        for (a, b) in zip(self, other).reversed() where a != b { return a < b }
        return false
    }

    /// The difference of numbers of the same length, modulo the next power of 2^64.
    func subtracting(_ other: [UInt]) -> [UInt] {
        var borrow: UInt = 0
        return zip(self, other).map { a, b in
            let (first, isBelow) = a.subtractingReportingOverflow(b)
            let (second, isBelowAgain) = first.subtractingReportingOverflow(borrow)
            borrow = isBelow || isBelowAgain ? 1 : 0
            return second
        }
    }
}
