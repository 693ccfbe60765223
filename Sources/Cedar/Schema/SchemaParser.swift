// A schema in Cedar syntax.
extension SchemaFragment {
    init(cedar text: String) throws(SchemaError) {
        do throws(ParseError) {
            var parser = try SchemaParser(text)
            self = try parser.fragment()
        } catch {
            throw .syntax(error)
        }
    }
}

/// Reads declarations one after the other. What is a keyword depends on where it stands, so that `entity entity;` declares an entity
/// type.
struct SchemaParser {
    private var lexer: Lexer
    private var token: Token

    init(_ text: String) throws(ParseError) {
        lexer = try Lexer(text)
        token = try lexer.next()
    }

    mutating func fragment() throws(ParseError) -> SchemaFragment {
        var namespaces: [SchemaFragment.Namespace] = []
        // Declarations outside of all namespaces may stand anywhere.
        var outside = SchemaFragment.Namespace(name: "")
        while token.kind != .end {
            let annotations = try self.annotations()
            if isWord("namespace") {
                let position = token.position
                let namespace = try namespace(annotations)
                guard !namespaces.contains(where: { $0.name == namespace.name }) else {
                    throw ParseError(.duplicate("the namespace `\(namespace.name)`"), at: position)
                }
                namespaces.append(namespace)
            } else {
                try declaration(annotations, into: &outside)
            }
        }
        let isEmpty = outside.commonTypes.isEmpty && outside.entityTypes.isEmpty && outside.actions.isEmpty
        return SchemaFragment(namespaces + (isEmpty ? [] : [outside]))
    }

    private mutating func namespace(_ annotations: SchemaFragment.Annotations) throws(ParseError) -> SchemaFragment.Namespace {
        try advance()
        let position = token.position
        var namespace = SchemaFragment.Namespace(name: try path(), annotations: annotations)
        guard Identifier.isName(namespace.name) else { throw ParseError(.reserved(SchemaName.builtIn.text), at: position) }
        try expect(.leftBrace, "{")
        while token.kind != .rightBrace {
            let annotations = try self.annotations()
            try declaration(annotations, into: &namespace)
        }
        try advance()
        return namespace
    }

    private mutating func declaration(
        _ annotations: SchemaFragment.Annotations, into namespace: inout SchemaFragment.Namespace
    ) throws(ParseError) {
        if try takeWord("entity") {
            namespace.entityTypes += try entityTypes(annotations)
        } else if try takeWord("action") {
            namespace.actions += try actions(annotations)
        } else if try takeWord("type") {
            namespace.commonTypes.append(try commonType(annotations))
        } else {
            throw unexpected("`entity`, `action`, `type` or `namespace`")
        }
    }
}

// Tokens.
extension SchemaParser {
    private mutating func advance() throws(ParseError) {
        token = try lexer.next()
    }

    private func isWord(_ word: StaticString) -> Bool { lexer.matches(token, word) }

    private mutating func takeWord(_ word: StaticString) throws(ParseError) -> Bool {
        guard isWord(word) else { return false }
        try advance()
        return true
    }

    private mutating func take(_ kind: Token.Kind) throws(ParseError) -> Bool {
        guard token.kind == kind else { return false }
        try advance()
        return true
    }

    private mutating func expect(_ kind: Token.Kind, _ text: String) throws(ParseError) {
        guard try take(kind) else { throw unexpected("`\(text)`") }
    }

    private func unexpected(_ expected: String) -> ParseError {
        let found = token.kind == .end ? "the end of the text" : "`\(lexer.text(token))`"
        return ParseError(.expected(expected, found: found), at: token.position)
    }

    private mutating func string() throws(ParseError) -> CedarString {
        guard token.kind == .string else { throw unexpected("a string") }
        let text = try StringEscapes.unescape(lexer.content(token), at: token.position)
        try advance()
        return text
    }

    private mutating func identifier(_ expected: String = "a name") throws(ParseError) -> CedarString {
        guard token.kind == .identifier else { throw unexpected(expected) }
        let word = lexer.text(token)
        guard !Identifier.isReserved(word) else { throw ParseError(.reserved(word.text), at: token.position) }
        try advance()
        return word
    }

