import Foundation
import TestSupport
import Testing

@testable import Cedar

struct `Bounds on what is read` {
    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test func `what nests too deep is refused, wherever it nests`() {
        let many = 100_000
        let texts = [
            Self.repeated("(", many) + "1" + Self.repeated(")", many), Self.repeated("[", many), Self.repeated("{a: ", many),
            Self.repeated("if true then ", many), Self.repeated("if true then 1 else ", many), Self.repeated("[1].contains(", many),
            Self.repeated("decimal(", many), "context" + Self.repeated(".a", many), "context" + Self.repeated("[\"a\"]", many),
            "1" + Self.repeated(" + 1", many), "1" + Self.repeated(" * 1", many), "[1]" + Self.repeated(".contains(1)", many),
            "context has a" + Self.repeated(".a", many), Self.repeated("!!!(", many), Self.repeated("1 == (", many),
        ]
        for text in texts {
            let error = #expect(throws: ParseError.self) { _ = try Expression(parsing: text) }
            #expect(error?.problem == .tooDeep(limit: Limits.expressionDepth), "\(text.prefix(30)): \(error.map { "\($0)" } ?? "")")
        }
    }

    @Test func `what nests as deep as is allowed is evaluated, printed and read again`() throws {
        let texts = [
            Self.repeated("(", 127) + "1" + Self.repeated(")", 127), Self.repeated("[", 127) + "1" + Self.repeated("]", 127),
            Self.repeated("{a: ", 127) + "1" + Self.repeated("}", 127),
            Self.repeated("if true then ", 127) + "1" + Self.repeated(" else 1", 127),
            "1" + Self.repeated(" + 1", 127), Self.repeated("true == (", 100) + "true" + Self.repeated(")", 100),
        ]
        let request = Request(principal: "U::\"a\"", action: "Action::\"a\"", resource: "U::\"b\"")
        for text in texts {
            let expression = try Expression(parsing: text)
            let value = try expression.evaluate(request, entities: .empty)
            #expect(value == value && value.hashValue == value.hashValue)
            #expect(try Expression(parsing: expression.description) == expression)
            let body = PolicyBody(effect: .permit, conditions: [.init(.when, expression)])
            #expect(try PolicyBody(json: body.json) == body)
        }
    }

    @Test func `chains of ten thousand terms are evaluated`() throws {
        let request = Request(principal: "U::\"a\"", action: "Action::\"a\"", resource: "U::\"b\"")
        for (term, operation) in [("true", " && "), ("false", " || ")] {
            let text = term + Self.repeated(operation + term, 9999)
            let expression = try Expression(parsing: text)
            #expect(try expression.evaluate(request, entities: .empty) == .bool(term == "true"))
            #expect(expression.description == text)
            #expect(expression.height == 2)
            // The JSON of it nests twenty thousand levels: written it can be, read not.
            let body = PolicyBody(effect: .permit, conditions: [.init(.when, expression)])
            #expect(throws: PolicyJSONError.self) { _ = try PolicyBody(json: body.json) }
        }
    }

    @Test func `a long has grows as its length does`() throws {
        let expression = try Expression(parsing: "context has a" + Self.repeated(".a", 120))
        #expect(Compiler.program(expression).nodes.count < 300)
        var context: Record = [:]
        for _ in 0...120 { context = ["a": .record(context)] }
        let request = Request(principal: "U::\"a\"", action: "Action::\"a\"", resource: "U::\"b\"", context: context)
        #expect(try expression.evaluate(request, entities: .empty) == .bool(true))
        let longer = try Expression(parsing: "context has a" + Self.repeated(".a", 121))
        #expect(try longer.evaluate(request, entities: .empty) == .bool(false))
    }

    @Test func `chains of four hundred terms are read in JSON`() throws {
        let expression = try Expression(parsing: "true" + Self.repeated(" && true", 399))
        let body = PolicyBody(effect: .permit, conditions: [.init(.when, expression)])
        #expect(try PolicyBody(json: body.json) == body)
    }

