package import CryptoPrimitives

/// The integers of draft-irtf-cfrg-fiat-shamir: little-endian, of 4 bytes.
package enum Codec {
    package static func integer(_ value: UInt32) -> [UInt8] {
        stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }
}

extension CanonicalReader {
    package mutating func littleEndian() throws(FormatError) -> UInt32 {
        try integer(UInt32.self).byteSwapped
    }

    /// An index or a count of a serialized relation.
    mutating func count(atMost maximum: Int) throws(FormatError) -> Int {
        guard let count = Int(exactly: try littleEndian()), count <= maximum else { throw .tooLarge }
        return count
    }
}
