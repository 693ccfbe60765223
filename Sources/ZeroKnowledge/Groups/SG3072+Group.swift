package import CryptoPrimitives

/// Modulo plus and minus 1 the group has order qr and no small subgroup: an element that a proof binds for two challenges has no part of
/// order r, for their difference is invertible modulo r. So decoding is a comparison, and proofs imply membership.
extension SG3072: Group {
    package static let suite = "sigma-proofs_Shake128_SG3072"
    package static var generator: Element { blinding }

    package static func multiScalarMultiplication(_ scalars: [Scalar], _ elements: [Element]) -> Element {
        product(zip(elements, scalars).map { Power($0, $1) })
    }

    package static func commitment(to scalars: Secrets, with elements: [Element]) -> Element {
        commit(scalars.scalars, to: elements)
    }

    /// A witness or nonces of a linear relation.
    package final class Secrets: SecretVector {
        let scalars: SecretScalars

        package init(_ scalars: consuming SecretScalars) {
            self.scalars = scalars
        }

        package convenience init(squeezed bytes: borrowing SecretBytes) {
            let size = Scalar.size + 16
            precondition(bytes.count.isMultiple(of: size), "48 bytes for each scalar")
            self.init(
                SecretScalars(count: bytes.count / size) { index in
                    let reversed = bytes.withBytes { all in
                        SecretBytes(count: size) { part in
                            for place in 0..<size { part[place] = all[(index + 1) * size - 1 - place] }
                        }
                    }
                    return SecretScalar(reducing: reversed)
                })
        }

        package var count: Int { scalars.count }

        package func scaled(_ indices: [Int], by coefficients: [Scalar]) -> Secrets {
            Secrets(SecretScalars(count: indices.count) { scalars.scalar(at: indices[$0]) * coefficients[$0] })
        }

        /// Public, as nonces are uniform and answer once: `ProverCommitment` is used up by it.
        package func responses(to challenge: Scalar, witness: Secrets) -> [Scalar] {
            (0..<count).map { (witness.scalars.scalar(at: $0) * challenge + scalars.scalar(at: $0)).declassified() }
        }
    }
}

extension SG3072.Element: GroupElement {}

extension SG3072.Scalar: GroupScalar {}

/// Hedged nonces for a linear relation.
extension SG3072.MaskSource: NonceSource {
    package mutating func nonces(_ count: Int) -> SG3072.Secrets {
        var scalars: [SecretNumber] = []
        for _ in 0..<count { scalars.append(SecretNumber(nextScalar())) }
        return SG3072.Secrets(SG3072.SecretScalars(count: count) { scalars[$0].scalar.duplicate() })
    }
}
