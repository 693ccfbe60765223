internal import CryptoPrimitives

/// An age file as text: strict PEM (RFC 7468, section 3, figure 3) with one label and no headers.
///
///     -----BEGIN AGE ENCRYPTED FILE-----
///     YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB2OWgxaWVQcE04LzZ4ZFk0        64 characters of padded base 64
///     …
///     lRGhdD24AJoDEyCpGzTE7ig64POqcuIbRImkMHIYqLmmRc4iWaL7mejS1UN4GQ==        1 to 64 in the last line
///     -----END AGE ENCRYPTED FILE-----
///
/// Lines end with LF, or CRLF as mail makes of it; the last may go without. Blank space may stand before and after, nothing else.
package enum Armor {
    package enum DecodeError: Error {
        /// The text is not an armored age file in that form.
        case malformed
    }

    private static let begin = Array("-----BEGIN AGE ENCRYPTED FILE-----".utf8)
    private static let end = Array("-----END AGE ENCRYPTED FILE-----".utf8)
    private static let columns = 64
    private static let lineFeed = UInt8(ascii: "\n")

    package static func encode(_ file: [UInt8]) -> [UInt8] {
        let body = Array(Base64.encode(file).utf8)
        var text = begin
        for start in stride(from: 0, to: body.count, by: columns) {
            text.append(lineFeed)
            text += body[start..<min(start + columns, body.count)]
        }
        text.append(lineFeed)
        text += end
        text.append(lineFeed)
        return text
    }

    package static func decode(_ text: [UInt8]) throws(DecodeError) -> [UInt8] {
        var rest = text[...]
        var line: ArraySlice<UInt8>
        repeat { line = try nextLine(&rest) } while line.allSatisfy(isBlank)
        guard line.elementsEqual(begin) else { throw .malformed }

        var body: [UInt8] = []
        body.reserveCapacity(text.count)
        var isLast = false
        line = try nextLine(&rest)
        while !line.elementsEqual(end) {
            guard !isLast, (1...columns).contains(line.count) else { throw .malformed }
            isLast = line.count < columns
            body += line
            line = try nextLine(&rest)
        }
        guard rest.allSatisfy(isBlank), let file = Base64.decode(body.span) else { throw .malformed }
        return file
    }

    /// Takes a line off the front, without its line ending. Throws when nothing is left.
    private static func nextLine(_ rest: inout ArraySlice<UInt8>) throws(DecodeError) -> ArraySlice<UInt8> {
        guard !rest.isEmpty else { throw .malformed }
        let end = rest.firstIndex(of: lineFeed) ?? rest.endIndex
        var line = rest[..<end]
        rest = rest[end...].dropFirst()
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: true
        default: false
        }
    }
}
