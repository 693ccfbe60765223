package import CryptoPrimitives

/// Something that people hand over as a text file: base 64 between two lines that say what it is. docs/formats.md, section 5.
///
///     -----BEGIN CORDON INVITE-----
///     bm9ydGgu…
///     -----END CORDON INVITE-----
package protocol Paper: CanonicalCodable {
    /// In capital letters, as in the first line.
    static var kind: String { get }
    /// As people call it.
    static var name: String { get }
}

extension Paper {
    package static var name: String { kind.lowercased() }

    private static var firstLine: String { "-----BEGIN CORDON \(kind)-----" }
    private static var lastLine: String { "-----END CORDON \(kind)-----" }

    package var text: String {
        let encoded = Array(Base64.encode(canonicalBytes))
        let lines = stride(from: 0, to: encoded.count, by: 64).map { String(encoded[$0..<min($0 + 64, encoded.count)]) }
        return ([Self.firstLine] + lines + [Self.lastLine]).joined(separator: "\n") + "\n"
    }

    /// The longest text of this kind, or of its QR code, in bytes.
    package static var maximumTextSize: Int { max((maximumSize + 2) / 3 * 4 * 65 / 64, maximumCodeSize) + 256 }

    /// Parses a file of this kind, or what a QR code of it holds. White space around lines, empty lines and carriage returns are forgiven:
    /// mail adds them.
    package init(text: [UInt8]) throws(ClientError) {
        guard text.count <= Self.maximumTextSize, let text = String(validating: text, as: UTF8.self),
            let bytes = Self.bytes(inLines: text) ?? Self.bytes(inCode: Self.trimmed(text[...]))
        else { throw Self.notOne }
        do {
            self = try Self(canonical: bytes)
        } catch {
            throw Self.notOne
        }
    }

    private static func bytes(inLines text: String) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isNewline).map(Self.trimmed).filter { !$0.isEmpty }
        guard lines.count >= 3, lines.first == Self.firstLine, lines.last == Self.lastLine,
            lines.dropFirst().dropLast(2).allSatisfy({ $0.utf8.count == 64 })
        else { return nil }
        return Base64.decode(lines.dropFirst().dropLast().joined())
    }

    private static func trimmed(_ line: Substring) -> String {
        var line = line.drop(while: \.isWhitespace)
        while line.last?.isWhitespace == true { line.removeLast() }
        return String(line)
    }

    private static var notOne: ClientError { .localData(.notA(kind: name)) }
}
