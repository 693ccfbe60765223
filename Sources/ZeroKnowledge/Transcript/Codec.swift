package import CryptoPrimitives

/// The byte strings of draft-irtf-cfrg-fiat-shamir: lengths and indices in front are little-endian, of 4 bytes.
package enum Codec {
    /// `SerializeVarLenString`: the length, then the bytes.
    package static func variableLength(_ bytes: [UInt8]) -> [UInt8] {
        guard let count = UInt32(exactly: bytes.count) else { preconditionFailure("a string of 4 GiB is absorbed nowhere") }
        return integer(count) + bytes
    }

    package static func integer(_ value: UInt32) -> [UInt8] {
        stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }
}

extension CanonicalReader {
    package mutating func littleEndian() throws(FormatError) -> UInt32 {
        try integer(UInt32.self).byteSwapped
    }

    /// `DeserializeVarLenString`.
    package mutating func variableLength(atMost maximum: Int) throws(FormatError) -> [UInt8] {
        guard let count = Int(exactly: try littleEndian()), count <= maximum else { throw .tooLarge }
        return try fixed(count)
    }

    /// An index or a count of a serialized relation.
    mutating func count(atMost maximum: Int) throws(FormatError) -> Int {
        guard let count = Int(exactly: try littleEndian()), count <= maximum else { throw .tooLarge }
        return count
    }
}
