import Foundation
import MedicalRecords
import TestSupport
import Testing

@Suite struct Mutations {
    private let document = bytes(
        bundle([
            #"{"resourceType":"Patient","id":"p","name":[{"given":["Zoë","\u00d6"]}],"birthDate":"1970-01-01","active":true}"#,
            #"{"resourceType":"Observation","subject":{"reference":"urn:uuid:0"},"valueQuantity":{"value":-1.50e+2},"note":null}"#,
        ]))

    /// One change or a few: a byte flipped, cut out, doubled, or a piece of the document copied elsewhere.
    private func mutated(using generator: inout SeededGenerator) -> [UInt8] {
        var mutant = document
        for _ in 0...Int.random(in: 0..<3, using: &generator) {
            let index = Int.random(in: 0..<mutant.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: mutant[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: mutant[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: mutant.remove(at: index)
            case 3: mutant.removeLast(mutant.count - max(index, 1))
            default:
                let start = Int.random(in: 0..<document.count, using: &generator)
                mutant.insert(contentsOf: document[start..<min(document.count, start + 24)], at: index)
            }
        }
        return mutant
    }

    /// Foundation is laxer than RFC 8259 here and there, never stricter: so whatever we accept it must accept.
    @Test func `a mutant is refused with one error, or is JSON to another reader too`() {
        let seed: UInt64 = 0x5eed_0001
        var generator = SeededGenerator(seed: seed)
        var failures = Failures()
        for round in 0..<4_000 {
            let mutant = mutated(using: &generator)
            do throws(JSONError) {
                try JSONCursor.checkDocument(mutant)
                let isJSON = (try? JSONSerialization.jsonObject(with: Data(mutant), options: .fragmentsAllowed)) != nil
                failures.check(isJSON, "seed \(seed), round \(round)")
            } catch {
                failures.check((0...mutant.count).contains(error.offset), "seed \(seed), round \(round): offset \(error.offset)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a mutant that is still a source splits and joins without loss`() {
        let seed: UInt64 = 0x5eed_0002
        var generator = SeededGenerator(seed: seed)
        var failures = Failures()
        for round in 0..<1_500 {
            guard let source = try? RecordSource(mutated(using: &generator), brokenLines: .skipped) else { continue }
            let records = source.split()
            guard case .opaque = source.form else {
                let join = try? RecordJoin(records.map(\.content))
                failures.check(join?.resourceCount == source.resources.count, "seed \(seed), round \(round)")
                continue
            }
            failures.check(records.count == 1 && records[0].content == source.bytes, "seed \(seed), round \(round)")
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 50)
    }

    @Test func `a mutated record content is joined or refused`() throws {
        let seed: UInt64 = 0x5eed_0003
        var generator = SeededGenerator(seed: seed)
        let content = try #require(try RecordSource(document).split().first).content
        for _ in 0..<1_000 {
            var mutant = content
            mutant[Int.random(in: 0..<mutant.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            _ = try? RecordJoin([mutant])
        }
    }
}