    /// An identifier, or any text at all in quotes.
    private mutating func name(_ expected: String) throws(ParseError) -> CedarString {
        token.kind == .string ? try string() : try identifier(expected)
    }

    private mutating func path() throws(ParseError) -> CedarString {
        var path = ""
        if isWord("__cedar") {
            path = SchemaName.builtIn.text
            try advance()
            guard token.kind == .doubleColon else { throw unexpected("`::` and the name of a built-in type") }
        } else {
            path = try identifier().text
        }
        while try take(.doubleColon) { path += "::\(try identifier())" }
        return CedarString(path)
    }

    /// `@name("value")` and `@name`, each name once.
    private mutating func annotations() throws(ParseError) -> SchemaFragment.Annotations {
        var annotations: SchemaFragment.Annotations = [:]
        while try take(.at) {
            let position = token.position
            guard token.kind == .identifier else { throw unexpected("the name of an annotation") }
            let name = lexer.text(token)
            try advance()
            var value: CedarString = ""
            if try take(.leftParenthesis) {
                value = try string()
                try expect(.rightParenthesis, ")")
            }
            guard annotations.updateValue(value, forKey: name) == nil else {
                throw ParseError(.duplicate("the annotation @\(name)"), at: position)
            }
        }
        return annotations
    }
}

// Declarations.
extension SchemaParser {
    private mutating func entityTypes(_ annotations: SchemaFragment.Annotations) throws(ParseError) -> [SchemaFragment.EntityType] {
        var names = [try identifier("the name of an entity type")]
        while try take(.comma) { names.append(try identifier("the name of an entity type")) }
        let kind = try takeWord("enum") ? try enumerated() : try standard()
        try expect(.semicolon, ";")
        return names.map { SchemaFragment.EntityType(name: $0, annotations: annotations, kind: kind) }
    }

    private mutating func enumerated() throws(ParseError) -> SchemaFragment.EntityType.Kind {
        try expect(.leftBracket, "[")
        var ids = [try string()]
        while try take(.comma) { ids.append(try string()) }
        try expect(.rightBracket, "]")
        return .enumerated(ids)
    }

    private mutating func standard() throws(ParseError) -> SchemaFragment.EntityType.Kind {
        let parents = try takeWord("in") ? try paths() : []
        let isAssigned = try take(.assign)
        var shape = SchemaFragment.TypeExpression.emptyRecord
        if isAssigned || token.kind == .leftBrace { shape = try record(depth: 1) }
        let tags = try takeWord("tags") ? try type(depth: 1) : nil
        return .standard(parents: parents, shape: shape, tags: tags)
    }

    /// `A::B` or `[A::B, C]`.
    private mutating func paths() throws(ParseError) -> [CedarString] {
        guard try take(.leftBracket) else { return [try path()] }
        guard try !take(.rightBracket) else { return [] }
        var paths = [try path()]
        while try take(.comma) { paths.append(try path()) }
        try expect(.rightBracket, "]")
        return paths
    }

    private mutating func commonType(_ annotations: SchemaFragment.Annotations) throws(ParseError) -> SchemaFragment.CommonType {
        let position = token.position
        let name = try identifier("the name of a type")
        guard SchemaName.canBeCommonType(name) else { throw ParseError(.reserved(name.text), at: position) }
        try expect(.assign, "=")
        let type = try type(depth: 1)
        try expect(.semicolon, ";")
        return SchemaFragment.CommonType(name: name, annotations: annotations, type: type)
    }

    private mutating func actions(_ annotations: SchemaFragment.Annotations) throws(ParseError) -> [SchemaFragment.Action] {
        var names = [try name("the name of an action")]
        while try take(.comma) { names.append(try name("the name of an action")) }
        let parents = try takeWord("in") ? try actionReferences() : []
        let appliesTo = isWord("appliesTo") ? try appliesTo() : nil
        if try takeWord("attributes") {
            try expect(.leftBrace, "{")
            try expect(.rightBrace, "}")
        }
        try expect(.semicolon, ";")
        return names.map { SchemaFragment.Action(name: $0, annotations: annotations, parents: parents, appliesTo: appliesTo) }
    }