    @Test func `a set or a text of a megabyte is nothing special`() throws {
        let request = Request(principal: "U::\"a\"", action: "Action::\"a\"", resource: "U::\"b\"")
        let numbers = (0..<100_000).map(String.init).joined(separator: ", ")
        #expect(try Expression(parsing: "[\(numbers)].contains(99999)").evaluate(request, entities: .empty) == .bool(true))
        let text = Self.repeated("a", 1 << 20)
        #expect(try Expression(parsing: "\"\(text)\" like \"*\(text)b*\"").evaluate(request, entities: .empty) == .bool(false))
        #expect(throws: ParseError(.integerOutOfRange, at: SourcePosition(line: 1, column: 1))) {
            _ = try Expression(parsing: Self.repeated("9", 1 << 20))
        }
    }

    @Test func `a pattern of many stars takes no longer than the text is long`() throws {
        let text = CedarString(Self.repeated("ab", 50_000))
        let pattern = Pattern((0..<2000).flatMap { _ in [Pattern.Element.wildcard, .scalar("a")] } + [.wildcard, .scalar("c")])
        #expect(!WildcardMatcher(pattern).matches(text))
    }

    @Test func `what is too large or no text is refused before it is read`() {
        #expect(throws: ParseError(.tooLarge(limit: Limits.sourceBytes), at: .none)) {
            _ = try PolicySet(parsing: Array(repeating: UInt8(ascii: " "), count: Limits.sourceBytes + 1))
        }
        #expect(throws: ParseError(.notUTF8, at: .none)) { _ = try PolicySet(parsing: [0x2F, 0x2F, 0xFF]) }
    }

    /// Whatever the bytes are, there is an answer or a typed error.
    private static func survives(_ bytes: [UInt8]) {
        if let set = try? PolicySet(parsing: bytes) {
            let request = Request(principal: "U::\"a\"", action: "Action::\"a\"", resource: "U::\"b\"")
            _ = set.authorize(request, entities: .empty)
            _ = set.policies.values.map(\.body.description)
            _ = set.json
        }
        if let set = try? PolicySet(json: bytes) { _ = set.json }
    }

    @Test func `random bytes and random words are survived`() {
        var generator = SeededGenerator(seed: 20_261_124)
        let words = [
            "permit", "forbid", "(", ")", "principal", "action", "resource", ",", ";", "when", "unless", "{", "}", "==", "in", "is",
            "has", "like",
            "if", "then", "else", "[", "]", "\"a*\"", "1", "-", "!", "&&", "||", ".", "::", "A", "?principal", "@", "+", "*", "<",
            "decimal", "true",
            "contains", ":", "9223372036854775808", "\"\\u{", "//", "\n", "{\"effect\":\"permit\"}", "[[", "\u{301}",
        ]
        for round in 0..<3000 {
            Self.survives(generator.bytes(round % 200))
            let text = (0..<(round % 60)).map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }.joined(
                separator: " ")
            Self.survives(Array(text.utf8))
            Self.survives(Array("permit(principal, action, resource) when { \(text) };".utf8))
        }
    }

    @Test(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
    func `policies of the corpus with bytes changed are survived`() throws {
        var generator = SeededGenerator(seed: 20_261_125)
        let archive = try CorpusArchive.consents.get()
        for name in archive.names where name.hasSuffix(".cedar") {
            let text = try archive.bytes(name)
            let json = try PolicySet(parsing: text).json
            for original in [text, json] {
                for _ in 0..<3 {
                    var bytes = original
                    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                        let place = Int.random(in: 0..<bytes.count, using: &generator)
                        switch Int.random(in: 0...3, using: &generator) {
                        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                        case 1: bytes.remove(at: place)
                        case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
                        default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                        }
                    }
                    Self.survives(bytes)
                }
            }
        }
    }
}
