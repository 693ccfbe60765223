package import CryptoPrimitives

/// What opens the commitments of a statement, one opening for each record, in order.
package struct Witness: ~Copyable, Sendable {
    /// A class, for what cannot be copied cannot stand in an array.
    final class Opening: Sendable {
        let blinding: SG3072.SecretScalar
        let attributes: SG3072.SecretScalars

        init(blinding: consuming SG3072.SecretScalar, attributes: consuming SG3072.SecretScalars) {
            self.blinding = blinding
            self.attributes = attributes
        }
    }

    private(set) var openings: [Opening] = []

    package init() {}

    /// - Parameters:
    ///   - blinding: rho, the holder's part and the issuer's together.
    ///   - attributes: all of the schema, from 0 on, those that are shown too.
    package mutating func append(blinding: consuming SG3072.SecretScalar, attributes: consuming SG3072.SecretScalars) {
        openings.append(Opening(blinding: blinding, attributes: attributes))
    }

    /// Everything, for the hedging of masks.
    borrowing func bytes() -> SecretBytes {
        var numbers: [SecretNumber] = []
        for opening in openings {
            numbers.append(SecretNumber(opening.blinding.duplicate()))
            numbers += opening.attributes.numbers()
        }
        let size = SG3072.Scalar.size
        return SecretBytes(count: numbers.count * size) { all in
            for (place, number) in numbers.enumerated() {
                number.scalar.encoded().withBytes { bytes in
                    for index in bytes.indices { all[place * size + index] = bytes[index] }
                }
            }
        }
    }
}
