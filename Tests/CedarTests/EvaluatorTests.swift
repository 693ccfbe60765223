import TestSupport
import Testing

@testable import Cedar

struct `The evaluator` {
    private static let entities = Result {
        try Entities([
            Entity(
                uid: EntityUID(type: "User", id: "ann"),
                attributes: [
                    "name": .string("Ann"), "age": .long(42), "boss": .entity(EntityUID(type: "User", id: "bob")),
                    "gone": .entity(EntityUID(type: "User", id: "nobody")), "e\u{301}": .bool(true),
                ],
                tags: ["team": .string("blue")], parents: [EntityUID(type: "Group", id: "nurses")]),
            Entity(uid: EntityUID(type: "User", id: "bob"), attributes: ["name": .string("Bob")]),
            Entity(uid: EntityUID(type: "Group", id: "nurses"), parents: [EntityUID(type: "Group", id: "staff")]),
        ])
    }
    private static let request = Request(
        principal: EntityUID(type: "User", id: "ann"), action: EntityUID(type: "Action", id: "read"),
        resource: EntityUID(type: "Record", id: "r"),
        context: ["set": .set(ValueSet([.long(1), .long(2)])), "r": .record(["x": .long(1)])])

    private static func outcome(_ text: String) throws -> Result<Value, EvaluationError> {
        let expression = try Expression(parsing: text)
        let entities = try entities.get()
        return Result { () throws(EvaluationError) in try expression.evaluate(request, entities: entities) }
    }

