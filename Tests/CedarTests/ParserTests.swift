import Testing

@testable import Cedar

struct `The policy parser` {
    private static let accepted: [String] = [
        "permit(principal, action, resource);", "permit(principal, action, resource,);",
        "@id(\"x\") @b @if(\"c\") forbid (principal, action, resource) when { true } unless { false } when { 1 == 1 };",
        "permit(principal == (U::\"a\"), action in [Action::\"x\", N::Action::\"y\",], resource is T in T::\"c\");",
        "permit(principal in principal::\"a\", action in [], resource is N::T);",
        "permit(principal is T in ?principal, action == Action::\"x\", resource == ?resource);",
        "permit(principal == U :: \"\\u{41}\n\", action in (Action::\"x\"), resource); // end",
        "permit(principal, action, resource) when { principal has permit.when && context[\"if\"] like \"a*\\*\" };",
    ]

    @Test(arguments: accepted)
    func `reads`(text: String) throws {
        _ = try PolicyBody(parsing: text)
    }

    /// Text, line, column and a part of the message.
    private static let refused: [(String, Int, Int, String)] = [
        ("permit(principal, action);", 1, 25, "expected , and the resource"),
        ("permit(action, principal, resource);", 1, 8, "expected principal"),
        ("permit(principal == \"a\", action, resource);", 1, 21, "expected an entity"),
        ("permit(principal != U::\"a\", action, resource);", 1, 18, "expected ==, in or is"),
        ("permit(principal = U::\"a\", action, resource);", 1, 18, "expected ==, in or is"),
        ("permit(principal: U, action, resource);", 1, 17, "a type is said with is"),
        ("permit(principal in [U::\"a\"], action, resource);", 1, 21, "expected an entity"),
        ("permit(principal in U::\"a\" is T, action, resource);", 1, 28, "is comes first"),
        ("permit(principal is (T), action, resource);", 1, 21, "expected an entity type"),
        ("permit(principal == ?resource, action, resource);", 1, 21, "?principal"),
        ("permit(principal == if::\"a\", action, resource);", 1, 21, "if is a reserved word"),
        ("permit(principal == U::in::\"a\", action, resource);", 1, 24, "in is a reserved word"),
        ("permit(principal == __cedar::\"a\", action, resource);", 1, 21, "__cedar is a reserved word"),
        ("permit(principal == U::{x:1}, action, resource);", 1, 24, "a name or an entity's id"),
        ("permit(principal, action == A::\"x\", resource);", 1, 29, "type Action"),
        ("permit(principal, action in [[Action::\"x\"]], resource);", 1, 30, "expected an action"),
        ("permit(principal, action is A, resource);", 1, 26, "may not use is"),
        ("permit(principal, action == ?action, resource);", 1, 29, "expected an action"),
        ("allow(principal, action, resource);", 1, 1, "permit or forbid"),
        ("permit(principal, action, resource)", 1, 36, "when, unless or ;, found the end"),
        ("permit(principal, action, resource) where { true };", 1, 37, "when, unless or ;"),
        ("permit(principal, action, resource)\n  when { };", 2, 10, "expected an expression"),
        ("@a(\"1\") @a(\"2\") permit(principal, action, resource);", 1, 10, "@a occurs twice"),
        ("@\"a\" permit(principal, action, resource);", 1, 2, "name of an annotation"),
        ("permit(principal, action, resource); permit", 1, 44, "( and the scope"),
        ("permit(principal == U::\"a\r\nb\", action, resource);", 1, 24, "carriage return"),
        ("permit(principal == U::\"é\", action, #);", 1, 37, "unexpected character \"#\""),
        ("permit(principal, action, resource) when { ?principal == principal };", 1, 44, "in the scope only"),
    ]

    @Test(arguments: refused)
    func `refuses, and says where`(text: String, line: Int, column: Int, message: String) {
        let error = #expect(throws: ParseError.self) { _ = try PolicyBody.all(in: text) }
        #expect(error?.position == SourcePosition(line: line, column: column), "\(text): \(error.map { "\($0)" } ?? "")")
        #expect(error?.problem.description.contains(message) == true, "\(text): \(error.map { "\($0)" } ?? "")")
    }

