import CryptoPrimitives

@testable import ZeroKnowledge

/// A grant among candidates, with numbers that are all known here.
struct GrantExample: Sendable {
    var attributes: [SG3072.Scalar]
    let blinding, difference: SG3072.Scalar
    var place: Int
    var candidates: [SG3072.Element]
    var shown: [UInt8]

    /// The grant at `place`, and others that are somebody's.
    init(
        at place: Int = 0, of count: Int = 1, holder: String = "holder", permit: UInt64 = 1, purposes: UInt64 = 6,
        shown: [UInt8] = [3, 4, 6]
    ) {
        self.place = place
        self.shown = shown
        let names = Credential("grant", fields: [permit, 41, purposes, 3, 20_400], holder: holder)
        attributes = [Covering.schema] + names.attributes.dropFirst()
        blinding = names.blinding
        difference = Credential("difference", fields: []).blinding
        candidates = Self.others.prefix(count).map(\.self)
        candidates[place] = Self.commitment(names.blinding, attributes)
    }

    private static let others = (0..<65).map { commitment(SG3072.Scalar(1_000 + $0), [.one, SG3072.Scalar($0)]) }

    static func commitment(_ blinding: SG3072.Scalar, _ attributes: [SG3072.Scalar]) -> SG3072.Element {
        SG3072.product(
            [SG3072.Power(SG3072.blinding, blinding)] + zip(SG3072.attributes, attributes).map { SG3072.Power($0, $1) })
    }

    /// C'
    var commitment: SG3072.Element { Self.commitment(blinding + difference, attributes) }

    var covering: Covering {
        Covering(
            commitment: commitment, fields: shown.map { ShownRecord.Attribute(index: $0, scalar: attributes[Int($0)]) },
            candidates: candidates)
    }

    func append(to witness: inout Witness) {
        witness.append(
            candidate: place, blinding: SG3072.SecretScalar(blinding), difference: SG3072.SecretScalar(difference),
            attributes: SG3072.SecretScalars(count: attributes.count) { SG3072.SecretScalar(attributes[$0]) })
    }

    /// All masks of purposes that have this purpose.
    static func purposes(with purpose: UInt64) -> [SG3072.Scalar] {
        (0..<1_024).map { $0 << 1 as UInt64 }.filter { $0 >> purpose & 1 == 1 }.map { SG3072.Scalar($0) }
    }
}
