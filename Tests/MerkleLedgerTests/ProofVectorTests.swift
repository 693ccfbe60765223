import CryptoPrimitives
import MerkleLedger
import TestSupport
import Testing

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct ProofVectors {
    struct File<Vector: Decodable>: Decodable {
        let count: Int
        let tests: [Vector]
    }

    struct Inclusion: Decodable {
        let id: String
        let leafIdx: UInt64
        let treeSize: UInt64
        let root: String
        let leafHash: String
        let proof: [String]?
        let wantErr: Bool
    }

    struct Consistency: Decodable {
        let id: String
        let size1: UInt64
        let size2: UInt64
        let root1: String
        let root2: String
        let proof: [String]?
        let wantErr: Bool
    }

    struct ManySizes: Decodable {
        let roots: [String: String]
    }

    struct ReferenceLeaves: Decodable {
        let leaves: [String]
        let leafHashes: [String]
        let roots: [String]
    }

    struct NotAHash: Error {}

    private func hash(_ text: String) throws -> Hash {
        guard let hash = Base64.decode(text).flatMap({ Hash($0) }) else { throw NotAHash() }
        return hash
    }

    private func succeeds(_ check: () throws -> Void) -> Bool {
        (try? check()) != nil
    }

    @Test func `transparency-dev: inclusion proofs`() throws {
        let file: File<Inclusion> = try Corpora.json("tlog-merkle/inclusion.json")
        var failures = Failures()
        for test in file.tests {
            let isProven = succeeds {
                let hashes = try (test.proof ?? []).map(hash)
                let proof = try InclusionProof(index: test.leafIdx, size: test.treeSize, hashes: hashes)
                try proof.verify(hash(test.leafHash), against: hash(test.root))
            }
            failures.check(isProven != test.wantErr, test.id)
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == file.count)
    }

    /// One case has equal roots of twelve bytes, which are no hashes of ours; it is the only acceptance that may be left out.
    @Test func `transparency-dev: consistency proofs`() throws {
        let file: File<Consistency> = try Corpora.json("tlog-merkle/consistency.json")
        var failures = Failures()
        var leftOut: [String] = []
        for test in file.tests {
            if !test.wantErr, (try? hash(test.root1)) == nil {
                leftOut.append(test.id)
                continue
            }
            let isProven = succeeds {
                let hashes = try (test.proof ?? []).map(hash)
                let proof = try ConsistencyProof(from: test.size1, to: test.size2, hashes: hashes)
                try proof.verify(from: hash(test.root1), to: hash(test.root2))
            }
            failures.check(isProven != test.wantErr, test.id)
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount + leftOut.count == file.count)
        #expect(leftOut.allSatisfy { $0 == "consistency/additional/sizes-are-equal-one-and-proof-is-empty" })
    }

    @Test func `roots of many sizes`() throws {
        let file: ManySizes = try Corpora.json("tlog-merkle/roots-many-sizes.json")
        let sizes = Set(file.roots.keys.compactMap { UInt64($0) })
        var failures = Failures()
        var edge = TreeEdge()
        for number in 0...(sizes.max() ?? 0) {
            if sizes.contains(number) {
                failures.check(Base64.encode(edge.root.bytes) == file.roots[String(number)], "size \(number)")
            }
            _ = edge.append(.leaf(Array("leaf \(number)".utf8)))
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == file.roots.count)
    }

    @Test func `roots of the reference leaves`() throws {
        let file: ReferenceLeaves = try Corpora.json("tlog-merkle/roots-reference-leaves.json")
        var edge = TreeEdge()
        #expect(file.roots.count == file.leaves.count + 1)
        #expect(edge.root.description == file.roots.first)
        for (leaf, (leafHash, root)) in zip(file.leaves, zip(file.leafHashes, file.roots.dropFirst())) {
            let hash = Hash.leaf(try #require(Hexadecimal.decode(leaf)))
            #expect(hash.description == leafHash)
            _ = edge.append(hash)
            #expect(edge.root.description == root)
        }
    }
}