    private static let truths: [String] = [
        // Equality is of any two values.
        "1 == 1", "1 != 2", "1 != \"1\"", "[1, 2] == [2, 1, 1]", "{a: 1, b: 2} == {b: 2, a: 1}", "{a: 1} != {a: 1, b: 2}",
        "[] == []",
        "User::\"a\" == User::\"a\"", "User::\"a\" != N::User::\"a\"", "\"\\u{e9}\" != \"e\\u{301}\"",
        "decimal(\"1.0\") == decimal(\"1.0000\")",
        "decimal(\"1.0\") != 1", "ip(\"10.0.0.1/24\") != ip(\"10.0.0.2/24\")", "ip(\"::1\") == ip(\"0:0::1/128\")",
        "datetime(\"1970-01-01\") == datetime(\"1970-01-01T01:00:00+0100\")", "duration(\"1h\") == duration(\"60m\")",
        "duration(\"1h\") != datetime(\"1970-01-01\")", "[1, [2]].contains([2])", "![[1]].contains(1)",
        // Order
        "1 < 2", "!(2 < 1)", "2 <= 2", "3 > 2", "2 >= 2", "-1 < 0", "duration(\"1h\") < duration(\"61m\")",
        "duration(\"1h\") <= duration(\"1h\")",
        "datetime(\"2024-01-01\") < datetime(\"2024-01-02\")", "datetime(\"2024-01-02\") >= datetime(\"2024-01-02\")",
        // Arithmetic
        "1 + 2 * 3 - 4 == 3", "-(-5) == 5", "-9223372036854775808 + 9223372036854775807 == -1", "3 * -2 == -6",
        // Logic stops where it can.
        "true && true", "!(false && 1 == 1)", "true || (1 + \"a\") == 1", "!(false && (1 + \"a\") == 1)",
        "if true then true else 1 + \"a\" == 2",
        "if false then 1 else true", "!(principal is Group in 1)",
        // Sets
        "[1, 2].contains(1)", "![1, 2].contains(\"1\")", "[1, 2].containsAll([2])", "[].containsAll([])", "[1].containsAll([])",
        "![].containsAll([1])",
        "[1, 2].containsAny([3, 2])", "![1].containsAny([])", "![].containsAny([])", "[].isEmpty()", "![1].isEmpty()",
        "context.set.contains(2)",
        "[context.set, 3].contains([2, 1])",
        // Patterns
        "\"\" like \"\"", "\"\" like \"*\"", "\"abc\" like \"a*c\"", "\"ac\" like \"a*c\"", "!(\"abcd\" like \"a*c\")",
        "\"a*c\" like \"a\\*c\"",
        "!(\"abc\" like \"a\\*c\")", "\"abcabd\" like \"*abd\"", "\"aXbXc\" like \"a*b*c\"", "!(\"ab\" like \"ab*b\")",
        "\"aaab\" like \"*aab\"",
        "\"e\\u{301}\" like \"e*\"", "!(\"\\u{e9}\" like \"e*\")", "\"\\u{1f600}x\" like \"\\u{1f600}*\"",
        "\"xaabaaabz\" like \"*aab*aaab*\"",
        // Entities
        "principal is User", "!(principal is Group)", "principal in principal", "principal in Group::\"nurses\"",
        "principal in Group::\"staff\"",
        "!(principal in Group::\"x\")", "principal in [Group::\"x\", Group::\"staff\"]", "!(principal in [])",
        "principal is User in Group::\"staff\"",
        "Group::\"nurses\" in Group::\"staff\"", "!(Group::\"staff\" in principal)", "User::\"nobody\" in User::\"nobody\"",
        "principal.name == \"Ann\"", "principal.boss.name == \"Bob\"", "principal has name", "!(principal has x)",
        "principal has boss.name",
        "!(principal has gone.name)", "!(User::\"nobody\" has name)", "!(resource has x)", "principal[\"e\\u{301}\"]",
        "!(principal has \"\\u{e9}\")",
        "context has r.x", "context.r.x == 1", "!(context has y)", "{a: {b: 1}}.a.b == 1", "{a: 1} has a",
        "context == {set: [1, 2], r: {x: 1}}",
        "principal.hasTag(\"team\")", "principal.getTag(\"team\") == \"blue\"", "!principal.hasTag(\"x\")",
        "!User::\"nobody\".hasTag(\"team\")",
        // Decimals
        "decimal(\"1.1\").lessThan(decimal(\"1.2\"))", "decimal(\"1.1\").lessThanOrEqual(decimal(\"1.1\"))",
        "decimal(\"-0.1\").greaterThan(decimal(\"-0.2\"))", "decimal(\"1.1\").greaterThanOrEqual(decimal(\"1.1\"))",
        "!decimal(\"1.1\").lessThan(decimal(\"1.1\"))",
        // Addresses
        "ip(\"1.2.3.4\").isIpv4()", "!ip(\"::1\").isIpv4()", "ip(\"::1\").isIpv6()", "ip(\"127.1.2.3\").isLoopback()",
        "ip(\"::1\").isLoopback()",
        "!ip(\"127.0.0.1/2\").isLoopback()", "!ip(\"::1/1\").isLoopback()", "!ip(\"::ffff:7f00:1\").isLoopback()",
        "ip(\"224.0.0.1\").isMulticast()",
        "!ip(\"224.0.0.0/3\").isMulticast()", "ip(\"ff00::1\").isMulticast()", "!ip(\"ff00::/7\").isMulticast()",
        "ip(\"10.0.0.5\").isInRange(ip(\"10.0.0.0/24\"))", "!ip(\"10.0.1.5\").isInRange(ip(\"10.0.0.0/24\"))",
        "ip(\"10.0.0.0/25\").isInRange(ip(\"10.0.0.0/24\"))", "!ip(\"10.0.0.0/24\").isInRange(ip(\"10.0.0.0/25\"))",
        "!ip(\"0.0.0.0\").isInRange(ip(\"::/0\"))", "ip(\"ffff::\").isInRange(ip(\"::/0\"))",
        "ip(\"10.0.0.9/24\").isInRange(ip(\"10.0.0.1/24\"))",
        // Time
        "datetime(\"2024-01-01\").offset(duration(\"1d\")) == datetime(\"2024-01-02\")",
        "datetime(\"2024-01-02\").durationSince(datetime(\"2024-01-01\")) == duration(\"1d\")",
        "datetime(\"2024-01-01T12:34:56Z\").toDate() == datetime(\"2024-01-01\")",
        "datetime(\"1969-12-31T23:00:00Z\").toDate() == datetime(\"1969-12-31\")",
        "datetime(\"1969-12-31T23:00:00Z\").toTime() == duration(\"23h\")", "datetime(\"1969-12-31\").toTime() == duration(\"0s\")",
        "duration(\"1d2h\").toHours() == 26", "duration(\"-1500ms\").toSeconds() == -1", "duration(\"90s\").toMinutes() == 1",
        "duration(\"1d\").toMilliseconds() == 86400000", "duration(\"47h\").toDays() == 1",
    ]

    @Test(arguments: truths)
    func `says true`(text: String) throws {
        #expect(try Self.outcome(text) == .success(.bool(true)))
    }

