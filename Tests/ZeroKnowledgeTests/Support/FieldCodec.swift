import CryptoPrimitives

/// The field codecs of draft-irtf-cfrg-fiat-shamir for any modulus: fixed width, canonical, little-endian unless a standard says
/// otherwise.
struct FieldCodec {
    /// Big-endian.
    let modulus: [UInt8]
    let isBigEndian: Bool

    /// The numbers modulo the order of P-256.
    static let scalar = FieldCodec(
        modulus: Hexadecimal.decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551") ?? [], isBigEndian: true)

    /// The number in big-endian bytes.
    func deserialize(_ bytes: [UInt8]) throws(FormatError) -> [UInt8] {
        guard bytes.count == modulus.count else { throw .truncated }
        let number = isBigEndian ? bytes : bytes.reversed()
        guard number.lexicographicallyPrecedes(modulus) else { throw .notCanonical }
        return number
    }

    func serialize(_ bigEndian: [UInt8]) -> [UInt8] {
        let number = [UInt8](repeating: 0, count: modulus.count - bigEndian.count) + bigEndian
        return isBigEndian ? number : number.reversed()
    }
}
