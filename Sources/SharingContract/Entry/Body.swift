package import CryptoPrimitives

/// What an entry commits to and does not show. Bodies lie in the evidence store, each with a salt of its own, and go only to whom
/// the design names.
package protocol Body: CanonicalCodable, Sendable {
    static var kind: Event.Kind { get }
}

extension Body {
    /// H(cordon/body/v1/<kind>; salt, body).
    package func commitment(salt: Bytes32) -> Hash {
        bodyCommitment(kind: Self.kind, salt: salt, body: canonicalBytes)
    }
}

/// What stands in for the body of the kinds that have none: nothing, with a salt of zeroes, so that posting such an entry twice gives
/// the same bytes.
package enum EmptyBody {
    package static func commitment(for kind: Event.Kind) -> Hash {
        bodyCommitment(kind: kind, salt: .zero, body: [])
    }
}

package func bodyCommitment(kind: Event.Kind, salt: Bytes32, body: [UInt8]) -> Hash {
    var hasher = LabelledHasher("cordon/body/v1/\(kind.name)")
    hasher.update(salt.bytes)
    hasher.update(body)
    return hasher.finalize()
}
