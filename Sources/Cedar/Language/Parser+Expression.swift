extension Parser {
    mutating func expression() throws(ParseError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limits.expressionDepth else { throw ParseError(.tooDeep(limit: Limits.expressionDepth), at: token.position) }
        let position = token.position
        guard try take("if") else { return try disjunction() }
        let condition = try expression()
        guard try take("then") else { throw unexpected("then") }
        let then = try expression()
        guard try take("else") else { throw unexpected("else") }
        return try node(.conditional(condition, then: then, else: try expression()), at: position)
    }

    /// Refuses what would nest too deep.
    private func node(_ kind: Expression.Kind, at position: SourcePosition) throws(ParseError) -> Expression {
        let expression = Expression(kind, at: position)
        guard expression.height <= Limits.expressionDepth else {
            throw ParseError(.tooDeep(limit: Limits.expressionDepth), at: position)
        }
        return expression
    }

    private mutating func disjunction() throws(ParseError) -> Expression {
        let first = try conjunction()
        guard token.kind == .or else { return first }
        var operands = [first]
        while try take(.or) { operands.append(try conjunction()) }
        return try node(.or(operands), at: first.position)
    }

    private mutating func conjunction() throws(ParseError) -> Expression {
        let first = try relation()
        guard token.kind == .and else { return first }
        var operands = [first]
        while try take(.and) { operands.append(try relation()) }
        return try node(.and(operands), at: first.position)
    }

    private mutating func relation() throws(ParseError) -> Expression {
        let left = try sum()
        if let relation = relationalOperator {
            try advance()
            let result = try node(.binary(relation, left, try sum()), at: left.position)
            guard relationalOperator == nil else {
                throw ParseError(.notAllowed("comparisons do not chain: use parentheses"), at: token.position)
            }
            return result
        }
        if try take("has") { return try presence(of: left) }
        if try take("like") { return try match(of: left) }
        if try take("is") { return try typeTest(of: left) }
        guard token.kind != .assign else { throw ParseError(.notAllowed("= is no operator: use =="), at: token.position) }
        return left
    }

    private var relationalOperator: BinaryOperator? {
        switch token.kind {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .identifier: isAt("in") ? .in : nil
        default: nil
        }
    }

    /// After `has`: a string, or names joined by dots.
    private mutating func presence(of target: Expression) throws(ParseError) -> Expression {
        if token.kind == .string { return try node(.has(target, try string("an attribute")), at: target.position) }
        let first = try identifier("an attribute's name or a string")
        var tests = [try node(.has(target, first), at: target.position)]
        var reached = target
        var last = first
        while try take(.dot) {
            reached = try node(.attribute(reached, last), at: target.position)
            last = try identifier("an attribute's name")
            tests.append(try node(.has(reached, last), at: target.position))
        }
        return tests.count == 1 ? tests[0] : try node(.and(tests), at: target.position)
    }

    private mutating func match(of target: Expression) throws(ParseError) -> Expression {
        guard token.kind == .string else { throw unexpected("a pattern in quotes") }
        let pattern = try StringEscapes.pattern(lexer.content(token), at: token.position)
        try advance()
        return try node(.like(target, pattern), at: target.position)
    }

    private mutating func typeTest(of target: Expression) throws(ParseError) -> Expression {
        let type = try typeName("an entity type")
        let ancestor = try take("in") ? try sum() : nil
        return try node(.isType(target, type, in: ancestor), at: target.position)
    }

    private mutating func sum() throws(ParseError) -> Expression {
        var left = try product()
        while true {
            let operation: BinaryOperator
            switch token.kind {
            case .plus: operation = .plus
            case .minus: operation = .minus
            default: return left
            }
            try advance()
            left = try node(.binary(operation, left, try product()), at: left.position)
        }
    }

    private mutating func product() throws(ParseError) -> Expression {
        var left = try unary()
        while true {
            switch token.kind {
            case .star: try advance()
            case .slash, .percent:
                throw ParseError(.notAllowed("the language has no division and no remainder"), at: token.position)
            default: return left
            }
            left = try node(.binary(.times, left, try unary()), at: left.position)
        }
    }
}

// Operators in front, and what stands behind a value.
extension Parser {
    private mutating func unary() throws(ParseError) -> Expression {
        let position = token.position
        switch token.kind {
        case .bang:
            let count = try repetitions(of: .bang)
            var operand = try member()
            for _ in 0..<count { operand = try node(.not(operand), at: position) }
            return operand
        case .minus: return try negation(at: position)
        default: return try member()
        }
    }

    private mutating func repetitions(of kind: Token.Kind) throws(ParseError) -> Int {
        let position = token.position
        var count = 0
        while try take(kind) { count += 1 }
        guard count <= 4 else { throw ParseError(.notAllowed("an operator may be repeated four times at most"), at: position) }
        return count
    }

    /// A minus right in front of a number belongs to it, so that the least integer can be written.
    private mutating func negation(at position: SourcePosition) throws(ParseError) -> Expression {
        var count = try repetitions(of: .minus)
        var operand: Expression
        if token.kind == .number {
            let number = token
            try advance()
            if beginsAccess {
                operand = try accesses(on: try literal(number, isNegative: false))
            } else {
                operand = try literal(number, isNegative: true)
                count -= 1
            }
        } else {
            operand = try member()
        }
        for _ in 0..<count { operand = try node(.negate(operand), at: position) }
        return operand
    }

    private func literal(_ number: Token, isNegative: Bool) throws(ParseError) -> Expression {
        guard let value = Int64((isNegative ? "-" : "") + lexer.text(number).text) else {
            throw ParseError(.integerOutOfRange, at: number.position)
        }
        return Expression(.literal(.long(value)), at: number.position)
    }