    private mutating func actionReferences() throws(ParseError) -> [SchemaFragment.ActionReference] {
        guard try take(.leftBracket) else { return [try actionReference()] }
        var references = [try actionReference()]
        while try take(.comma) { references.append(try actionReference()) }
        try expect(.rightBracket, "]")
        return references
    }

    /// `read`, `"read all"` or `Clinic::Action::"read"`.
    private mutating func actionReference() throws(ParseError) -> SchemaFragment.ActionReference {
        guard token.kind != .string else { return SchemaFragment.ActionReference(type: nil, id: try string()) }
        var words = [try identifier("the name of an action")]
        while try take(.doubleColon) {
            if token.kind == .string {
                let type = CedarString(words.map(\.text).joined(separator: "::"))
                return SchemaFragment.ActionReference(type: type, id: try string())
            }
            words.append(try identifier("the name of an action"))
        }
        guard words.count == 1 else { throw unexpected("`::` and the id of an action in quotes") }
        return SchemaFragment.ActionReference(type: nil, id: words[0])
    }

    private mutating func appliesTo() throws(ParseError) -> SchemaFragment.AppliesTo {
        let start = token.position
        try advance()
        try expect(.leftBrace, "{")
        var principals: [CedarString]?
        var resources: [CedarString]?
        var context: SchemaFragment.TypeExpression?
        repeat {
            let position = token.position
            if try takeWord("principal") {
                guard principals == nil else { throw ParseError(.duplicate("`principal`"), at: position) }
                principals = try scope()
            } else if try takeWord("resource") {
                guard resources == nil else { throw ParseError(.duplicate("`resource`"), at: position) }
                resources = try scope()
            } else if try takeWord("context") {
                guard context == nil else { throw ParseError(.duplicate("`context`"), at: position) }
                try expect(.colon, ":")
                context = token.kind == .leftBrace ? try record(depth: 1) : .named(try path())
            } else {
                throw unexpected("`principal`, `resource` or `context`")
            }
        } while try isFollowedByAnother()
        guard let principals, let resources else {
            throw ParseError(.notAllowed("`appliesTo` must name both `principal` and `resource`"), at: start)
        }
        return SchemaFragment.AppliesTo(principals: principals, resources: resources, context: context ?? .emptyRecord)
    }

    private mutating func scope() throws(ParseError) -> [CedarString] {
        try expect(.colon, ":")
        let position = token.position
        let paths = try paths()
        guard !paths.isEmpty else { throw ParseError(.notAllowed("an empty list: an action without `appliesTo` applies to nothing"), at: position) }
        return paths
    }
}

// Types.
extension SchemaParser {
    /// After an element between braces: a comma may stand before the closing one.
    private mutating func isFollowedByAnother() throws(ParseError) -> Bool {
        let hasComma = try take(.comma)
        if try take(.rightBrace) { return false }
        guard hasComma else { throw unexpected("`,` or `}`") }
        return true
    }

    private mutating func type(depth: Int) throws(ParseError) -> SchemaFragment.TypeExpression {
        guard depth <= SchemaLimits.maximumDepth else {
            throw ParseError(.tooDeep(limit: SchemaLimits.maximumDepth), at: token.position)
        }
        if token.kind == .leftBrace { return try record(depth: depth) }
        guard isWord("Set") else { return .named(try path()) }
        // An entity type may be called `Set`.
        let path = try path()
        guard path == "Set", try take(.less) else { return .named(path) }
        let element = try type(depth: depth + 1)
        try expect(.greater, ">")
        return .set(element)
    }

    private mutating func record(depth: Int) throws(ParseError) -> SchemaFragment.TypeExpression {
        try expect(.leftBrace, "{")
        guard try !take(.rightBrace) else { return .emptyRecord }
        var attributes: [SchemaFragment.Attribute] = []
        var names: Set<CedarString> = []
        repeat {
            let annotations = try annotations()
            let position = token.position
            let name = try name("the name of an attribute")
            guard names.insert(name).inserted else { throw ParseError(.duplicate("the attribute `\(name)`"), at: position) }
            let isOptional = try take(.question)
            try expect(.colon, ":")
            let type = try type(depth: depth + 1)
            attributes.append(.init(name: name, annotations: annotations, type: type, isRequired: !isOptional))
        } while try isFollowedByAnother()
        return .record(attributes)
    }
}
