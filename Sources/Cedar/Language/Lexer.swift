/// Cuts a source into tokens, one at a time. White space is Unicode's; a comment runs from `//` to the end of its line.
package struct Lexer: Sendable {
    private let source: [UInt8]
    private var offset = 0
    private var line = 1
    private var column = 1

    /// - Throws: `.tooLarge`, `.notUTF8`.
    package init(_ source: [UInt8]) throws(ParseError) {
        guard source.count <= Limits.sourceBytes else { throw ParseError(.tooLarge(limit: Limits.sourceBytes), at: .none) }
        guard String(validating: source, as: UTF8.self) != nil else { throw ParseError(.notUTF8, at: .none) }
        self.source = source
    }

    package init(_ source: String) throws(ParseError) {
        try self.init(Array(source.utf8))
    }

    /// The token's own text.
    package func text(_ token: Token) -> CedarString {
        CedarString(String(decoding: source[token.range], as: UTF8.self))
    }

    /// Whether the token is this word.
    package func matches(_ token: Token, _ word: StaticString) -> Bool {
        token.kind == .identifier && token.range.count == word.utf8CodeUnitCount
            && source[token.range].elementsEqual(word.description.utf8)
    }

    /// What stands between the quotes of a string token.
    package func content(_ token: Token) -> ArraySlice<UInt8> {
        source[(token.range.lowerBound + 1)..<(token.range.upperBound - 1)]
    }

    /// The next token; at the end of the source, `.end` for ever.
    package mutating func next() throws(ParseError) -> Token {
        skipBlank()
        let start = offset
        let position = SourcePosition(line: line, column: column)
        guard let byte = byte(at: offset) else { return Token(kind: .end, range: start..<start, position: position) }
        let kind: Token.Kind
        switch byte {
        case UInt8(ascii: "\""): kind = try string(from: position)
        case UInt8(ascii: "?"): kind = slotOrQuestion()
        case _ where Self.isDigit(byte): kind = run(.number) { Self.isDigit($0) }
        case _ where Self.beginsIdentifier(byte): kind = run(.identifier) { Self.continuesIdentifier($0) }
        default: kind = try punctuation(byte, at: position)
        }
        return Token(kind: kind, range: start..<offset, position: position)
    }

    private func byte(at offset: Int) -> UInt8? {
        offset < source.count ? source[offset] : nil
    }

    /// Moves over one byte. Columns count scalars, so bytes that continue one do not count.
    private mutating func advance() {
        if source[offset] == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if source[offset] & 0xC0 != 0x80 {
            column += 1
        }
        offset += 1
    }

    private mutating func advance(_ count: Int) {
        for _ in 0..<count { advance() }
    }
}

extension Lexer {
    private mutating func skipBlank() {
        while let byte = byte(at: offset) {
            if byte == UInt8(ascii: "/") && self.byte(at: offset + 1) == UInt8(ascii: "/") {
                skipComment()
            } else if let length = blankLength(byte) {
                advance(length)
            } else {
                return
            }
        }
    }

    private mutating func skipComment() {
        while let byte = byte(at: offset), byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") { advance() }
    }

    /// How many bytes the white space that begins here has, or nil.
    private func blankLength(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x09...0x0D, 0x20: 1
        case 0xC2: [0x85, 0xA0].contains(self.byte(at: offset + 1)) ? 2 : nil
        case 0xE1, 0xE2, 0xE3: scalar(at: offset).flatMap { $0.properties.isWhitespace ? 3 : nil }
        default: nil
        }
    }

    private func scalar(at offset: Int) -> Unicode.Scalar? {
        String(decoding: source[offset..<min(offset + 4, source.count)], as: UTF8.self).unicodeScalars.first
    }

    private mutating func string(from start: SourcePosition) throws(ParseError) -> Token.Kind {
        advance()
        while let byte = byte(at: offset) {
            advance()
            if byte == UInt8(ascii: "\"") { return .string }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = self.byte(at: offset), escaped != UInt8(ascii: "\n") else { break }
                advance()
            }
        }
        throw ParseError(.unterminatedString, at: start)
    }

    private mutating func slotOrQuestion() -> Token.Kind {
        advance()
        guard let byte = byte(at: offset), Self.beginsIdentifier(byte) else { return .question }
        return run(.slot) { Self.continuesIdentifier($0) }
    }

    private mutating func run(_ kind: Token.Kind, while belongs: (UInt8) -> Bool) -> Token.Kind {
        while let byte = byte(at: offset), belongs(byte) { advance() }
        return kind
    }

    private mutating func punctuation(_ byte: UInt8, at position: SourcePosition) throws(ParseError) -> Token.Kind {
        if let second = self.byte(at: offset + 1), let kind = Self.pair(byte, second) {
            advance(2)
            return kind
        }
        guard let kind = Self.single(byte) else {
            throw ParseError(.unexpectedCharacter(scalar(at: offset) ?? "?"), at: position)
        }
        advance()
        return kind
    }

    private static func pair(_ first: UInt8, _ second: UInt8) -> Token.Kind? {
        switch (Unicode.Scalar(first), Unicode.Scalar(second)) {
        case (":", ":"): .doubleColon
        case ("=", "="): .equal
        case ("!", "="): .notEqual
        case ("<", "="): .lessOrEqual
        case (">", "="): .greaterOrEqual
        case ("|", "|"): .or
        case ("&", "&"): .and
        default: nil
        }
    }

    private static func single(_ byte: UInt8) -> Token.Kind? {
        switch Unicode.Scalar(byte) {
        case "@": .at
        case ".": .dot
        case ",": .comma
        case ";": .semicolon
        case ":": .colon
        case "(": .leftParenthesis
        case ")": .rightParenthesis
        case "{": .leftBrace
        case "}": .rightBrace
        case "[": .leftBracket
        case "]": .rightBracket
        case "<": .less
        case ">": .greater
        case "=": .assign
        case "+": .plus
        case "-": .minus
        case "*": .star
        case "/": .slash
        case "%": .percent
        case "!": .bang
        default: nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func beginsIdentifier(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func continuesIdentifier(_ byte: UInt8) -> Bool { beginsIdentifier(byte) || isDigit(byte) }
}
