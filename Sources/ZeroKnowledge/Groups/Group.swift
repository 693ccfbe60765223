package import CryptoPrimitives

/// A group of prime order in which sigma proofs run: what draft-irtf-cfrg-sigma-protocols calls `Group`.
///
/// Written multiplicatively in the formulas of this module, as it stands on Z_p; a curve works alike. Everything here may take time
/// that depends on its arguments, but `commitment`.
package protocol Group: SendableMetatype {
    associatedtype Element: Hashable, Sendable
    associatedtype Scalar: GroupScalar
    associatedtype Secrets: SecretScalars where Secrets.Scalar == Scalar

    /// The name of the suite, which tags end with: `sigma-proofs_Shake128_` and the group.
    static var suite: String { get }
    /// `Ne` of the draft: the size in bytes of an element.
    static var elementSize: Int { get }
    /// Element 0 of every relation.
    static var generator: Element { get }
    static var identity: Element { get }

    /// `elementSize` bytes. Undefined for the identity, which no encoding stands for.
    static func serialize(_ element: Element) -> [UInt8]
    /// Refuses whatever is not the one encoding of an element, and the identity.
    static func deserialize(_ bytes: [UInt8]) throws(FormatError) -> Element
    /// The product of `elements[i]` to the power `scalars[i]`, of public values.
    static func multiScalarMultiplication(_ scalars: [Scalar], _ elements: [Element]) -> Element
    /// The same for secret exponents, in time that depends on their number alone.
    static func commitment(to scalars: Secrets, with elements: [Element]) -> Element
}

/// A public number modulo the order of a group.
package protocol GroupScalar: Hashable, Sendable {
    /// `Ns` of the draft: the size in bytes of a scalar.
    static var size: Int { get }

    init(_ value: UInt64)
    /// Exactly `size` bytes, big-endian, below the order.
    init(_ bytes: [UInt8]) throws(FormatError)
    /// `DecodeField`: the little-endian number that the bytes are, modulo the order. Any number of bytes up to `size` + 16.
    init(decoding bytes: [UInt8])

    /// `size` bytes, big-endian.
    var bytes: [UInt8] { get }

    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
}

extension GroupScalar {
    package static var zero: Self { Self(0) }
    package static var one: Self { Self(1) }
}

/// A list of secret numbers modulo the order of a group: a witness, or nonces. A class, so that handing it on copies no secret.
///
/// Nothing here takes time that depends on the numbers.
package protocol SecretScalars: AnyObject, Sendable {
    associatedtype Scalar: GroupScalar

    var count: Int { get }

    /// One number for each `Scalar.size` + 16 bytes, as `DecodeField` reads them.
    init(decoding bytes: borrowing SecretBytes)

    /// The numbers at `indices`, each times its public coefficient.
    func scaled(_ indices: [Int], by coefficients: [Scalar]) -> Self
    /// `self[i] + challenge * witness[i]` for each i: what a prover reveals. Of equal count.
    func responses(to challenge: Scalar, witness: Self) -> [Scalar]
}
