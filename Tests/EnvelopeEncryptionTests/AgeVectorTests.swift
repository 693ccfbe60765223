import CryptoPrimitives
import TestSupport
import Testing

@testable import EnvelopeEncryption

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct AgeVectors {
    /// Read once: some have to be decompressed by another program.
    private static let corpus = Result {
        let names = try AgeVector.names()
        return (fileCount: names.count, judged: try names.compactMap(AgeVector.init))
    }

    private func vectors() throws -> [AgeVector] { try Self.corpus.get().judged }

    private func outcome(_ failure: OpenError?) -> AgeVector.Outcome {
        switch failure {
        case nil: .success
        case .header(.noIdentityMatches): .noMatch
        case .header(.notAuthentic): .macFailure
        case .header: .headerFailure
        case .payload, .tooLarge: .payloadFailure
        }
    }

    /// What comes of a vector, read in pieces and read at once.
    private func judge(_ vector: AgeVector, pieces: [Int]) -> (outcome: AgeVector.Outcome, contentHash: String?) {
        guard let file = try? vector.isArmored ? Armor.decode(vector.file) : vector.file else { return (.armorFailure, nil) }
        let (content, failure) = stream(file, pieces: pieces, with: vector.identities)
        let outcome = outcome(failure)
        let hasContent = outcome == .success || outcome == .payloadFailure
        return (outcome, hasContent ? SHA256.hash(content).description : nil)
    }

    @Test func `every file fails at its stage or opens, and releases what it should`() throws {
        let (fileCount, vectors) = try Self.corpus.get()
        var failures = Failures()
        for vector in vectors {
            let (outcome, contentHash) = judge(vector, pieces: [.max])
            failures.check(
                outcome == vector.expectation && contentHash == vector.contentHash,
                "\(vector.name): \(outcome.rawValue), not \(vector.expectation.rawValue)")
        }
        #expect(failures.isEmpty, "\(failures)")
        let skippedCount = fileCount - vectors.count
        #expect(failures.caseCount + skippedCount == 103)
        #expect(skippedCount == 0, "vectors with keys this test does not know")
    }

    @Test func `the size of the pieces changes nothing`() throws {
        var failures = Failures()
        for vector in try vectors() where vector.passphrasesAreCheap {
            let (outcome, contentHash) = judge(vector, pieces: [1, 70_000, 15, 65_552, 4_093])
            failures.check(outcome == vector.expectation && contentHash == vector.contentHash, vector.name)
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `opened at once, a file gives all or nothing, and the same error`() throws {
        var failures = Failures()
        for vector in try vectors() {
            guard let file = try? vector.isArmored ? Armor.decode(vector.file) : vector.file else { continue }
            do throws(OpenError) {
                let content = try Envelope.open(file, with: vector.identities)
                failures.check(
                    vector.expectation == .success && SHA256.hash(content).description == vector.contentHash, vector.name)
            } catch {
                failures.check(outcome(error) == vector.expectation, "\(vector.name): \(error)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `from file key and content the same file comes out again`() throws {
        var failures = Failures()
        for vector in try vectors() where vector.expectation == .success {
            let file = vector.isArmored ? try Armor.decode(vector.file) : vector.file
            let header = try Header(startOf: file)
            let fileKey = try header.unwrap(with: vector.identities)
            let nonce = Array(file[header.bytes.count...].prefix(Payload.nonceSize))
            var again = Header(stanzas: header.stanzas, authenticatedWith: fileKey).bytes
            var sealer = PayloadSealer(fileKey: fileKey, nonce: nonce)
            let content = try Envelope.open(file, with: vector.identities)
            sealer.seal(content.span, appendingTo: &again)
            _ = sealer.finish(appendingTo: &again)
            failures.check(exposed(fileKey) == vector.fileKey && again == file, vector.name)
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == 20)
    }
}

extension AgeVector {
    /// scrypt is asked once, not once more for every way to cut the file.
    fileprivate var passphrasesAreCheap: Bool { identities.passphrases.isEmpty }
}
