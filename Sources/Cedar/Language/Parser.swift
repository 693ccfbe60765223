/// Reads the policy language by recursive descent with one token of look-ahead. The first error ends it.
struct Parser {
    var lexer: Lexer
    var token: Token
    /// How many expressions are being read one inside another.
    var depth = 0

    init(_ lexer: Lexer) throws(ParseError) {
        self.lexer = lexer
        token = try self.lexer.next()
    }
}

extension Parser {
    mutating func advance() throws(ParseError) {
        token = try lexer.next()
    }

    /// Takes the token if it is of this kind.
    mutating func take(_ kind: Token.Kind) throws(ParseError) -> Bool {
        guard token.kind == kind else { return false }
        try advance()
        return true
    }

    /// Takes the token if it is this word.
    mutating func take(_ word: StaticString) throws(ParseError) -> Bool {
        guard isAt(word) else { return false }
        try advance()
        return true
    }

    func isAt(_ word: StaticString) -> Bool { lexer.matches(token, word) }

    mutating func expect(_ kind: Token.Kind, _ what: String) throws(ParseError) {
        guard try take(kind) else { throw unexpected(what) }
    }

    func unexpected(_ expected: String) -> ParseError {
        ParseError(.expected(expected, found: found), at: token.position)
    }

    private var found: String {
        guard token.kind != .end else { return "the end" }
        let text = lexer.text(token)
        return text.unicodeScalars.count > 40 ? "\(String(text.unicodeScalars.prefix(40)))…" : text.text
    }

    /// Any identifier, reserved or not.
    mutating func word(_ what: String) throws(ParseError) -> CedarString {
        guard token.kind == .identifier else { throw unexpected(what) }
        let text = lexer.text(token)
        try advance()
        return text
    }

    /// An identifier that is no reserved word.
    mutating func identifier(_ what: String) throws(ParseError) -> CedarString {
        let position = token.position
        let text = try word(what)
        guard !Identifier.isReserved(text) else { throw ParseError(.reserved(text.text), at: position) }
        return text
    }

    mutating func string(_ what: String) throws(ParseError) -> CedarString {
        guard token.kind == .string else { throw unexpected(what) }
        let text = try StringEscapes.unescape(lexer.content(token), at: token.position)
        try advance()
        return text
    }

    /// `A::B::C`, no part reserved.
    mutating func typeName(_ what: String) throws(ParseError) -> EntityType {
        var name = try identifier(what).text
        while try take(.doubleColon) { name += "::" + (try identifier("a name after ::").text) }
        return EntityType(CedarString(name))
    }

    /// Elements and commas up to the closing token; the last comma may stand alone.
    mutating func list(
        until end: Token.Kind, _ what: String, _ element: (inout Parser) throws(ParseError) -> Void
    ) throws(ParseError) {
        while try !take(end) {
            try element(&self)
            if try take(end) { return }
            guard try take(.comma) else { throw unexpected(what) }
        }
    }
}
