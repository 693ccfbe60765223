internal import CGMP

extension SG3072 {
    /// Secret scalars in a row.
    package struct SecretScalars: ~Copyable, Sendable {
        package let count: Int
        /// Four limbs each, lowest first, below q.
        let bytes: SecretBytes

        /// - Parameter body: writes four limbs for each, below q.
        init(count: Int, writing body: (Limbs) -> Void) {
            self.count = count
            bytes = unsafe SecretBytes(writtenByC: count * Scalar.size) { memory in
                unsafe body(UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Limb.self))
            }
        }

        package init(count: Int, _ make: (Int) -> SecretScalar) {
            unsafe self.init(count: count) { memory in
                for index in 0..<count {
                    let scalar = make(index)
                    unsafe scalar.withUnsafeLimbs { unsafe (memory + 4 * index).update(from: $0, count: 4) }
                }
            }
        }

        package static func random(count: Int) -> SecretScalars {
            SecretScalars(count: count) { _ in SecretScalar.random() }
        }

        package borrowing func scalar(at index: Int) -> SecretScalar {
            precondition((0..<count).contains(index), "no such scalar")
            return unsafe withUnsafeLimbs { limbs in
                unsafe SecretScalar { unsafe $0.update(from: limbs + 4 * index, count: 4) }
            }
        }

        /// The sum of weight times scalar.
        package borrowing func combination(_ weights: [Scalar]) -> SecretScalar {
            unsafe sum(weights) { result, term, scratch in
                unsafe withUnsafeLimbs { limbs in
                    unsafe SG3072.withOrder { unsafe cgmp_order_sec_mul(result, limbs + 4 * term, result, $0, scratch) }
                }
            }
        }

        /// The sum of weight times scalar times the other's scalar.
        package borrowing func combination(_ weights: [Scalar], times other: borrowing SecretScalars) -> SecretScalar {
            precondition(other.count == count, "as many scalars")
            return unsafe other.withUnsafeLimbs { others in
                unsafe sum(weights) { result, term, scratch in
                    unsafe withUnsafeLimbs { limbs in
                        unsafe SG3072.withOrder { order in
                            unsafe cgmp_order_sec_mul(result, limbs + 4 * term, result, order, scratch)
                            unsafe cgmp_order_sec_mul(result, others + 4 * term, result, order, scratch)
                        }
                    }
                }
            }
        }

        borrowing func withUnsafeLimbs<Result: ~Copyable>(_ body: (ConstantLimbs) -> Result) -> Result {
            unsafe bytes.withUnsafeLimbs(body)
        }

        /// - Parameter multiply: turns a weight in place into the term of this index.
        private borrowing func sum(
            _ weights: [Scalar], _ multiply: (_ weight: Limbs, _ index: Int, _ scratch: Limbs) -> Void
        ) -> SecretScalar {
            precondition(weights.count == count, "a weight for each scalar")
            let scratch = ScalarScratch(atLeast: cgmp_order_sec_itch() + 4)
            return unsafe SecretScalar { result in
                let term = unsafe scratch.limbs
                for index in weights.indices {
                    unsafe weights[index].withUnsafeLimbs { unsafe term.update(from: $0, count: 4) }
                    unsafe multiply(term, index, term + 4)
                    unsafe SG3072.withOrder { unsafe cgmp_order_sec_add(result, result, term, $0, term + 4) }
                }
            }
        }
    }
}
