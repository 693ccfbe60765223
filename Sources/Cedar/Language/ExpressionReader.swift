// Expressions in the JSON policy format: `{"==": {"left": {"Var": "principal"}, "right": {"Value": 1}}}`.
extension Expression {
    init(json node: JSONNode) throws(JSONFormatError) {
        self = try ExpressionReader().expression(node)
    }
}

struct ExpressionReader {
    /// How many expressions this one lies in.
    private var depth = 0

    func expression(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        guard depth < Limits.expressionDepth else { throw JSONFormatError(node.path, expected: "at most \(depth) levels") }
        var inner = self
        inner.depth += 1
        let (name, body) = try Self.tagged(node)
        let expression = try inner.expression(name, body)
        // Chains, which were not gone into, cannot be counted on the way down.
        guard expression.height <= Limits.expressionDepth else {
            throw JSONFormatError(node.path, expected: "at most \(Limits.expressionDepth) levels")
        }
        return expression
    }

    private static func tagged(_ node: JSONNode) throws(JSONFormatError) -> (CedarString, JSONNode) {
        let members = try node.object().members
        guard members.count == 1, let (name, body) = members.first else {
            throw JSONFormatError(node.path, expected: "one member, named by what the expression is")
        }
        return (name, body)
    }

    private func expression(_ name: CedarString, _ body: JSONNode) throws(JSONFormatError) -> Expression {
        switch name {
        case "Value": try value(body)
        case "Var": try variable(body)
        case "!": Expression(.not(try operand(body)))
        case "neg": Expression(.negate(try operand(body)))
        case "isEmpty": Expression(.isEmpty(try operand(body)))
        case "&&": Expression(.and(try chain(name, body)))
        case "||": Expression(.or(try chain(name, body)))
        case ".": try attribute(body)
        case "has": try presence(body)
        case "like": try match(body)
        case "is": try typeTest(body)
        case "if-then-else": try conditional(body)
        case "Set": Expression(.set(try list(body)))
        case "Record": try record(body)
        default: try operation(name, body)
        }
    }

    /// The operands of a chain, which stands in its own first operand again and again.
    private func chain(_ name: CedarString, _ node: JSONNode) throws(JSONFormatError) -> [Expression] {
        var reversed: [Expression] = []
        var body = node
        while true {
            let object = try body.object(["left", "right"])
            reversed.append(try expression(object.required("right")))
            let left = try object.required("left")
            let (tag, inner) = try Self.tagged(left)
            guard tag == name else {
                reversed.append(try expression(left))
                return reversed.reversed()
            }
            body = inner
        }
    }

    private func variable(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        guard let variable = Variable(rawValue: try node.string().text) else {
            throw JSONFormatError(node.path, expected: "principal, action, resource or context")
        }
        return Expression(.variable(variable))
    }

    private func operand(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        try expression(node.object(["arg"]).required("arg"))
    }

    private func operands(_ node: JSONNode) throws(JSONFormatError) -> [Expression] {
        let object = try node.object(["left", "right"])
        return [try expression(object.required("left")), try expression(object.required("right"))]
    }

    private func list(_ node: JSONNode) throws(JSONFormatError) -> [Expression] {
        var expressions: [Expression] = []
        for element in try node.elements() { expressions.append(try expression(element)) }
        return expressions
    }

    private func attribute(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        let object = try node.object(["left", "attr"])
        return Expression(.attribute(try expression(object.required("left")), try object.required("attr").string()))
    }

    /// `attr` is a name, or several for `a has b.c`.
    private func presence(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        let object = try node.object(["left", "attr"])
        var target = try expression(object.required("left"))
        let attribute = try object.required("attr")
        guard case .array = attribute.value else { return Expression(.has(target, try attribute.string())) }
        var tests: [Expression] = []
        for name in try attribute.elements() {
            let name = try name.string()
            tests.append(Expression(.has(target, name)))
            target = Expression(.attribute(target, name))
        }
        guard let first = tests.first else { throw JSONFormatError(attribute.path, expected: "one name at least") }
        return tests.count == 1 ? first : Expression(.and(tests))
    }

