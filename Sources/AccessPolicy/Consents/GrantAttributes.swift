package import CryptoPrimitives
import ZeroKnowledge

/// A grant as exponents: what its commitment opens to, apart from the holder's part. docs/proofs.md, section 9.
package struct GrantAttributes: Hashable, Sendable {
    /// Places of attributes that a proof of consent shows.
    package static let permit: UInt8 = 3
    package static let grantee: UInt8 = 4
    package static let category: UInt8 = 6
    /// And of the one that it proves something of.
    package static let purposes: UInt8 = 5

    /// All eight, by their place; the holder's secret, which is not known here, is zero.
    package let scalars: [SG3072.Scalar]
    /// Whether it is the patient's own plain leave to read, which a proof can be about.
    package let permits: Bool

    /// - Parameters:
    ///   - consent: bytes of a `Consent`; what cannot be read permits nothing, and is of no category.
    ///   - isUnderAuthority: whether somebody grants in the patient's place.
    package init(consent: [UInt8], _ scope: ConsentScope, isUnderAuthority: Bool) {
        let consent = try? Consent(canonical: consent)
        let plain = consent?.plain.flatMap { plain in
            plain.permitsReading && scope.holder == .reader && !isUnderAuthority ? plain : nil
        }
        permits = plain != nil
        scalars = [
            Covering.schema, .zero, SG3072.Scalar(UInt64(scope.until.number)), plain == nil ? .zero : .one,
            Self.granteeScalar(scope.grantee), SG3072.Scalar(UInt64(plain?.purposeBits ?? 0)),
            SG3072.Scalar(UInt64(consent?.category ?? 0)), SG3072.Scalar(UInt64(scope.from.number)),
        ]
    }

    /// Attribute 4.
    package static func granteeScalar(_ key: Ed25519.PublicKey) -> SG3072.Scalar {
        SG3072.Scalar(hashing: 4) { $0.value(key) }
    }
}

extension PlainConsent {
    /// In everyday care as well, and not in emergencies alone.
    fileprivate var permitsReading: Bool { actions.contains(.read) && !extras.contains(.emergencyOnly) }
}
