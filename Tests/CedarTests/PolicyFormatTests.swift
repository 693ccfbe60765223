import Foundation
import TestSupport
import Testing

@testable import Cedar

struct `Formats of policies` {
    @Test func `what is printed is read back as the same policy`() throws {
        var generator = PolicyGenerator(seed: 20_261_121)
        var failures = Failures()
        for _ in 0..<4000 {
            let body = generator.body(slots: generator.chance(20), depth: 5)
            let printed = body.description
            failures.check((try? PolicyBody(parsing: printed)) == body, printed)
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `JSON is read back as the same policy`() throws {
        var generator = PolicyGenerator(seed: 20_261_122)
        var failures = Failures()
        for _ in 0..<4000 {
            let body = generator.body(slots: generator.chance(20), depth: 5)
            let json = body.json
            failures.check((try? PolicyBody(json: json)) == body, String(decoding: json, as: UTF8.self))
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
    func `the policies of the corpus survive both formats`() throws {
        var failures = Failures()
        for archive in [try CorpusArchive.cases.get(), try CorpusArchive.consents.get()] {
            for name in archive.names where name.hasSuffix(".cedar") {
                for body in try PolicyBody.all(in: archive.bytes(name)) {
                    failures.check((try? PolicyBody(parsing: body.description)) == body, "\(name) as text: \(body)")
                    failures.check((try? PolicyBody(json: body.json)) == body, "\(name) as JSON: \(body)")
                }
            }
        }
        #expect(failures.isEmpty && failures.caseCount > 10_000, "\(failures)")
    }

    @Test func `every value can be said, and is what it was`() throws {
        var generator = PolicyGenerator(seed: 20_261_126)
        let request = generator.request()
        var failures = Failures()
        for _ in 0..<2000 {
            let value = generator.value(4)
            let expression = Expression(.literal(value))
            failures.check(try expression.evaluate(request, entities: .empty) == value, "\(value)")
            failures.check(try Expression(parsing: expression.description) == expression, "\(expression)")
            let body = PolicyBody(effect: .permit, conditions: [.init(.when, expression)])
            failures.check(try PolicyBody(json: body.json) == body, "\(expression)")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a set with templates and links is read back as it was`() throws {
        var set = try PolicySet(
            parsing: """
                permit(principal == ?principal, action, resource in ?resource) when { context.x };
                @id("q\\"") forbid(principal, action == Action::"read", resource is N::T in N::T::"é");
                """)
        try set.add(Link(id: "l", templateID: "policy0", values: [.principal: "U::\"a\"", .resource: "R::\"b\""]))
        let json = String(decoding: set.json, as: UTF8.self)
        #expect(
            json == """
                {"templates":{"policy0":{"effect":"permit","principal":{"op":"==","slot":"?principal"},"action":{"op":"All"},\
                "resource":{"op":"in","slot":"?resource"},"conditions":[{"kind":"when","body":{".":{"left":{"Var":"context"},\
                "attr":"x"}}}]}},"staticPolicies":{"policy1":{"effect":"forbid","principal":{"op":"All"},"action":{"op":"==",\
                "entity":{"type":"Action","id":"read"}},"resource":{"op":"is","entity_type":"N::T","in":{"entity":\
                {"type":"N::T","id":"é"}}},"conditions":[],"annotations":{"id":"q\\""}}},"templateLinks":[{"templateId":"policy0",\
                "newId":"l","values":{"?principal":{"type":"U","id":"a"},"?resource":{"type":"R","id":"b"}}}]}
                """)
        let again = try PolicySet(json: set.json)
        #expect(again.policies == set.policies && again.templates == set.templates && again.links == set.links)
    }

    private static let expressions: [String] = [
        #"{"Value": [1, {"a": {"__entity": {"type": "A::B", "id": "x"}}}]}"#,
        #"{"Value": {"__extn": {"fn": "offset", "args": [{"__extn": {"fn": "datetime", "arg": "2024-01-01"}}, {"__extn": {"fn": "duration", "arg": "1d"}}]}}}"#,
        #"{"has": {"left": {"Var": "context"}, "attr": ["a", "b"]}}"#, #"{"decimal": [{"Value": "1"}, {"Value": 2}]}"#,
        #"{"like": {"left": {"Var": "context"}, "pattern": ["Wildcard", {"Literal": "a*"}]}}"#,
        #"{".": {"left": {"Var": "context"}, "attr": "if"}}"#, #"{"neg": {"arg": {"Value": 5}}}"#,
    ]

    @Test(arguments: expressions)
    func `JSON is read`(json: String) throws {
        let body = try PolicyBody(json: Self.policy(json))
        #expect(try PolicyBody(parsing: body.description) == body)
    }

    private static let noExpressions: [String] = [
        #"{"Value": 1.5}"#, #"{"Value": null}"#, #"{"Value": 9223372036854775808}"#,
        #"{"Value": {"__entity": {"type": "in", "id": "x"}}}"#,
        #"{"Value": {"__extn": {"fn": "foo", "arg": "x"}}}"#, #"{"Value": {"__expr": "1"}}"#, #"{"Slot": "?principal"}"#,
        #"{"lessThan": []}"#,
        #"{"foo": [{"Value": 1}]}"#, #"{"isEmpty": [{"Value": 1}]}"#, #"{"like": {"left": {"Value": 1}, "pattern": "a*"}}"#,
        #"{"is": {"left": {"Value": 1}, "entity_type": "A B"}}"#, #"{"has": {"left": {"Value": 1}, "attr": []}}"#,
        #"{"==": {"left": {"Value": 1}}}"#, #"{"==": {"left": {"Value": 1}, "right": {"Value": 1}, "x": 1}}"#, #"{"Var": "foo"}"#,
        #"{}"#,
        #"{"!": {"arg": {"Value": 1}}, "neg": {"arg": {"Value": 1}}}"#, #""a""#,
        #"{"/": {"left": {"Value": 1}, "right": {"Value": 1}}}"#,
        #"{"Unknown": {"name": "x"}}"#, #"{"Record": {"a": 1}}"#, #"{"Record": {"a": {"Value": 1}, "a": {"Value": 1}}}"#,
    ]

    @Test(arguments: noExpressions)
    func `JSON is refused`(json: String) {
        #expect(throws: PolicyJSONError.self) { _ = try PolicyBody(json: Self.policy(json)) }
    }

    private static let noScopes: [(String, String)] = [
        (#""op":"All""#, #""op":"=="}"#), (#"{"op":"All"}"#, #"{"op":"All","x":1}"#),
        (#"{"op":"All"}"#, #"{"op":"==","slot":"?resource"}"#),
        (#"{"op":"All"}"#, #"{"op":"in","entities":[]}"#), (#"{"op":"All"}"#, #"{"op":"==","entity":{"type":"A B","id":"x"}}"#),
        (#"{"op":"All"}"#, #"{"op":"==","entity":{"type":"A","id":"x"},"slot":"?principal"}"#), (#""permit""#, #""allow""#),
        (#""conditions":[]"#, #""conditions":[{"kind":"where","body":{"Value":true}}]"#),
        (#""conditions":[]"#, #""conditions":[],"x":1"#),
        (#""conditions":[]"#, #""conditions":[],"annotations":{"a b":"c"}"#), (#","conditions":[]"#, ""),
        (#""action":{"op":"All"}"#, #""action":{"op":"==","entity":{"type":"A","id":"x"}}"#),
        (#""action":{"op":"All"}"#, #""action":{"op":"is","entity_type":"Action"}"#),
    ]

    @Test(arguments: noScopes)
    func `JSON of a whole policy is refused`(old: String, new: String) throws {
        let plain = String(decoding: PolicyBody(effect: .permit).json, as: UTF8.self)
        let range = try #require(plain.range(of: old))
        #expect(throws: PolicyJSONError.self) {
            _ = try PolicyBody(json: Array(plain.replacingCharacters(in: range, with: new).utf8))
        }
    }

    private static func policy(_ condition: String) -> [UInt8] {
        Array(
            #"{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[{"kind":"when","body":\#(condition)}]}"#
                .utf8)
    }
}
