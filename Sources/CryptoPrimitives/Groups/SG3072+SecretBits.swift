internal import CConstantTime

extension SG3072 {
    /// Secret numbers that are 0 or 1.
    package struct SecretBits: ~Copyable, Sendable {
        package let count: Int
        /// A limb each.
        private let bytes: SecretBytes

        private init(count: Int, writing body: (Limbs) -> Void) {
            self.count = count
            bytes = unsafe SecretBytes(writtenByC: count * MemoryLayout<Limb>.size) { memory in
                unsafe body(UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Limb.self))
            }
        }

        /// How a number from 0 to `limit` is written in the fewest bits that cannot say more: the weights are 1, 2, 4, ... but for the last,
        /// which is such that all ones give `limit`. The second half of the numbers has the last bit set.
        package static func weights(upTo limit: UInt64) -> [UInt64] {
            let count = UInt64.bitWidth - limit.leadingZeroBitCount
            guard count > 0 else { return [] }
            return (0..<count - 1).map { 1 << $0 } + [limit - (1 << (count - 1) - 1)]
        }

        /// The bits of `number` with the weights of `limit`.
        ///
        /// - Precondition: `number` is at most `limit`, which is the one thing that time tells.
        package init(_ number: UInt64, upTo limit: UInt64) {
            precondition(number <= limit, "a number in range")
            let weights = Self.weights(upTo: limit)
            unsafe self.init(count: weights.count) { bits in
                guard let last = weights.last else { return }
                let high = ct_at_least(Limb(number), 1 << Limb(weights.count - 1))
                let rest = Limb(number) &- (Limb(last) & (0 &- high))
                for index in weights.indices.dropLast() { unsafe bits[index] = rest >> Limb(index) & 1 }
                unsafe bits[weights.count - 1] = high
            }
        }

        /// A one at `index` and zeroes elsewhere. An index of `count` or more gives zeroes alone.
        package init(oneAt index: UInt64, count: Int) {
            unsafe self.init(count: count) { bits in
                for place in 0..<count { unsafe bits[place] = ct_equal_mask(Limb(place), Limb(index)) & 1 }
            }
        }

        /// These, then the others.
        package borrowing func appending(_ others: borrowing SecretBits) -> SecretBits {
            unsafe withUnsafeLimbs { first in
                unsafe others.withUnsafeLimbs { second in
                    unsafe SecretBits(count: count + others.count) { bits in
                        unsafe bits.update(from: first, count: count)
                        unsafe (bits + count).update(from: second, count: others.count)
                    }
                }
            }
        }

        package borrowing func scalars() -> SecretScalars {
            unsafe withUnsafeLimbs { bits in
                unsafe SecretScalars(count: count) { scalars in
                    for index in 0..<count { unsafe scalars[4 * index] = bits[index] }
                }
            }
        }

        borrowing func withUnsafeLimbs<Result: ~Copyable>(_ body: (ConstantLimbs) -> Result) -> Result {
            unsafe bytes.withUnsafeLimbs(body)
        }
    }
}
