import Foundation
import TestSupport
import Testing

@testable import Cedar

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment))) struct `Decisions of the corpus` {
    @Test func `the hand-written cases are decided as expected`() throws {
        let tests = try Corpora.url("cedar/handwritten/tests")
        var failures = Failures()
        var cases = 0
        for folder in try FileManager.default.contentsOfDirectory(atPath: tests.path) {
            for file in try FileManager.default.contentsOfDirectory(atPath: tests.appending(path: folder).path)
            where file.hasSuffix(".json") {
                cases += 1
                Self.run("\(folder)/\(file)", &failures) {
                    try CorpusCase(json: Array(Data(contentsOf: tests.appending(path: "\(folder)/\(file)")))) {
                        try Array(Corpora.data("cedar/handwritten/\($0)"))
                    }
                }
            }
        }
        #expect(failures.isEmpty && cases == 22 && failures.caseCount == 74, "\(failures)")
    }

    @Test func `the generated requests are decided as expected`() throws {
        let failures = try Self.run(CorpusArchive.cases.get(), folder: "corpus-tests/")
        #expect(failures.isEmpty && failures.caseCount == 44_072, "\(failures)")
    }

    @Test func `the sets of many policies are decided as expected`() throws {
        let failures = try Self.run(CorpusArchive.consents.get(), folder: "consent-multi/")
        #expect(failures.isEmpty && failures.caseCount == 5648, "\(failures)")
    }

    private static func run(_ archive: CorpusArchive, folder: String) throws -> Failures {
        var failures = Failures()
        for name in archive.names
        where name.hasPrefix(folder) && name.hasSuffix(".json") && !name.hasSuffix(".entities.json") {
            run(name, &failures) { try CorpusCase(json: archive.bytes(name), file: archive.bytes) }
        }
        return failures
    }

    private static func run(_ name: String, _ failures: inout Failures, _ load: () throws -> CorpusCase) {
        do {
            let corpusCase = try load()
            for (number, query) in corpusCase.queries.enumerated() {
                let difference = query.difference(from: corpusCase.policies.authorize(query.request, entities: corpusCase.entities))
                failures.check(difference == nil, "\(name) request \(number): \(difference ?? "")")
            }
        } catch {
            failures.check(false, "\(name): \(error)")
        }
    }
}
