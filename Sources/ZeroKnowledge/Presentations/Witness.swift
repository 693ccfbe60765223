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

    /// Of the grant: which candidate it is, and what its commitment was multiplied with.
    final class Candidate: Sendable {
        /// Digits of the place, the lower first.
        let place: [UInt64]
        /// delta
        let difference: SG3072.SecretScalar

        init(place: [UInt64], difference: consuming SG3072.SecretScalar) {
            self.place = place
            self.difference = difference
        }
    }

    private(set) var openings: [Opening] = []
    private(set) var candidate: Candidate?

    package init() {}

    /// - Parameters:
    ///   - blinding: rho, the holder's part and the issuer's together.
    ///   - attributes: all of the schema, from 0 on, those that are shown too.
    package mutating func append(blinding: consuming SG3072.SecretScalar, attributes: consuming SG3072.SecretScalars) {
        openings.append(Opening(blinding: blinding, attributes: attributes))
    }

    /// The opening of the grant, behind those of all records.
    ///
    /// - Parameters:
    ///   - blinding: rho of the candidate's own commitment.
    ///   - difference: delta, which the statement's C' has beside it.
    package mutating func append(
        candidate: Int, blinding: consuming SG3072.SecretScalar, difference: consuming SG3072.SecretScalar,
        attributes: consuming SG3072.SecretScalars
    ) {
        append(blinding: blinding + difference, attributes: attributes)
        self.candidate = Candidate(place: CoveringDigits.place(of: candidate), difference: difference)
    }

    /// Everything, for the hedging of masks.
    borrowing func bytes() -> SecretBytes {
        var numbers: [SecretNumber] = []
        for opening in openings {
            numbers.append(SecretNumber(opening.blinding.duplicate()))
            numbers += opening.attributes.numbers()
        }
        if let candidate {
            numbers.append(SecretNumber(candidate.difference.duplicate()))
            numbers += candidate.place.map { SecretNumber(SG3072.SecretScalar($0)) }
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
