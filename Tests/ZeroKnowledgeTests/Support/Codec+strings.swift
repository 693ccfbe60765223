import CryptoPrimitives
import ZeroKnowledge

/// The strings of draft-irtf-cfrg-fiat-shamir, which no proof of ours absorbs.
extension Codec {
    /// `SerializeVarLenString`: the length, then the bytes.
    static func variableLength(_ bytes: [UInt8]) -> [UInt8] { integer(UInt32(bytes.count)) + bytes }
}

extension CanonicalReader {
    /// `DeserializeVarLenString`.
    mutating func variableLength(atMost maximum: Int) throws(FormatError) -> [UInt8] {
        guard let count = Int(exactly: try littleEndian()), count <= maximum else { throw .tooLarge }
        return try fixed(count)
    }
}
