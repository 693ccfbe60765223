import Foundation
import TestSupport
import Testing

@testable import Cedar

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment))) struct `Schemas of the corpus` {
    @Test func `JSON syntax and Cedar syntax say the same`() throws {
        let cases = try CorpusArchive.cases.get()
        let schemas = try CorpusArchive.jsonSchemas.get()
        var failures = Failures()
        for name in schemas.names {
            let id = try #require(name.split(separator: "/").last?.split(separator: ".").first)
            do {
                let json = try Schema(json: schemas.bytes(name))
                let cedar = try Schema(cedar: cases.text("corpus-tests/\(id).cedarschema"))
                failures.check(json == cedar, "\(id) differs")
            } catch {
                failures.check(false, "\(id): \(error)")
            }
        }
        #expect(failures.isEmpty && failures.caseCount > 5000, "\(failures)")
    }

    @Test func `every schema is read again as it was, in either syntax`() throws {
        let cases = try CorpusArchive.cases.get()
        var failures = Failures()
        for name in cases.names where name.hasSuffix(".cedarschema") {
            do {
                let schema = try Schema(cedar: cases.text(name))
                let cedar = try Schema(cedar: schema.fragment.cedarText())
                let json = try Schema(json: schema.fragment.json)
                failures.check(schema == cedar && schema == json, "\(name) differs")
            } catch {
                failures.check(false, "\(name): \(error)")
            }
        }
        #expect(failures.isEmpty && failures.caseCount > 5000, "\(failures)")
    }
}
