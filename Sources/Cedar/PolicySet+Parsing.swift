extension PolicySet {
    /// Reads policies and templates. They are named `policy0`, `policy1`, … in the order in which they stand; an annotation `@id` is
    /// only an annotation.
    package init(parsing source: String) throws(ParseError) {
        try self.init(parsing: Array(source.utf8))
    }

    package init(parsing source: [UInt8]) throws(ParseError) {
        self.init()
        var parser = try Parser(Lexer(source))
        var number = 0
        while parser.token.kind != .end {
            let body = try parser.policy()
            do {
                try add(body, id: CedarString("policy\(number)"))
            } catch {
                throw ParseError(.tooDeep(limit: Limits.expressionDepth), at: body.position)
            }
            number += 1
        }
    }

    /// As a policy, or where it has slots, as a template.
    package mutating func add(_ body: PolicyBody, id: PolicyID) throws(PolicySetError) {
        if let policy = Policy(id: id, body) {
            try add(policy)
        } else if let template = Template(id: id, body) {
            try add(template)
        }
    }
}

extension PolicyBody {
    /// Reads one policy or template and nothing else.
    package init(parsing source: String) throws(ParseError) {
        var parser = try Parser(Lexer(source))
        self = try parser.policy()
        guard parser.token.kind == .end else { throw parser.unexpected("the end of the policy") }
    }

    package static func all(in source: String) throws(ParseError) -> [PolicyBody] {
        try all(in: Array(source.utf8))
    }

    /// Every policy and template of a text, in its order.
    package static func all(in source: [UInt8]) throws(ParseError) -> [PolicyBody] {
        var parser = try Parser(Lexer(source))
        return try parser.policies()
    }
}

extension Expression {
    /// Reads one expression and nothing else.
    package init(parsing source: String) throws(ParseError) {
        var parser = try Parser(Lexer(source))
        self = try parser.expression()
        guard parser.token.kind == .end else { throw parser.unexpected("an operator or the end") }
    }

    /// Its value for this request.
    /// - Precondition: it is no higher than `Limits.expressionDepth`, as nothing that was parsed is.
    package func evaluate(_ request: Request, entities: Entities) throws(EvaluationError) -> Value {
        precondition(height <= Limits.expressionDepth, "an expression this deep is never evaluated")
        return try Evaluator(program: Compiler.program(self), situation: Situation(request, entities)).result()
    }
}

extension EntityUID {
    /// Reads `User::"alice"` and nothing else.
    package init(parsing source: String) throws(ParseError) {
        var parser = try Parser(Lexer(source))
        self = try parser.entity("an entity such as User::\"alice\"")
        guard parser.token.kind == .end else { throw parser.unexpected("the end of the entity") }
    }
}
