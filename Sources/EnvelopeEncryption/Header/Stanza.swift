internal import CryptoPrimitives

/// One wrap of the file key, as it stands in a header: what kind it is, what the recipient needs to know, and the wrapped key.
///
///     -> X25519 VHDLrYyXpMjkq+fKlbkpTWPAD7hiyCuVlF54PRRS9SI        "-> ", type and arguments, one space between them
///     3BZND9v3rDmJN+zJr1aNeewMelu2qE51ZABfxjraUYE                  body: unpadded base 64, the last line under 64 columns
///
/// Lines of a body hold exactly 64 characters until one that is shorter and may be empty. That one ends the stanza.
package struct Stanza: Hashable, Sendable {
    /// Longest line of a body, in characters.
    static let columns = 64

    package let type: String
    package let arguments: [String]
    package let body: [UInt8]

    func encode(to bytes: inout [UInt8]) {
        bytes += "-> \(type)".utf8
        for argument in arguments {
            bytes.append(UInt8(ascii: " "))
            bytes += argument.utf8
        }
        bytes.append(UInt8(ascii: "\n"))
        let text = Array(Base64.encode(body, .unpadded).utf8)
        // Through, not to: text that fills its lines is followed by an empty one.
        for start in stride(from: 0, through: text.count, by: Self.columns) {
            bytes += text[start..<min(start + Self.columns, text.count)]
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}
