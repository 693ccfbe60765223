internal import CryptoPrimitives

/// Reads an age v1 header from the start of some bytes and accepts the canonical form alone, so that what was parsed, encoded anew,
/// is what was there. The grammar is the ABNF of the age specification, section "Header".
struct HeaderParser {
    private static let versionLine = Array("age-encryption.org/v1".utf8)
    private static let stanzaMark = Array("-> ".utf8)
    private static let endMark = Array("--- ".utf8)

    private let bytes: [UInt8]
    /// Nothing is looked at beyond here, however long the file.
    private let limit: Int
    /// Where the next line starts; past the header once it was parsed.
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        limit = min(bytes.count, Header.maximumSize)
    }

    mutating func parse() throws(HeaderError) -> (stanzas: [Stanza], authenticationCode: Bytes32) {
        guard try line().elementsEqual(Self.versionLine) else { throw .malformed }
        var stanzas: [Stanza] = []
        var next = try line()
        while next.starts(with: Self.stanzaMark) {
            guard stanzas.count < Header.maximumStanzaCount else { throw .malformed }
            stanzas.append(try stanza(headedBy: next.dropFirst(Self.stanzaMark.count)))
            next = try line()
        }
        guard next.starts(with: Self.endMark), !stanzas.isEmpty,
            let code = Base64.decode(bytes.span.extracting(next.indices).extracting(droppingFirst: Self.endMark.count), .unpadded),
            let code = Bytes32(code)
        else { throw .malformed }
        // A passphrase is taken for a sign of who wrote the file, so no one else may be able to open it.
        guard stanzas.count == 1 || !stanzas.contains(where: { $0.type == Passphrase.stanzaType }) else { throw .malformed }
        return (stanzas, code)
    }

    private mutating func stanza(headedBy line: ArraySlice<UInt8>) throws(HeaderError) -> Stanza {
        var words: [String] = []
        for word in line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            guard !word.isEmpty, word.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .malformed }
            words.append(String(decoding: word, as: UTF8.self))
        }
        return Stanza(type: words.removeFirst(), arguments: words, body: try body())
    }

    private mutating func body() throws(HeaderError) -> [UInt8] {
        var text: [UInt8] = []
        var count: Int
        repeat {
            let line = try line()
            count = line.count
            guard count <= Stanza.columns else { throw .malformed }
            text += line
        } while count == Stanza.columns
        guard let body = Base64.decode(text.span, .unpadded) else { throw .malformed }
        return body
    }

    /// The next line, without its line feed.
    private mutating func line() throws(HeaderError) -> ArraySlice<UInt8> {
        guard let end = bytes[position..<limit].firstIndex(of: UInt8(ascii: "\n")) else { throw .malformed }
        defer { position = end + 1 }
        return bytes[position..<end]
    }
}
