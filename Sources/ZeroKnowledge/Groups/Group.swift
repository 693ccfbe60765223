package import CryptoPrimitives

/// A group of prime order in which sigma proofs run: what draft-irtf-cfrg-sigma-protocols calls `Group`.
///
/// Everything here may take time that depends on its arguments, but `commitment`.
package protocol Group: SendableMetatype {
    associatedtype Element: GroupElement
    associatedtype Scalar: GroupScalar
    associatedtype Secrets: SecretVector where Secrets.Scalar == Scalar

    /// The name of the suite, which tags end with: `sigma-proofs_Shake128_` and the group.
    static var suite: String { get }
    /// Element 0 of every relation.
    static var generator: Element { get }

    /// The product of `elements[i]` to the power `scalars[i]` (the draft adds), of public values.
    static func multiScalarMultiplication(_ scalars: [Scalar], _ elements: [Element]) -> Element
    /// The same for secret exponents, in time that depends on their number alone.
    static func commitment(to scalars: Secrets, with elements: [Element]) -> Element
}

package protocol GroupElement: Hashable, Sendable {
    /// `Ne` of the draft: how many bytes an element has.
    static var size: Int { get }
    static var identity: Self { get }

    /// Refuses whatever is not the one encoding of an element, and the identity.
    init(decoding bytes: [UInt8]) throws(FormatError)
    /// `size` bytes. No decoder takes those of the identity.
    var encoded: [UInt8] { get }
}

/// A public number modulo the order of a group.
package protocol GroupScalar: Hashable, Sendable {
    /// `Ns` of the draft: how many bytes a scalar has.
    static var size: Int { get }

    init(_ value: UInt64)
    /// Exactly `size` bytes, big-endian, below the order.
    init(decoding bytes: [UInt8]) throws(FormatError)
    /// A big-endian number of `size` to `2 * size` bytes, modulo the order.
    init(reducing bytes: [UInt8])

    /// `size` bytes, big-endian.
    var encoded: [UInt8] { get }

    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
}

extension GroupScalar {
    package static var zero: Self { Self(0) }
    package static var one: Self { Self(1) }

    /// `DecodeField`: the little-endian number that squeezed bytes are, modulo the order.
    package init(squeezed bytes: [UInt8]) {
        self.init(reducing: [UInt8](repeating: 0, count: max(0, Self.size - bytes.count)) + bytes.reversed())
    }
}

/// A list of secret numbers modulo the order of a group: a witness, or nonces. A class, so that handing it on copies no secret.
///
/// Nothing here takes time that depends on the numbers.
package protocol SecretVector: AnyObject, Sendable {
    associatedtype Scalar: GroupScalar

    var count: Int { get }

    /// One number for each `Scalar.size` + 16 bytes, little-endian, modulo the order.
    init(squeezed bytes: borrowing SecretBytes)

    /// The numbers at `indices`, each times its public coefficient.
    func scaled(_ indices: [Int], by coefficients: [Scalar]) -> Self
    /// `self[i] + challenge * witness[i]` for each i: what a prover reveals. Of equal count.
    func responses(to challenge: Scalar, witness: Self) -> [Scalar]
}
