import Cedar
import Foundation
import TestSupport
import Testing

@testable import AccessPolicy

/// A library is loaded whole or not at all.
@Suite struct PolicyLibraryTests {
    private static let folder = Fixtures.repository.appending(path: "policies")

    private static func source(_ name: String) throws -> PolicyLibrary.Source {
        PolicyLibrary.Source(name: name, bytes: Array(try Data(contentsOf: folder.appending(path: name))))
    }

    private static func sources() throws -> [PolicyLibrary.Source] {
        try ["statute", "institution"].flatMap { kind in
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: kind).path).map {
                try source("\(kind)/\($0)")
            }
        }
    }

    private static func library(_ extra: String...) throws -> PolicyLibrary {
        let extras = extra.map { PolicyLibrary.Source(name: "extra.cedar", bytes: Array($0.utf8)) }
        return try PolicyLibrary(schema: source("schema.cedarschema"), policies: sources() + extras)
    }

    private static func cases(_ library: PolicyLibrary) throws -> [PolicyCases] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "tests").path).filter { $0 != "entities.json" }
            .map { try PolicyCases(source("tests/\($0)"), schema: library.schema) }
    }

    private static func entities(_ library: PolicyLibrary) throws -> Entities {
        let entities = try Entities(json: source("tests/entities.json").bytes, schema: library.schema)
        try library.schema.validate(entities)
        return entities
    }

    @Test func `what is compiled in is the folder, file by file`() throws {
        let files = try Self.sources() + [Self.source(PolicyLibrary.schemaName)]
        #expect(PolicyLibrary.builtIn == Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.bytes) }))
        #expect(try PolicyLibrary(PolicyLibrary.builtIn).policies.map(\.id) == Self.library().policies.map(\.id))
    }

    @Test func `a set without its schema is not loaded`() throws {
        var files = PolicyLibrary.builtIn
        files[PolicyLibrary.schemaName] = nil
        #expect(throws: LibraryError.unreadable(file: "schema.cedarschema", reason: "it is not there")) { try PolicyLibrary(files) }
    }

    @Test func `what a set would change is told policy by policy`() throws {
        let old = try Self.library()
        var files = PolicyLibrary.builtIn
        files["statute/minors.cedar"] = nil
        let roles = String(decoding: files["institution/roles.cedar"] ?? [], as: UTF8.self)
        files["institution/roles.cedar"] = Array(roles.replacing(/version\("[^"]*"\)/, with: "version(\"99\")").utf8)
        files["statute/new.cedar"] = Array(
            "@id(\"new\") @basis(\"a test\") @version(\"1\") forbid (principal, action, resource) when { context.now < datetime(\"2000-01-01\") };"
                .utf8)
        let changes = PolicyChanges(from: old, to: try PolicyLibrary(files))
        #expect(changes.added.map(\.id) == ["new"])
        #expect(changes.removed.map(\.file).allSatisfy { $0 == "statute/minors.cedar" } && !changes.removed.isEmpty)
        #expect(Set(changes.changed.map(\.file)) == ["institution/roles.cedar"])
        #expect(PolicyChanges(from: nil, to: old).added.count == old.policies.count)
    }

    @Test func `ours decides its cases as they say, and each policy decides one`() throws {
        let library = try Self.library()
        let cases = try Self.cases(library)
        #expect(cases.reduce(0) { $0 + $1.cases.count } >= 60)
        let differences = library.differences(in: cases, try Self.entities(library))
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    /// Each policy left out in turn: a case notices.
    @Test func `no policy can be lost without a case that fails`() throws {
        let library = try Self.library()
        let (cases, entities) = (try Self.cases(library), try Self.entities(library))
        for lost in library.policies {
            let rest = library.policies.filter { $0.id != lost.id }.map { policy in
                PolicyLibrary.Source(name: policy.file, bytes: Array("\(policy.policy.body)".utf8))
            }
            let lesser = try PolicyLibrary(schema: Self.source("schema.cedarschema"), policies: rest)
            #expect(!lesser.differences(in: cases, entities).isEmpty, "\(lost.id)")
        }
    }

    private static let good = #"@id("x") @basis("b") @version("1") "#

    @Test(arguments: [
        (#"@basis("b") @version("1") forbid (principal, action, resource);"#, "@id"),
        (#"@id("x") @version("1") forbid (principal, action, resource);"#, "@basis"),
        (#"@id("x") @basis("b") forbid (principal, action, resource);"#, "@version"),
        (#"@id("") @basis("b") @version("1") forbid (principal, action, resource);"#, "@id"),
        (good + #"@obligate("review") forbid (principal, action, resource);"#, "nobody reads"),
        (good + #"@oblige("revue") permit (principal, action, resource);"#, "no obligation \"revue\""),
        (good + #"@oblige("") permit (principal, action, resource);"#, "no obligation"),
        (good + #"@oblige("review,") permit (principal, action, resource);"#, "no obligation"),
        (good + "permit (principal, action, resource);", "only a patient's grant may"),
        (good + #"@oblige("review") forbid (principal, action, resource);"#, "forbids"),
        (good + "forbid (principal == ?principal, action, resource);", "slot"),
        (#"@id("part2-purpose") @basis("b") @version("1") forbid (principal, action, resource);"#, "another policy"),
        (good + "forbid (principal, action, resource) when { 1 + 1 == 2 };", "computes"),
        (good + "forbid (principal, action, resource) when { 2 - 1 == 1 };", "computes"),
        (good + "forbid (principal, action, resource) when { 2 * 1 == 2 };", "computes"),
        (good + #"forbid (principal, action, resource) when { context.now.offset(duration("1h")) < context.now };"#, "computes"),
        (good + "forbid (principal, action, resource) when { ip(resource.category).isLoopback() };", "not written there"),
        (
            good + #"forbid (principal, action, resource) when { decimal(resource.category) == decimal("1.0") };"#,
            "not written there"
        ),
        (good + "forbid (principal, action, resource) when { resource.kategory == \"x\" };", "category"),
        (good + "forbid (principal, action, resource) when { context.emergency.nature == \"\" };", "emergency"),
        (good + "forbid (principal is Clerk, action, resource);", "Clerk"),
        (good + "forbid (principal, action == Action::\"burn\", resource);", "burn"),
        (good + "forbid (principal, action, resource) when { false };", "no request"),
        (good + "forbid (principal, action, resource) when { ;", "expected"),
        ("\u{FEFF}", "extra.cedar"),
    ])
    func `one policy that is not understood in full, and none is loaded`(text: String, says: String) throws {
        let error = #expect(throws: LibraryError.self) { try Self.library(text) }
        #expect(error?.description.contains(says) == true, "\(String(describing: error))")
    }

    @Test func `nothing is no library`() throws {
        #expect(throws: LibraryError.noPolicies) { try PolicyLibrary(schema: Self.source("schema.cedarschema"), policies: []) }
    }

    /// In Cedar alone a policy that fails is passed over. Validation lets none of a library fail on a valid request, so the grants do.
    @Test func `what cannot be evaluated denies`() throws {
        let library = try Self.library()
        let entities = try Self.entities(library)
        let allowed = try #require(try Self.cases(library).flatMap(\.cases).first { $0.decision == .allow })
        let permit = try PolicySet(parsing: "permit (principal, action, resource);")
        #expect(library.rule(on: allowed.request, entities: entities, grants: [permit]).decision == .allow)
        for broken in ["permit", "forbid"] {
            let grants = try PolicySet(
                parsing: "permit (principal, action, resource); \(broken) (principal, action, resource) when { context.none };")
            let ruling = library.rule(on: allowed.request, entities: entities, grants: [grants])
            #expect(ruling.decision == .deny && ruling.erring == ["policy1"] && ruling.obligations.isEmpty)
        }
    }

    @Test(arguments: [
        "", "{}", #"{"requests": [{}]}"#, #"{"requests": [], "more": 1}"#, #"{"requests": [], "grant": "permit"}"#,
        #"{"requests": 1}"#, #"{"requests": []"#,
    ])
    func `cases that are none are refused`(text: String) throws {
        let library = try Self.library()
        #expect(throws: LibraryError.self) {
            try PolicyCases(.init(name: "cases.json", bytes: Array(text.utf8)), schema: library.schema)
        }
    }
}
