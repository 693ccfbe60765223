import TestSupport
import Testing

@testable import Cedar

/// Schemas, validation and entities beside the engine of cedar-policy/cedar: `Tests/External/cedar_schemas.py` makes up the cases.
@Suite(.enabled(if: CedarPeer.isPresent, "python3 with the module cedarpy is not installed"))
struct `Schemas beside another engine` {
    /// One line of the script.
    private struct Case {
        let text: String
        /// Empty where the text is one.
        let schema: Schema
        let passes: Bool
    }

    private static func compare(_ what: String, count: Int, _ check: (Case) throws -> Bool) throws {
        let seed = CedarPeer.seed
        var failures = Failures()
        var schemas: [CedarString: Schema] = [:]
        try CedarPeer.forEachCase(what, of: "cedar_schemas.py", seed: seed, count: count) { line in
            let object = try JSONNode(JSONReader.value(line), .root("case")).object()
            let text = try object.required("text").string().text
            let schemaText = try object["schema"]?.string() ?? ""
            let schema = try schemas[schemaText] ?? Schema(cedar: schemaText.text)
            schemas[schemaText] = schema
            let expected = try object.required("passes").bool()
            let passes = try check(Case(text: text, schema: schema, passes: expected))
            failures.check(passes == expected, "\(passes ? "passes" : "is refused"): \(text)")
        }
        #expect(failures.isEmpty && failures.caseCount == count, "seed \(seed): \(failures)")
    }

    @Test func `the same policies are strictly valid`() throws {
        try Self.compare("validations", count: 10_000) { subject in
            try Validator(subject.schema).validate(PolicySet(parsing: subject.text)).isValid
        }
    }

    @Test func `the same texts are schemas, but for an attribute that is declared twice`() throws {
        try Self.compare("schemas", count: 5000) { subject in
            do throws(SchemaError) {
                _ = try Schema(cedar: subject.text)
                return true
            } catch .syntax(let error) {
                // The other engine takes the last of the two.
                if case .duplicate(let what) = error.problem, what.hasPrefix("the attribute") { return subject.passes }
                return false
            } catch {
                return false
            }
        }
    }

    @Test func `the same JSON is a schema`() throws {
        try Self.compare("json-schemas", count: 5000) { subject in
            do throws(SchemaError) {
                _ = try Schema(json: Array(subject.text.utf8))
                return true
            } catch {
                return false
            }
        }
    }

    @Test func `the same entities conform, but for members that mean nothing`() throws {
        try Self.compare("entities", count: 5000) { subject in
            do throws(EntitiesError) {
                _ = try Entities(json: Array(subject.text.utf8), schema: subject.schema)
                return true
            } catch .format(let error) {
                // The other engine does not look at them.
                return error.expected.hasPrefix("no such member") ? subject.passes : false
            } catch {
                return false
            }
        }
    }
}