    private static let failing: [String] = [
        // Types
        "1 < \"a\"", "\"a\" < \"b\"", "true < false", "decimal(\"1.0\") < decimal(\"2.0\")",
        "datetime(\"2024-01-01\") < duration(\"1d\")", "1 + \"a\"",
        "\"a\" + \"b\"", "-true", "!1", "1 && true", "true && 1", "false || 1", "1 || true", "if 1 then 2 else 3",
        "1 in User::\"a\"",
        "principal in 1", "principal in [User::\"ann\", 1]", "principal in [[User::\"ann\"]]", "1 is User", "1 has a", "[1] has a",
        "1.a",
        "[1][\"a\"]", "1 like \"a\"", "principal like \"a\"", "1.contains(1)", "\"a\".contains(\"a\")", "[1].containsAll(1)",
        "1.containsAny([1])",
        "[1].containsAny(1)", "1.isEmpty()", "\"\".isEmpty()", "1.getTag(\"a\")", "principal.getTag(1)", "1.hasTag(\"a\")",
        "principal.hasTag(1)",
        "context.hasTag(\"a\")", "true && (1 + \"a\") == 1",
        // What is not there
        "principal.x", "User::\"nobody\".name", "principal.gone.name", "context.x", "{a: 1}.b", "principal[\"\\u{e9}\"]",
        "principal.getTag(\"x\")",
        "User::\"nobody\".getTag(\"team\")", "resource.x", "action.x",
        // Overflow
        "9223372036854775807 + 1", "-9223372036854775808 - 1", "9223372036854775807 * 2", "-(-9223372036854775808)",
        "--9223372036854775808",
        "datetime(\"9999-12-31\").offset(duration(\"9223372036854775807ms\"))",
        "datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).toDate()",
        "datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).durationSince(datetime(\"1970-01-02\"))",
        // Extension functions
        "decimal(\"a\")", "decimal(1)", "decimal()", "decimal(\"1.0\", \"1.0\")", "ip(\"a\")", "ip(1)", "datetime(\"a\")",
        "duration(\"a\")",
        "decimal(\"1.0\").lessThan(1)", "(1).lessThan(decimal(\"1.0\"))", "decimal(\"1.0\").lessThan()", "ip(\"::1\").isIpv4(1)",
        "\"::1\".isIpv4()", "ip(\"::1\").isInRange(\"::/0\")", "datetime(\"2024-01-01\").offset(1)",
        "duration(\"1d\").offset(duration(\"1d\"))",
        "datetime(\"2024-01-01\").durationSince(duration(\"1d\"))", "duration(\"1d\").toDate()",
        "datetime(\"2024-01-01\").toDays()",
    ]

    @Test(arguments: failing)
    func `fails`(text: String) throws {
        let outcome = try Self.outcome(text)
        #expect(throws: EvaluationError.self, "\(text)") { _ = try outcome.get() }
    }

    @Test func `an error says what and where`() throws {
        let overflow = EvaluationError(.overflow, at: SourcePosition(line: 2, column: 1))
        #expect(try Self.outcome("1 == 2 ||\n9223372036854775807 + 1 == 1") == .failure(overflow))
        let mismatch = EvaluationError(.typeMismatch(expected: "string", found: "long"), at: SourcePosition(line: 1, column: 1))
        #expect(try Self.outcome("1 like \"a\"") == .failure(mismatch))
        let missing = EvaluationError(.noSuchEntity(EntityUID(type: "User", id: "nobody")), at: SourcePosition(line: 1, column: 1))
        #expect(try Self.outcome("principal.gone.name") == .failure(missing))
    }

    @Test func `a pattern matches as the plain definition does`() throws {
        var generator = SeededGenerator(seed: 7)
        func letters(_ count: Int, _ alphabet: [Unicode.Scalar]) -> [Unicode.Scalar] {
            (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        }
        func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            if first == "*" { return (text.startIndex...text.endIndex).contains { matches(pattern.dropFirst(), text[$0...]) } }
            return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
        }
        var failures = Failures()
        for _ in 0..<3000 {
            let pattern = letters(Int.random(in: 0...6, using: &generator), ["a", "b", "*", "é"])
            let text = letters(Int.random(in: 0...8, using: &generator), ["a", "b", "é"])
            let matcher = WildcardMatcher(Pattern(pattern.map { $0 == "*" ? .wildcard : .scalar($0) }))
            var string = String.UnicodeScalarView()
            string.append(contentsOf: text)
            failures.check(matcher.matches(CedarString(String(string))) == matches(pattern[...], text[...]), "\(pattern) \(text)")
        }
        #expect(failures.isEmpty, "\(failures)")
    }
}