    private func match(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        let object = try node.object(["left", "pattern"])
        var elements: [Pattern.Element] = []
        for element in try object.required("pattern").elements() {
            if case .string("Wildcard") = element.value {
                elements.append(.wildcard)
            } else {
                let literal = try element.object(["Literal"]).required("Literal").string()
                elements += literal.unicodeScalars.map { .scalar($0) }
            }
        }
        return Expression(.like(try expression(object.required("left")), Pattern(elements)))
    }

    private func typeTest(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        let object = try node.object(["left", "entity_type", "in"])
        let type = try EntityType(json: object.required("entity_type"))
        let ancestor = try object["in"].map { node throws(JSONFormatError) in try expression(node) }
        return Expression(.isType(try expression(object.required("left")), type, in: ancestor))
    }

    private func conditional(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        let object = try node.object(["if", "then", "else"])
        let condition = try expression(object.required("if"))
        let then = try expression(object.required("then"))
        return Expression(.conditional(condition, then: then, else: try expression(object.required("else"))))
    }

    private func record(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        var fields: [Expression.Field] = []
        for (name, node) in try node.object().members { fields.append(Expression.Field(name: name, value: try expression(node))) }
        return Expression(.record(fields))
    }

    private func operation(_ name: CedarString, _ node: JSONNode) throws(JSONFormatError) -> Expression {
        if let operation = BinaryOperator(rawValue: name.text) {
            let operands = try operands(node)
            return Expression(.binary(operation, operands[0], operands[1]))
        }
        guard let function = ExtensionFunction(rawValue: name.text) else {
            throw JSONFormatError(node.path, expected: "an expression: there is no operator and no function of this name")
        }
        let arguments = try list(node)
        guard function.isConstructor || !arguments.isEmpty else { throw JSONFormatError(node.path, expected: "a receiver") }
        return Expression(.call(function, arguments))
    }
}

// What stands under `Value`: as in entities, but still to be evaluated.
extension ExpressionReader {
    private func value(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        switch node.value {
        case .bool(let bool): return Expression(.literal(.bool(bool)))
        case .long(let long): return Expression(.literal(.long(long)))
        case .string(let string): return Expression(.literal(.string(string)))
        case .null: throw node.mismatch("a value")
        case .array:
            var elements: [Expression] = []
            for element in try node.elements() { elements.append(try value(element)) }
            return Expression(.set(elements))
        case .object(let object):
            if object[ValueReader.entityEscape] != nil { return Expression(.literal(.entity(try ValueReader.uid(node)))) }
            if object[ValueReader.extensionEscape] != nil { return try call(node) }
            var fields: [Expression.Field] = []
            for (name, node) in try node.object().members {
                guard !ValueReader.escapes.contains(name) else {
                    throw JSONFormatError(node.path, expected: "no attribute of this name")
                }
                fields.append(Expression.Field(name: name, value: try value(node)))
            }
            return Expression(.record(fields))
        }
    }

    private func call(_ node: JSONNode) throws(JSONFormatError) -> Expression {
        let escape = try node.object([ValueReader.extensionEscape]).required(ValueReader.extensionEscape)
        let object = try escape.object(["fn", "arg", "args"])
        guard let function = ExtensionFunction(rawValue: try object.required("fn").string().text) else {
            throw JSONFormatError(escape.path["fn"], expected: "the name of a function")
        }
        var arguments: [Expression] = []
        if let argument = object["arg"], object["args"] == nil {
            arguments = [try value(argument)]
        } else {
            for argument in try object.required("args").elements() { arguments.append(try value(argument)) }
        }
        guard function.isConstructor || !arguments.isEmpty else { throw JSONFormatError(escape.path, expected: "a receiver") }
        return Expression(.call(function, arguments))
    }
}

extension EntityType {
    init(json node: JSONNode) throws(JSONFormatError) {
        let name = try node.string()
        guard Identifier.isName(name) else { throw JSONFormatError(node.path, expected: "the name of an entity type") }
        self.init(name)
    }
}
