import Foundation
import TestSupport
import Testing

@testable import Cedar

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment))) struct `Validation of the corpus` {
    /// What `NAME.validation.json` says. Texts of errors are another engine's and are not compared.
    private struct Verdict: Decodable {
        struct Both: Decodable {
            let strict: Bool
            let permissive: Bool
        }

        /// No member where the entity is valid.
        struct Entities: Decodable {
            let perEntity: [String: [String: String]]
        }

        let policyValidation: Both
        let entityValidation: Entities
        let requestValidation: [Both]
    }

    @Test func `the hand-written policies are strict or not, as expected`() throws {
        let tests = try Corpora.url("cedar/handwritten/tests")
        var failures = Failures()
        for folder in try FileManager.default.contentsOfDirectory(atPath: tests.path) {
            for file in try FileManager.default.contentsOfDirectory(atPath: tests.appending(path: folder).path)
            where file.hasSuffix(".json") {
                let corpusCase = try CorpusCase(json: Array(Data(contentsOf: tests.appending(path: "\(folder)/\(file)")))) {
                    try Array(Corpora.data("cedar/handwritten/\($0)"))
                }
                Self.checkStrict(corpusCase, file, &failures)
            }
        }
        #expect(failures.isEmpty && failures.caseCount == 22, "\(failures)")
    }

    @Test func `the generated policies are strict or not, as expected`() throws {
        let archive = try CorpusArchive.cases.get()
        var failures = Failures()
        for name in Self.cases(archive) {
            Self.checkStrict(try CorpusCase(json: archive.bytes(name), file: archive.bytes), name, &failures)
        }
        #expect(failures.isEmpty && failures.caseCount == 5509, "\(failures)")
    }

    @Test func `the sets of many policies are strict or not, as expected`() throws {
        let archive = try CorpusArchive.consents.get()
        var failures = Failures()
        for name in Self.cases(archive) {
            Self.checkStrict(try CorpusCase(json: archive.bytes(name), file: archive.bytes), name, &failures)
        }
        #expect(failures.isEmpty && failures.caseCount == 706, "\(failures)")
    }

    @Test func `policies, entities and requests pass in either mode as the reference says`() throws {
        let archive = try CorpusArchive.cases.get()
        let verdicts = try CorpusArchive.verdicts.get()
        var failures = Failures()
        for name in verdicts.names {
            let id = try #require(name.split(separator: "/").last?.split(separator: ".").first)
            let verdict: Verdict = try verdicts.decoded(name)
            let corpusCase = try CorpusCase(json: archive.bytes("corpus-tests/\(id).json"), file: archive.bytes)
            let validator = Validator(corpusCase.schema)
            let strict = validator.validate(corpusCase.policies, .strict)
            let permissive = validator.validate(corpusCase.policies, .permissive)
            failures.check(strict.isValid == verdict.policyValidation.strict, "\(id) strict: \(strict.errors)")
            failures.check(permissive.isValid == verdict.policyValidation.permissive, "\(id) permissive: \(permissive.errors)")
            let areValid = verdict.entityValidation.perEntity.values.allSatisfy(\.isEmpty)
            failures.check(areValid == Self.succeeds { try corpusCase.schema.validate(corpusCase.entities) }, "\(id) entities")
            for (query, expected) in zip(corpusCase.queries, verdict.requestValidation) {
                let isValid = Self.succeeds { try corpusCase.schema.validate(query.request) }
                failures.check(isValid == expected.strict, "\(id) request")
            }
        }
        #expect(failures.isEmpty && failures.caseCount > 50_000, "\(failures)")
    }

    private static func cases(_ archive: CorpusArchive) -> [String] {
        archive.names.filter { $0.hasSuffix(".json") && !$0.hasSuffix(".entities.json") }
    }

    private static func checkStrict(_ corpusCase: CorpusCase, _ name: String, _ failures: inout Failures) {
        let report = Validator(corpusCase.schema).validate(corpusCase.policies)
        failures.check(report.isValid == corpusCase.shouldValidate, "\(name): \(report.errors)")
    }

    private static func succeeds(_ check: () throws -> Void) -> Bool {
        do {
            try check()
            return true
        } catch {
            return false
        }
    }
}
