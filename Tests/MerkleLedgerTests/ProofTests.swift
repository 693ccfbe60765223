import CryptoPrimitives
import MerkleLedger
import Testing

@Suite struct ProofShapes {
    let tree = StoredTree(entries: entries(600))
    let some = Hash.leaf([1])

    @Test(arguments: [(0, 0), (1, 1), (5, 5), (.max, .max), (.max, 1)] as [(UInt64, UInt64)])
    func `an index that is no leaf has no proof`(index: UInt64, size: UInt64) {
        #expect(throws: ProofError.malformed) { try InclusionProof(index: index, size: size, hashes: []) }
        #expect(throws: TreeError.outOfRange) { try Tree.inclusionProof(index: index, size: size, readTile: tree.read) }
    }

    @Test(arguments: [(0, 0), (0, 1), (0, .max), (2, 1), (.max, 1), (.max, .max - 1)] as [(UInt64, UInt64)])
    func `sizes that cannot extend each other, and the empty tree, have no proof`(from: UInt64, to: UInt64) {
        #expect(throws: ProofError.malformed) { try ConsistencyProof(from: from, to: to, hashes: []) }
        #expect(throws: TreeError.outOfRange) { try Tree.consistencyProof(from: from, to: to, readTile: tree.read) }
    }

    @Test(arguments: [(0, 1, 0), (0, 2, 1), (4, 7, 3), (6, 7, 2), (0, .max, 64), (.max - 1, .max, 63), (1 << 63, 1 << 63 + 1, 1)])
    func `a leaf's proof has exactly so many hashes`(index: UInt64, size: UInt64, count: Int) throws {
        for wrong in [count - 1, count + 1, 2 * count + 1] where wrong >= 0 {
            #expect(throws: ProofError.malformed) {
                try InclusionProof(index: index, size: size, hashes: Array(repeating: some, count: wrong))
            }
        }
        let proof = try InclusionProof(index: index, size: size, hashes: Array(repeating: some, count: count))
        #expect(throws: ProofError.notProven) { try proof.verify(.leaf([0]), against: .emptyTree) }
    }

    @Test(arguments: [(1, 1, 0), (1, 2, 1), (3, 4, 3), (4, 7, 1), (6, 7, 3), (6, 8, 3), (.max - 1, .max, 64), (1 << 63, .max, 1)])
    func `a consistency proof has exactly so many hashes`(from: UInt64, to: UInt64, count: Int) throws {
        for wrong in [count - 1, count + 1, 2 * count + 1] where wrong >= 0 {
            #expect(throws: ProofError.malformed) {
                try ConsistencyProof(from: from, to: to, hashes: Array(repeating: some, count: wrong))
            }
        }
        let proof = try ConsistencyProof(from: from, to: to, hashes: Array(repeating: some, count: count))
        #expect(throws: ProofError.notProven) { try proof.verify(from: .leaf([0]), to: .emptyTree) }
    }

    @Test func `equal sizes need equal roots`() throws {
        let proof = try ConsistencyProof(from: 7, to: 7, hashes: [])
        try proof.verify(from: some, to: some)
        #expect(throws: ProofError.notProven) { try proof.verify(from: some, to: .emptyTree) }
    }

    @Test func `the only leaf is its own root`() throws {
        let proof = try InclusionProof(index: 0, size: 1, hashes: [])
        try proof.verify(some, against: some)
        #expect(throws: ProofError.notProven) { try proof.verify(some, against: .emptyTree) }
    }

    @Test func `a run of leaves beyond the tree is refused before it is counted`() {
        #expect(throws: TreeError.outOfRange) { try Tree.inclusionProofs(indices: 0..<UInt64.max, size: 600, readTile: tree.read) }
    }

    @Test func `a tile with too few hashes is refused, one with more is cut`() throws {
        #expect(throws: TreeError.tileTooShort) { try Tree.root(size: 600, readTile: { _ in [] }) }
        #expect(throws: TreeError.tileTooShort) { try Tree.root(size: .max, readTile: { _ in [some] }) }
        let whole = StoredTree(entries: entries(700))
        #expect(try Tree.root(size: 600, readTile: whole.read) == tree.edge.root)
    }

    @Test func `what the reader throws comes through`() {
        #expect(throws: StoredTree.MissingTile.self) { try Tree.root(size: 1_000_000, readTile: tree.read) }
    }
}
