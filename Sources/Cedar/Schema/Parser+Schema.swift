// A schema in Cedar syntax. What is a keyword depends on where it stands, so that `entity entity;` declares an entity type.
extension SchemaFragment {
    init(cedar text: String) throws(SchemaError) {
        guard text.utf8.count <= SchemaLimits.maximumSize else { throw .tooLarge }
        do throws(ParseError) {
            var parser = try Parser(Lexer(text))
            self = try parser.schema()
        } catch {
            throw .syntax(error)
        }
    }
}

extension Parser {
    fileprivate mutating func schema() throws(ParseError) -> SchemaFragment {
        var namespaces: [SchemaFragment.Namespace] = []
        var names: Set<CedarString> = []
        // Declarations outside of all namespaces may stand anywhere.
        var outside = SchemaFragment.Namespace(name: "")
        while token.kind != .end {
            let annotations = try annotations()
            guard isAt("namespace") else {
                try declaration(annotations, into: &outside)
                continue
            }
            let position = token.position
            let namespace = try namespace(annotations)
            guard names.insert(namespace.name).inserted else {
                throw ParseError(.duplicate("the namespace \(namespace.name)"), at: position)
            }
            namespaces.append(namespace)
        }
        let isEmpty = outside.commonTypes.isEmpty && outside.entityTypes.isEmpty && outside.actions.isEmpty
        return SchemaFragment(namespaces + (isEmpty ? [] : [outside]))
    }

    private mutating func namespace(_ annotations: SchemaFragment.Annotations) throws(ParseError) -> SchemaFragment.Namespace {
        try advance()
        let name = try typeName("the name of a namespace").name
        var namespace = SchemaFragment.Namespace(name: name, annotations: annotations)
        try expect(.leftBrace, "{ and the declarations of the namespace")
        while try !take(.rightBrace) {
            let annotations = try self.annotations()
            try declaration(annotations, into: &namespace)
        }
        return namespace
    }

    private mutating func declaration(
        _ annotations: SchemaFragment.Annotations, into namespace: inout SchemaFragment.Namespace
    ) throws(ParseError) {
        if try take("entity") {
            namespace.entityTypes += try entityTypes(annotations)
        } else if try take("action") {
            namespace.actions += try actions(annotations)
        } else if try take("type") {
            namespace.commonTypes.append(try commonType(annotations))
        } else {
            throw unexpected("entity, action, type or namespace")
        }
    }

    /// One or more elements with commas between them; none after the last.
    private mutating func elements<Element>(
        _ element: (inout Parser) throws(ParseError) -> Element
    ) throws(ParseError) -> [Element] {
        var elements = [try element(&self)]
        while try take(.comma) { elements.append(try element(&self)) }
        return elements
    }

    /// An identifier, or any text at all in quotes. `__cedar` is reserved for types and is a name like others here.
    private mutating func name(_ what: String) throws(ParseError) -> CedarString {
        if token.kind == .string { return try string(what) }
        return isAt("__cedar") ? try word(what) : try identifier(what)
    }
}

// Entity types and common types
extension Parser {
    private mutating func entityTypes(_ annotations: SchemaFragment.Annotations) throws(ParseError) -> [SchemaFragment.EntityType] {
        let names = try elements { parser throws(ParseError) in try parser.identifier("the name of an entity type") }
        let kind = try take("enum") ? try enumerated() : try standard()
        try expect(.semicolon, "; at the end of the declaration")
        return names.map { SchemaFragment.EntityType(name: $0, annotations: annotations, kind: kind) }
    }

    private mutating func enumerated() throws(ParseError) -> SchemaFragment.EntityType.Kind {
        try expect(.leftBracket, "[ and the ids of the entities")
        let ids = try elements { parser throws(ParseError) in try parser.string("an id in quotes") }
        try expect(.rightBracket, ", or ]")
        return .enumerated(ids)
    }

    private mutating func standard() throws(ParseError) -> SchemaFragment.EntityType.Kind {
        let parents = try take("in") ? try entityTypeNames() : []
        let isAssigned = try take(.assign)
        var shape = SchemaFragment.TypeExpression.emptyRecord
        if isAssigned || token.kind == .leftBrace { shape = try recordType(depth: 1) }
        let tags = try take("tags") ? try type(depth: 1) : nil
        return .standard(parents: parents, shape: shape, tags: tags)
    }

    /// `A::B` or `[A::B, C]`.
    private mutating func entityTypeNames() throws(ParseError) -> [CedarString] {
        guard try take(.leftBracket) else { return [try typeName("the name of an entity type").name] }
        if try take(.rightBracket) { return [] }
        let names = try elements { parser throws(ParseError) in try parser.typeName("the name of an entity type").name }
        try expect(.rightBracket, ", or ]")
        return names
    }

    private mutating func commonType(_ annotations: SchemaFragment.Annotations) throws(ParseError) -> SchemaFragment.CommonType {
        let position = token.position
        let name = try identifier("the name of a type")
        guard SchemaName.canBeCommonType(name) else { throw ParseError(.reserved(name.text), at: position) }
        try expect(.assign, "= and the type")
        let type = try type(depth: 1)
        try expect(.semicolon, "; at the end of the declaration")
        return SchemaFragment.CommonType(name: name, annotations: annotations, type: type)
    }
}

