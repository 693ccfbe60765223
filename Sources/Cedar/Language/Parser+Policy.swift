extension Parser {
    /// Every policy and template of the text, in order.
    mutating func policies() throws(ParseError) -> [PolicyBody] {
        var bodies: [PolicyBody] = []
        while token.kind != .end { bodies.append(try policy()) }
        return bodies
    }

    mutating func policy() throws(ParseError) -> PolicyBody {
        let position = token.position
        let annotations = try annotations()
        let effect = try effect()
        try expect(.leftParenthesis, "( and the scope")
        let principal = try scope(.principal)
        try separator("action")
        let action = try actionScope()
        try separator("resource")
        let resource = try scope(.resource)
        _ = try take(.comma)
        try expect(.rightParenthesis, ") at the end of the scope")
        let conditions = try conditions()
        try expect(.semicolon, "when, unless or ;")
        return PolicyBody(
            effect: effect, principal: principal, action: action, resource: resource, conditions: conditions,
            annotations: annotations, position: position)
    }

    mutating func annotations() throws(ParseError) -> [CedarString: CedarString] {
        var annotations: [CedarString: CedarString] = [:]
        while try take(.at) {
            let position = token.position
            let name = try word("the name of an annotation")
            var value: CedarString = ""
            if try take(.leftParenthesis) {
                value = try string("a string")
                try expect(.rightParenthesis, ") after the annotation's value")
            }
            guard annotations.updateValue(value, forKey: name) == nil else {
                throw ParseError(.duplicate("annotation @\(name)"), at: position)
            }
        }
        return annotations
    }

    private mutating func effect() throws(ParseError) -> Effect {
        if try take("permit") { return .permit }
        if try take("forbid") { return .forbid }
        throw unexpected("permit or forbid")
    }

    private mutating func separator(_ next: String) throws(ParseError) {
        try expect(.comma, ", and the \(next)")
    }

    private mutating func conditions() throws(ParseError) -> [PolicyBody.Condition] {
        var conditions: [PolicyBody.Condition] = []
        while true {
            let kind: PolicyBody.Condition.Kind
            if try take("when") {
                kind = .when
            } else if try take("unless") {
                kind = .unless
            } else {
                return conditions
            }
            try expect(.leftBrace, "{ and a condition")
            conditions.append(.init(kind, try expression()))
            try expect(.rightBrace, "} at the end of the condition")
        }
    }
}

// Scopes
extension Parser {
    private mutating func scope(_ variable: Variable) throws(ParseError) -> ScopeConstraint {
        try variableName(variable)
        switch token.kind {
        case .equal:
            try advance()
            return .equal(try reference(for: variable))
        case .identifier where isAt("in"):
            try advance()
            let reference = try reference(for: variable)
            guard !isAt("is") else {
                throw ParseError(.notAllowed("where is and in stand together, is comes first"), at: token.position)
            }
            return .in(reference)
        case .identifier where isAt("is"):
            try advance()
            let type = try typeName("an entity type")
            return try take("in") ? .isIn(type, try reference(for: variable)) : .is(type)
        default:
            try endOfConstraint("==, in or is")
            return .any
        }
    }

    private mutating func actionScope() throws(ParseError) -> ActionConstraint {
        try variableName(.action)
        if try take(.equal) { return .equal(try action()) }
        guard try take("in") else {
            guard !isAt("is") else { throw ParseError(.notAllowed("the action's constraint may not use is"), at: token.position) }
            try endOfConstraint("== or in")
            return .any
        }
        let opened = try openParentheses()
        guard try take(.leftBracket) else {
            let action = try action()
            try closeParentheses(opened)
            return .in(action)
        }
        var actions: [EntityUID] = []
        try list(until: .rightBracket, ", or ] in the list of actions") { (parser: inout Parser) throws(ParseError) in
            actions.append(try parser.action())
        }
        try closeParentheses(opened)
        return .inAny(actions)
    }

    private mutating func variableName(_ variable: Variable) throws(ParseError) {
        guard token.kind == .identifier, lexer.text(token) == CedarString(variable.rawValue) else {
            throw unexpected("\(variable.rawValue) in the scope")
        }
        try advance()
        guard token.kind != .colon else {
            throw ParseError(.notAllowed("a type is said with is, not with a colon"), at: token.position)
        }
    }

    private func endOfConstraint(_ operators: String) throws(ParseError) {
        guard token.kind == .comma || token.kind == .rightParenthesis else {
            throw unexpected("\(operators), or the end of the constraint")
        }
    }

    private mutating func reference(for variable: Variable) throws(ParseError) -> EntityReference {
        let opened = try openParentheses()
        let reference: EntityReference
        if token.kind == .slot {
            guard lexer.text(token) == CedarString("?\(variable.rawValue)") else {
                throw unexpected("an entity or ?\(variable.rawValue)")
            }
            try advance()
            reference = .slot
        } else {
            reference = .uid(try entity("an entity such as User::\"alice\", or ?\(variable.rawValue)"))
        }
        try closeParentheses(opened)
        return reference
    }

    private mutating func action() throws(ParseError) -> EntityUID {
        let opened = try openParentheses()
        let position = token.position
        let uid = try entity("an action such as Action::\"read\"")
        guard uid.type.isActionType else {
            throw ParseError(.notAllowed("an entity of type Action is expected, \(uid) is none"), at: position)
        }
        try closeParentheses(opened)
        return uid
    }

    private mutating func openParentheses() throws(ParseError) -> Int {
        var count = 0
        while try take(.leftParenthesis) { count += 1 }
        return count
    }

    private mutating func closeParentheses(_ count: Int) throws(ParseError) {
        for _ in 0..<count { try expect(.rightParenthesis, ")") }
    }

    mutating func entity(_ what: String) throws(ParseError) -> EntityUID {
        var name = try identifier(what).text
        while true {
            try expect(.doubleColon, ":: and an entity's id")
            if token.kind == .string { return EntityUID(type: EntityType(CedarString(name)), id: try string("an entity's id")) }
            name += "::" + (try identifier("a name or an entity's id").text)
        }
    }
}

extension EntityType {
    /// Whether it is `Action` in some namespace.
    package var isActionType: Bool {
        name.text == "Action" || name.text.hasSuffix("::Action")
    }
}
