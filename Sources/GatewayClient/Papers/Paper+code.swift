import CryptoPrimitives

/// A paper in one QR code, ISO/IEC 18004: what it is, and base 45, all in characters of the alphanumeric mode. docs/formats.md, section 5.
///
///     CORDON:PROOF-REQUEST:L69Q…
extension Paper {
    /// Characters in the largest code: version 40 with the least error correction.
    package static var maximumCodeSize: Int { 4_296 }

    /// Bytes of a paper that fits.
    package static var maximumSizeInCode: Int { (maximumCodeSize - codePrefix.utf8.count) * 2 / 3 }

    private static var codePrefix: String { "CORDON:\(String(kind.map { $0 == " " ? "-" : $0 })):" }

    /// `nil` if it is too large for one code.
    package var code: String? {
        let bytes = canonicalBytes
        return bytes.count <= Self.maximumSizeInCode ? Self.codePrefix + Base45.encode(bytes) : nil
    }

    /// The bytes of a paper of this kind from a code's text, which has neither white space around it nor line breaks in it.
    static func bytes(inCode text: String) -> [UInt8]? {
        guard text.utf8.count <= maximumCodeSize, text.hasPrefix(codePrefix) else { return nil }
        return Base45.decode(text.dropFirst(codePrefix.count))
    }
}