// Actions
extension Parser {
    private mutating func actions(_ annotations: SchemaFragment.Annotations) throws(ParseError) -> [SchemaFragment.Action] {
        let names = try elements { parser throws(ParseError) in try parser.name("the name of an action") }
        let parents = try take("in") ? try actionReferences() : []
        let appliesTo = isAt("appliesTo") ? try appliesTo() : nil
        if try take("attributes") {
            try expect(.leftBrace, "{")
            try expect(.rightBrace, "}: actions have no attributes in this version of Cedar")
        }
        try expect(.semicolon, "; at the end of the declaration")
        return names.map { SchemaFragment.Action(name: $0, annotations: annotations, parents: parents, appliesTo: appliesTo) }
    }

    private mutating func actionReferences() throws(ParseError) -> [SchemaFragment.ActionReference] {
        guard try take(.leftBracket) else { return [try actionReference()] }
        let references = try elements { parser throws(ParseError) in try parser.actionReference() }
        try expect(.rightBracket, ", or ]")
        return references
    }

    /// `read`, `"read all"` or `Clinic::Action::"read"`.
    private mutating func actionReference() throws(ParseError) -> SchemaFragment.ActionReference {
        let what = "the name of an action"
        guard token.kind != .string else { return SchemaFragment.ActionReference(type: nil, id: try string(what)) }
        var type = try name(what).text
        guard token.kind == .doubleColon else { return SchemaFragment.ActionReference(type: nil, id: CedarString(type)) }
        while try take(.doubleColon) {
            guard token.kind != .string else {
                return SchemaFragment.ActionReference(type: CedarString(type), id: try string(what))
            }
            type += "::" + (try identifier(what).text)
        }
        throw unexpected(":: and the name of an action in quotes")
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
            let what = try word("principal, resource or context")
            try expect(.colon, ":")
            let isRepeated: Bool
            switch what {
            case "principal":
                isRepeated = principals != nil
                principals = try scopeTypes()
            case "resource":
                isRepeated = resources != nil
                resources = try scopeTypes()
            case "context":
                isRepeated = context != nil
                context = token.kind == .leftBrace ? try recordType(depth: 1) : .named(try typeReference())
            default: throw ParseError(.expected("principal, resource or context", found: what.text), at: position)
            }
            guard !isRepeated else { throw ParseError(.duplicate(what.text), at: position) }
        } while try isFollowedByAnother()
        guard let principals, let resources else {
            throw ParseError(.notAllowed("appliesTo must name both principal and resource"), at: start)
        }
        return SchemaFragment.AppliesTo(principals: principals, resources: resources, context: context ?? .emptyRecord)
    }

    private mutating func scopeTypes() throws(ParseError) -> [CedarString] {
        let position = token.position
        let names = try entityTypeNames()
        guard !names.isEmpty else {
            throw ParseError(.notAllowed("the list is empty: leave appliesTo out where an action applies to nothing"), at: position)
        }
        return names
    }
}

// Types
extension Parser {
    /// After an element between braces: a comma may stand before the closing one.
    private mutating func isFollowedByAnother() throws(ParseError) -> Bool {
        let hasComma = try take(.comma)
        if try take(.rightBrace) { return false }
        guard hasComma else { throw unexpected(", or }") }
        return true
    }

    private mutating func type(depth: Int) throws(ParseError) -> SchemaFragment.TypeExpression {
        guard depth <= SchemaLimits.maximumDepth else {
            throw ParseError(.tooDeep(limit: SchemaLimits.maximumDepth), at: token.position)
        }
        if token.kind == .leftBrace { return try recordType(depth: depth) }
        let name = try typeReference()
        // An entity type may be called `Set`, too.
        guard name == "Set", try take(.less) else { return .named(name) }
        let element = try type(depth: depth + 1)
        try expect(.greater, "> after the type of the elements")
        return .set(element)
    }

    /// A name, also one of the built-in `__cedar::String` and the like.
    private mutating func typeReference() throws(ParseError) -> CedarString {
        guard try take("__cedar") else { return try typeName("a type").name }
        try expect(.doubleColon, ":: and the name of a built-in type")
        return SchemaName.join(SchemaName.builtIn, try typeName("the name of a built-in type").name)
    }

    private mutating func recordType(depth: Int) throws(ParseError) -> SchemaFragment.TypeExpression {
        try expect(.leftBrace, "{")
        if try take(.rightBrace) { return .emptyRecord }
        var attributes: [SchemaFragment.Attribute] = []
        var names: Set<CedarString> = []
        repeat {
            let annotations = try annotations()
            let position = token.position
            let name = try name("the name of an attribute")
            guard names.insert(name).inserted else { throw ParseError(.duplicate("the attribute \(name)"), at: position) }
            let isOptional = try take(.question)
            try expect(.colon, ": and the type of the attribute")
            let type = try type(depth: depth + 1)
            attributes.append(.init(name: name, annotations: annotations, type: type, isRequired: !isOptional))
        } while try isFollowedByAnother()
        return .record(attributes)
    }
}
