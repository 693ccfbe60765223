import CryptoPrimitives
import TestSupport
import Testing
import ZeroKnowledge

/// The proofs over P-256 that the drafts publish: made again to the byte, accepted and refused as they say.
@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct LinearRelationVectorTests {
    private let valid: [Vector]
    private let invalid: [Vector]

    init() throws {
        valid = try Vector.all("sigma-proofs_Shake128_P256")
        invalid = try Vector.all("sigma-proofs-invalid_Shake128_P256")
    }

    private func relation(_ vector: Vector) throws -> LinearRelation<P256> {
        try LinearRelation(serialized: vector.bytes("Instance"))
    }

    private func tag(_ vector: Vector) throws -> [UInt8] { Array(try vector.text("Tag").utf8) }

    private func accepts(_ vector: Vector) throws -> Bool {
        guard let relation = try? relation(vector) else { return false }
        let (proof, tag) = (try vector.bytes("NargString"), try tag(vector))
        if try vector.text("Flavor") == "compact" {
            return (try? relation.verifyCompact(proof, tag: tag)) != nil
        }
        return (try? relation.verifyBatchable(proof, tag: tag)) != nil
    }

    private func proof(_ vector: Vector) throws -> [UInt8] {
        let isCompact = try vector.text("Flavor") == "compact"
        var nonces = PinnedNonces<P256.Secrets>(
            "\(isCompact ? "CMPT" : "DSFS")-\(P256.suite)-\(try vector.text("Relation"))")
        let bytes = try vector.bytes("Witness")
        let places = stride(from: 0, to: bytes.count, by: 32)
        let witness = P256.Secrets(try places.map { try P256.Scalar(decoding: Array(bytes[$0..<$0 + 32])) })
        return isCompact
            ? try relation(vector).proveCompact(tag: tag(vector), witness: witness, nonces: &nonces)
            : try relation(vector).proveBatchable(tag: tag(vector), witness: witness, nonces: &nonces)
    }

    @Test func `every published proof is made again to the byte and verifies`() throws {
        var failures = Failures()
        for vector in valid {
            let sessionID = Transcript.sessionID(tag: try tag(vector))
            failures.check(try sessionID == vector.bytes32("SessionId"), "\(vector.id): session")
            failures.check(try relation(vector).serialized == vector.bytes("Instance"), "\(vector.id): relation")
            failures.check(try proof(vector) == vector.bytes("NargString"), "\(vector.id): proof")
            failures.check(try accepts(vector), vector.id)
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == 4 * 9)
    }

    @Test func `every published mistake is refused, and what it was made from is not`() throws {
        var failures = Failures()
        for vector in invalid { failures.check(try accepts(vector) == vector.mustAccept, vector.id) }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == 24)
    }

    @Test func `a batch of published proofs verifies, and with one mistake in it names that one`() throws {
        let good = try valid.filter { try $0.text("Flavor") == "batchable" }
        let bad = try invalid.filter { try $0.text("Flavor") == "batchable" && !$0.mustAccept }
        var failures = Failures()
        func batch(_ vectors: [Vector]) throws -> RelationBatch<P256>? {
            var batch = RelationBatch<P256>()
            for vector in vectors {
                guard let relation = try? relation(vector) else { return nil }
                batch.add(try vector.bytes("NargString"), of: relation, tag: try tag(vector))
            }
            return batch
        }
        for first in good.indices {
            let members = Array(good[first...])
            failures.check(try batch(members)?.refused() == [], "\(good[first].id) and those after it")
        }
        for vector in bad {
            let refused = try batch([good[0], vector, good[1]])?.refused()
            failures.check(refused == nil || refused == [1], vector.id)
        }
        #expect(failures.isEmpty, "\(failures)")
    }
}
