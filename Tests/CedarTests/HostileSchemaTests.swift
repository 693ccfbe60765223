import Foundation
import TestSupport
import Testing

@testable import Cedar

/// Whatever comes, the answer is a value or a typed error, and it comes soon.
struct `Hostile schemas and entities` {
    @Test func `types that share their parts are compared in steps, not in all ways`() throws {
        // Written out, each of the two types has 2^60 leaves.
        let text =
            (1...60).map { "type L\($0) = { a: L\($0 - 1), b: L\($0 - 1) }; type R\($0) = { a: R\($0 - 1), b: R\($0 - 1) };" }
            .joined()
            + "type L0 = { x: Long }; type R0 = { x?: Long }; entity E { l: L60, r: R60 }; action a appliesTo { principal: E, resource: E };"
        let schema = try Schema(cedar: text)
        let set = try PolicySet(parsing: "permit(principal, action, resource) when { principal.l == principal.r };")
        #expect(!Validator(schema).validate(set).isValid)
        #expect(Validator(schema).validate(set, .permissive).isValid)
        #expect(schema == (try Schema(cedar: text)))
        #expect(schema.name(of: try #require(schema.entityType("E")).shape).utf8.count < 2000)
    }

    @Test func `a long chain of tests is checked`() throws {
        let schema = try Schema(cedar: "entity E { a?: Long }; action a appliesTo { principal: E, resource: E };")
        for link in [" && ", " || "] {
            let condition = Array(repeating: "(principal has a && principal.a == 1)", count: 5000).joined(separator: link)
            let set = try PolicySet(parsing: "permit(principal, action, resource) when { \(condition) };")
            #expect(Validator(schema).validate(set).isValid)
        }
    }

    @Test func `what would be checked in more environments than there is time for is refused`() throws {
        let types = (0..<1000).map { "E\($0)" }.joined(separator: ",")
        let schema = try Schema(cedar: "entity \(types); action a appliesTo { principal: [\(types)], resource: [\(types)] };")
        let condition = Array(repeating: "true", count: 300).joined(separator: " && ")
        let set = try PolicySet(
            parsing: "permit(principal, action, resource) when { \(condition) }; permit(principal is E1, action, resource is E2);")
        let report = Validator(schema).validate(set)
        #expect(report.errors.map(\.policy) == ["policy0"] && report.errors.map(\.problem) == [.tooLarge])
    }

    @Test func `the deepest condition that is read is checked`() throws {
        let schema = try Schema(cedar: "entity E { a: Bool, e: E }; action a appliesTo { principal: E, resource: E };")
        let path = "principal" + String(repeating: ".e", count: Limits.expressionDepth - 3) + ".a"
        let ifs =
            String(repeating: "if true then ", count: Limits.expressionDepth - 2) + "true"
            + String(repeating: " else false", count: Limits.expressionDepth - 2)
        for condition in [path, ifs] {
            #expect(
                Validator(schema).validate(try PolicySet(parsing: "permit(principal, action, resource) when { \(condition) };"))
                    .isValid)
        }
    }

    @Test func `random bytes are refused and nothing traps`() {
        let seed: UInt64 = 4_211_126
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = random.bytes(Int.random(in: 0...40, using: &random))
            if (try? Schema(json: bytes)) != nil { accepted += 1 }
            if (try? Entities(json: bytes)) != nil { accepted += 1 }
            let words = bytes.map { Self.words[Int($0) % Self.words.count] }.joined(separator: " ")
            _ = try? Schema(cedar: words)
        }
        #expect(accepted == 0, "seed \(seed)")
    }

    private static let words = [
        "entity", "action", "type", "namespace", "in", "enum", "appliesTo", "principal", "resource", "context", "tags", "Set", "<",
        ">", "{", "}", "[", "]",
        ",", ";", ":", "::", "?", "@", "=", "A", "B", "Long", "\"a\"", "__cedar", "attributes", "(", ")",
    ]

    @Test(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
    func `changed files of the corpus are read or refused and nothing traps`() throws {
        let seed: UInt64 = 20_261_122
        var random = SeededGenerator(seed: seed)
        let archive = try CorpusArchive.cases.get()
        let names = archive.names.filter { $0.hasSuffix(".cedarschema") }.shuffled(using: &random).prefix(400)
        var refused = 0
        for name in names {
            let stem = name.replacing(".cedarschema", with: "")
            let schema = try Schema(cedar: archive.text(name))
            let entities = try archive.bytes("\(stem).entities.json")
            let policies = try archive.bytes("\(stem).cedar")
            for _ in 0..<5 {
                let changed = String(decoding: Self.changed(try archive.bytes(name), &random), as: UTF8.self)
                if let other = try? Schema(cedar: changed) { _ = try other.fragment.cedarText() } else { refused += 1 }
                if (try? Schema(json: Self.changed(schema.fragment.json, &random))) == nil { refused += 1 }
                if (try? Entities(json: Self.changed(entities, &random), schema: schema)) == nil { refused += 1 }
                if let set = try? PolicySet(parsing: Self.changed(policies, &random)) {
                    let strict = Validator(schema).validate(set, .strict)
                    let permissive = Validator(schema).validate(set, .permissive)
                    #expect(
                        !strict.isValid || permissive.isValid, "seed \(seed): strict accepts what permissive refuses in \(name)")
                }
            }
        }
        #expect(refused > 1000, "seed \(seed)")
    }

    /// A byte replaced, a piece cut, repeated or moved.
    private static func changed(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        var changed = bytes
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 1...30, using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: changed[start] = UInt8.random(in: 0x20...0x7E, using: &random)
        case 1: changed.removeSubrange(start..<end)
        case 2: changed.insert(contentsOf: bytes[start..<end], at: start)
        default: changed.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &random))
        }
        return changed
    }
}
