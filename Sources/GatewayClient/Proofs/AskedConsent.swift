import AccessPolicy
package import CryptoPrimitives
package import MedicalRecords
import ZeroKnowledge

/// What a live grant has to cover, whichever it is. docs/proofs.md, sections 7 and 9.
package struct AskedConsent: Hashable, Sendable {
    package let actor: Ed25519.PublicKey
    package let purpose: PurposeOfUse
    package let category: UInt16
    package let day: Day
    /// How many leaves the verifier's copy of the ledger had: an older one proves nothing to it.
    package let size: UInt64

    package init(actor: Ed25519.PublicKey, purpose: PurposeOfUse, category: UInt16, day: Day, size: UInt64) {
        (self.actor, self.purpose, self.category, self.day, self.size) = (actor, purpose, category, day, size)
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        actor = try reader.value()
        guard let purpose = PurposeOfUse(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.purpose = purpose
        category = try reader.integer(UInt16.self)
        day = try reader.day()
        size = try reader.integer(UInt64.self)
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(actor)
        writer.integer(purpose.rawValue)
        writer.integer(category)
        writer.day(day)
        writer.integer(size)
    }
}

extension AskedConsent {
    /// Of the grant, besides what it is.
    var shown: [ShownRecord.Attribute] {
        [
            .init(index: GrantAttributes.permit, scalar: .one),
            .init(index: GrantAttributes.grantee, scalar: GrantAttributes.granteeScalar(actor)),
            .init(index: GrantAttributes.category, scalar: SG3072.Scalar(UInt64(category))),
        ]
    }

    /// All sets of purposes that this one is in, as numbers.
    var purposes: [SG3072.Scalar] {
        let all = PurposeOfUse.allCases.reduce(0 as UInt64) { $0 | 1 << UInt64($1.rawValue) }
        let bit = 1 << UInt64(purpose.rawValue) as UInt64
        return (bit...all).filter { $0 & bit != 0 && $0 & ~all == 0 }.map { SG3072.Scalar($0) }
    }
}

/// Which grant a presentation is about, as far as anybody is told.
package struct CoveredBlock: Hashable, Sendable {
    /// C'
    package let commitment: SG3072.Element
    /// Of the ledger that the block is cut from.
    package let size: UInt64
    package let block: UInt16

    package init(commitment: SG3072.Element, size: UInt64, block: UInt16) {
        (self.commitment, self.size, self.block) = (commitment, size, block)
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        commitment = try SG3072.Element(decoding: try reader.fixed(SG3072.Element.size))
        size = try reader.integer(UInt64.self)
        block = try reader.integer(UInt16.self)
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.fixed(commitment.encoded)
        writer.integer(size)
        writer.integer(block)
    }
}