    private static let refusedExpressions: [(String, Int, Int)] = [
        ("1 == 1 == 1", 1, 8), ("1 < 2 in 3", 1, 7), ("principal is T == true", 1, 16), ("principal has a has b", 1, 17),
        ("principal is T in principal in principal", 1, 29), ("a", 1, 1), ("permit == 1", 1, 1), ("decimal", 1, 1),
        ("principal::a", 1, 1), ("principal.if", 1, 11), ("principal.__cedar", 1, 11), ("principal.", 1, 11), ("{if: 1}", 1, 2),
        ("{a: 1, a: 2}", 1, 8), ("{1: 2}", 1, 2), ("{(a): 1}", 1, 2), ("{a.b: 1}", 1, 3), ("[,]", 1, 2), ("[1 2]", 1, 4),
        ("{a: 1 b: 2}", 1, 7), ("principal has if", 1, 15), ("principal has a.if", 1, 17), ("principal has \"a\".b", 1, 18),
        ("principal has 1", 1, 15), ("principal has (a)", 1, 15), ("principal has a()", 1, 16), ("principal has a[\"b\"]", 1, 16),
        ("principal is \"T\"", 1, 14), ("principal is if", 1, 14), ("principal is __cedar::String", 1, 14),
        ("\"a\" like principal", 1, 10), ("\"a\" like \"b\" + \"c\"", 1, 14), ("-----5", 1, 1), ("!!!!!true", 1, 1), ("!-5", 1, 2),
        ("-!5", 1, 2), ("9223372036854775808", 1, 1), ("-9223372036854775809", 1, 2), ("-(9223372036854775808)", 1, 3),
        ("-9223372036854775808.a", 1, 2), ("18446744073709551616", 1, 1), ("1 / 2", 1, 3), ("1 % 2", 1, 3),
        ("\"1\".decimal()", 1, 5),
        ("lessThan(1, 2)", 1, 1), ("contains([1], 1)", 1, 1), ("foo(1)", 1, 1), ("principal.foo(1)", 1, 11),
        ("A::decimal(\"1\")", 1, 1),
        ("[1].contains()", 1, 5), ("[1].contains(1, 2)", 1, 5), ("[1].isEmpty(1)", 1, 5), ("principal()", 1, 1),
        ("principal.a()()", 1, 11), ("(principal)(1)", 1, 12), ("1 + if true then 1 else 2", 1, 5),
        ("true && if true then true else false", 1, 9), ("if true then 1", 1, 15), ("if true else 1", 1, 9),
        ("principal[a]", 1, 11),
        ("principal[1]", 1, 11), ("principal[\"a\" + \"b\"]", 1, 15), ("principal.a = 1", 1, 13), ("true & true", 1, 6),
        ("true | true", 1, 6), ("'a'", 1, 1), ("true::\"a\" == 1", 1, 5), ("if::\"a\"", 1, 3), ("principal.a::\"b\"", 1, 12),
        ("true;", 1, 5),
        ("(1", 1, 3), ("", 1, 1), ("\"a", 1, 1), ("\"a\\", 1, 1), ("\"\\*\"", 1, 1), ("\"\\q\"", 1, 1), ("\"\\xFF\"", 1, 1),
        ("\"\\x4\"", 1, 1),
        ("\"\\u{}\"", 1, 1), ("\"\\u{D800}\"", 1, 1), ("\"\\u{110000}\"", 1, 1), ("\"\\u{0000041}\"", 1, 1), ("\"\\u{_41}\"", 1, 1),
        ("\"\\u41\"", 1, 1), ("\"\\u{41\"", 1, 1), ("{\"\\u{41}\": 1, A: 2}", 1, 15), ("\u{FEFF}1", 1, 1),
    ]

    @Test(arguments: refusedExpressions)
    func `refuses an expression, and says where`(text: String, line: Int, column: Int) {
        let error = #expect(throws: ParseError.self) { _ = try Expression(parsing: text) }
        #expect(error?.position == SourcePosition(line: line, column: column), "\(text): \(error.map { "\($0)" } ?? "")")
    }

    private static let printed: [(String, String)] = [
        ("--5", "-(-5)"), ("- 5", "-5"), ("-5.a", "-5.a"), ("(-5).a", "(-5).a"),
        ("(true && true) && false", "true && true && false"),
        ("true && (true && false)", "true && (true && false)"),
        ("principal has a.b.c", "principal has a && principal.a has b && principal.a.b has c"),
        ("((1))", "1"), ("1 + 2 * 3 - 4", "1 + 2 * 3 - 4"), ("(1 + 2) * 3", "(1 + 2) * 3"), ("1 - (2 - 3)", "1 - (2 - 3)"),
        ("if true then 1 else 2 == 2", "if true then 1 else 2 == 2"),
        ("(if true then 1 else 2) == 2", "(if true then 1 else 2) == 2"),
        ("!true == false", "!true == false"), ("!(true == false)", "!(true == false)"), ("!!true", "!(!true)"),
        ("principal[\"a\"]", "principal.a"), ("principal[\"if\"]", "principal[\"if\"]"),
        ("{\"b c\": 1, a: 2}", "{a: 2, \"b c\": 1}"),
        ("\"\\x41\\u{1_F600}\\'\\0\"", "\"A\u{1F600}'\\0\""), ("\"e\u{301}\"", "\"e\\u{301}\""),
        ("\"a\" like \"*\\*\\u{2a}\"", "\"a\" like \"*\\**\""),
        ("\u{A0}\u{2028}1 // x", "1"), ("ip(\"::1\").isInRange(ip(\"::/0\"),)", "ip(\"::1\").isInRange(ip(\"::/0\"))"),
    ]

    @Test(arguments: printed)
    func `prints as it was understood`(text: String, printed: String) throws {
        let expression = try Expression(parsing: text)
        #expect(expression.description == printed)
        #expect(try Expression(parsing: printed) == expression)
    }

    @Test func `reads an entity, and nothing beside it`() throws {
        #expect(try EntityUID(parsing: " N::User :: \"a\\u{e9}\" // x") == EntityUID(type: "N::User", id: "a\u{e9}"))
        for text in [
            "", "User", "User::", "User::a", "\"a\"", "(User::\"a\")", "User::\"a\" ;", "if::\"a\"", "?principal", "1::\"a\"",
        ] {
            #expect(throws: ParseError.self, "\(text)") { _ = try EntityUID(parsing: text) }
        }
    }

    @Test func `names policies and templates in their order, whatever their @id`() throws {
        let set = try PolicySet(
            parsing: """
                @id("policy1") permit(principal, action, resource);
                permit(principal == ?principal, action, resource);
                forbid(principal, action, resource);
                """)
        #expect(Set(set.policies.keys) == ["policy0", "policy2"])
        #expect(Set(set.templates.keys) == ["policy1"])
        #expect(set.count == 2)
    }

    @Test func `keeps where a policy and an expression stood`() throws {
        let bodies = try PolicyBody.all(
            in: "permit(principal, action, resource);\n  // é\n é".dropLast(2)
                + " forbid(principal, action, resource)\nwhen { \"é\" == 1 };")
        #expect(bodies[1].position == SourcePosition(line: 3, column: 2))
        #expect(bodies[1].conditions[0].expression.position == SourcePosition(line: 4, column: 8))
    }
}