    private var beginsAccess: Bool {
        token.kind == .dot || token.kind == .leftBracket || token.kind == .leftParenthesis
    }

    private mutating func member() throws(ParseError) -> Expression {
        try accesses(on: try primary())
    }

    private mutating func accesses(on start: Expression) throws(ParseError) -> Expression {
        var target = start
        while true {
            switch token.kind {
            case .dot:
                try advance()
                target = try dotAccess(on: target)
            case .leftBracket:
                try advance()
                target = try node(.attribute(target, try string("an attribute in quotes")), at: target.position)
                try expect(.rightBracket, "]")
            case .leftParenthesis: throw ParseError(.notAllowed("only functions and methods can be called"), at: token.position)
            default: return target
            }
        }
    }

    private mutating func dotAccess(on target: Expression) throws(ParseError) -> Expression {
        let position = token.position
        let name = try identifier("an attribute's or a method's name")
        guard try take(.leftParenthesis) else { return try node(.attribute(target, name), at: target.position) }
        return try node(try method(name, of: target, arguments: try arguments(), at: position), at: target.position)
    }

    private mutating func arguments() throws(ParseError) -> [Expression] {
        var arguments: [Expression] = []
        try list(until: .rightParenthesis, ", or ) in the arguments") { (parser: inout Parser) throws(ParseError) in
            arguments.append(try parser.expression())
        }
        return arguments
    }

    private func method(
        _ name: CedarString, of target: Expression, arguments: [Expression], at position: SourcePosition
    ) throws(ParseError) -> Expression.Kind {
        if name == "isEmpty" {
            guard arguments.isEmpty else { throw ParseError(.notAllowed("isEmpty takes no argument"), at: position) }
            return .isEmpty(target)
        }
        if let operation = BinaryOperator(rawValue: name.text), operation.isMethod {
            guard arguments.count == 1 else { throw ParseError(.notAllowed("\(name) takes one argument"), at: position) }
            return .binary(operation, target, arguments[0])
        }
        guard let function = ExtensionFunction(rawValue: name.text) else {
            throw ParseError(.notAllowed("there is no method \(name)"), at: position)
        }
        guard !function.isConstructor else { throw ParseError(.notAllowed("\(name) is a function, not a method"), at: position) }
        return .call(function, [target] + arguments)
    }
}

// Values, names and what is in brackets.
extension Parser {
    private mutating func primary() throws(ParseError) -> Expression {
        let start = token
        switch token.kind {
        case .number:
            try advance()
            return try literal(start, isNegative: false)
        case .string: return Expression(.literal(.string(try string("a string"))), at: start.position)
        case .identifier: return try named()
        case .leftParenthesis:
            try advance()
            let inner = try expression()
            try expect(.rightParenthesis, "an operator or )")
            return inner
        case .leftBracket:
            try advance()
            return try setLiteral(at: start.position)
        case .leftBrace:
            try advance()
            return try recordLiteral(at: start.position)
        case .slot: throw ParseError(.notAllowed("\(lexer.text(token)) may stand in the scope only"), at: token.position)
        default: throw unexpected("an expression")
        }
    }

    private mutating func setLiteral(at position: SourcePosition) throws(ParseError) -> Expression {
        var elements: [Expression] = []
        try list(until: .rightBracket, "an operator, a comma or ]") { (parser: inout Parser) throws(ParseError) in
            elements.append(try parser.expression())
        }
        return try node(.set(elements), at: position)
    }

    private mutating func recordLiteral(at position: SourcePosition) throws(ParseError) -> Expression {
        var fields: [Expression.Field] = []
        var names: Set<CedarString> = []
        try list(until: .rightBrace, "an operator, a comma or }") { (parser: inout Parser) throws(ParseError) in
            let start = parser.token.position
            let name =
                parser.token.kind == .string
                ? try parser.string("a name") : try parser.identifier("an attribute's name or a string")
            guard names.insert(name).inserted else {
                throw ParseError(.duplicate("attribute \(StringEscapes.quoted(name))"), at: start)
            }
            try parser.expect(.colon, ": and a value")
            fields.append(.init(name: name, value: try parser.expression()))
        }
        return try node(.record(fields.sorted { $0.name < $1.name }), at: position)
    }

    /// `true`, a variable, an entity, or a call of a function.
    private mutating func named() throws(ParseError) -> Expression {
        let position = token.position
        if try take("true") { return Expression(.literal(.bool(true)), at: position) }
        if try take("false") { return Expression(.literal(.bool(false)), at: position) }
        guard !isAt("if") else { throw ParseError(.notAllowed("put if … then … else … in parentheses here"), at: position) }
        var name = try identifier("an expression").text
        while try take(.doubleColon) {
            if token.kind == .string {
                let uid = EntityUID(type: EntityType(CedarString(name)), id: try string("an entity's id"))
                return Expression(.literal(.entity(uid)), at: position)
            }
            name += "::" + (try identifier("a name or an entity's id").text)
        }
        if try take(.leftParenthesis) { return try call(of: name, at: position) }
        guard let variable = Variable(rawValue: name) else {
            throw ParseError(
                .notAllowed("\(name) is no variable: there are principal, action, resource and context"), at: position)
        }
        return Expression(.variable(variable), at: position)
    }

    private mutating func call(of name: String, at position: SourcePosition) throws(ParseError) -> Expression {
        let isMethod = name == "isEmpty" || BinaryOperator(rawValue: name)?.isMethod == true
        guard let function = ExtensionFunction(rawValue: name) else {
            throw ParseError(
                .notAllowed(isMethod ? "\(name) is a method, not a function" : "there is no function \(name)"), at: position)
        }
        guard function.isConstructor else { throw ParseError(.notAllowed("\(name) is a method, not a function"), at: position) }
        return try node(.call(function, try arguments()), at: position)
    }
}
