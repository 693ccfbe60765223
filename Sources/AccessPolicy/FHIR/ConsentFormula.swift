import Cedar

/// A condition under construction: what is constant is folded, so that no policy says `true` or compares nothing.
enum ConsentFormula {
    case always, never
    case holds(Expression)

    static func all(_ parts: [ConsentFormula]) -> ConsentFormula {
        var expressions: [Expression] = []
        for part in parts {
            switch part {
            case .always: break
            case .never: return .never
            case .holds(let expression):
                if case .and(let inner) = expression.kind { expressions += inner } else { expressions.append(expression) }
            }
        }
        return expressions.isEmpty ? .always : .holds(joined(expressions) { .and($0) })
    }

    static func any(_ parts: [ConsentFormula]) -> ConsentFormula {
        var expressions: [Expression] = []
        for part in parts {
            switch part {
            case .always: return .always
            case .never: break
            case .holds(let expression):
                if case .or(let inner) = expression.kind { expressions += inner } else { expressions.append(expression) }
            }
        }
        return expressions.isEmpty ? .never : .holds(joined(expressions) { .or($0) })
    }

    static prefix func ! (formula: ConsentFormula) -> ConsentFormula {
        switch formula {
        case .always: return .never
        case .never: return .always
        case .holds(let expression):
            if case .not(let inner) = expression.kind { return .holds(inner) }
            return .holds(Expression(.not(expression)))
        }
    }

    private static func joined(
        _ expressions: [Expression], _ kind: ([Expression]) -> Expression.Kind
    ) -> Expression {
        expressions.count == 1 ? expressions[0] : Expression(kind(expressions))
    }
}

// What policies ask
extension ConsentFormula {
    static func test(_ operation: BinaryOperator, _ left: Expression, _ right: Expression) -> ConsentFormula {
        .holds(Expression(.binary(operation, left, right)))
    }

    /// Whether the variable's attribute, or the variable, is one of these or lies in one.
    static func isIn(_ left: Expression, _ uids: Set<EntityUID>) -> ConsentFormula {
        guard let only = uids.first else { return .never }
        return test(.in, left, uids.count == 1 ? .entity(only) : .entities(uids))
    }

    /// Whether an attribute that may be missing is there and passes.
    static func known(_ name: CedarString, _ passes: (Expression) -> ConsentFormula) -> ConsentFormula {
        .all([
            .holds(Expression(.has(Expression(.variable(.resource)), name))), passes(.attribute(name, of: .resource)),
        ])
    }

    /// Whether an attribute that may be missing is missing, or passes. Cedar's validator follows `has` through `&&` alone.
    static func unknown(_ name: CedarString, or passes: (Expression) -> ConsentFormula) -> ConsentFormula {
        !known(name) { !passes($0) }
    }

    /// Whether the two sets share an element.
    static func shares(_ set: Expression, _ texts: Set<String>) -> ConsentFormula {
        texts.isEmpty ? .never : test(.containsAny, set, Self.set(texts))
    }

    /// Whether all of a set is among these, and something is.
    static func isCovered(_ set: Expression, _ texts: Set<String>) -> ConsentFormula {
        .all([shares(set, texts), texts.isEmpty ? .never : test(.containsAll, Self.set(texts), set)])
    }

    private static func set(_ texts: Set<String>) -> Expression {
        Expression(.set(texts.map { CedarString($0) }.sorted().map { Expression(.literal(.string($0))) }))
    }

    static func instant(_ milliseconds: Int64) -> Expression {
        Expression(.call(.datetime, [.text(ConsentInstant.written(milliseconds))]))
    }
}
