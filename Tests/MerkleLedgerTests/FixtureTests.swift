import CryptoPrimitives
import MerkleLedger
import TestSupport
import Testing

/// What `fixtures/vectors/ledger` holds was made by another implementation from RFC 6962 and C2SP. It must be readable always.
@Suite struct LedgerFixtures {
    struct Leaf: Decodable {
        let entry: String
        let hash: String
    }

    struct Root: Decodable {
        let size: UInt64
        let root: String
    }

    struct Inclusion: Decodable {
        let index: UInt64
        let size: UInt64
        let leafHash: String
        let root: String
        let hashes: [String]
    }

    struct Consistency: Decodable {
        let from: UInt64
        let to: UInt64
        let oldRoot: String
        let newRoot: String
        let hashes: [String]
    }

    struct Keys: Decodable {
        struct Pair: Decodable {
            let seed: String
            let vkey: String
        }
        let log: Pair
        let cosigner: Pair
    }

    static let folder = "vectors/ledger"
    let tree = StoredTree(entries: entries(600))

    private func hash(_ text: String) throws -> Hash {
        try #require(Hash(hexadecimal: text))
    }

    private func keys() throws -> Keys {
        try Fixtures.json("\(Self.folder)/keys.json")
    }

    private func privateKey(_ pair: Keys.Pair) throws -> Ed25519.PrivateKey {
        MerkleLedgerTests.privateKey(seed: try #require(Hexadecimal.decode(pair.seed)))
    }

    @Test(arguments: try Fixtures.json("\(folder)/leaf-hashes.json", as: [Leaf].self))
    func `a leaf hashes as RFC 6962 says`(leaf: Leaf) {
        #expect(Hash.leaf(Array(leaf.entry.utf8)).description == leaf.hash)
    }

    @Test func `roots are those of RFC 6962`() throws {
        let roots = try Fixtures.json("\(Self.folder)/roots.json", as: [Root].self)
        var edge = TreeEdge()
        for root in roots.sorted(by: { $0.size < $1.size }) {
            while edge.size < root.size { _ = edge.append(.leaf(Array("entry \(edge.size)".utf8))) }
            #expect(edge.root == Hash(hexadecimal: root.root), "size \(root.size)")
        }
        #expect(roots.count == 18)
    }

    @Test func `the inclusion proof verifies, and we make the same`() throws {
        let vector = try Fixtures.json("\(Self.folder)/inclusion-proof.json", as: Inclusion.self)
        let proof = try InclusionProof(index: vector.index, size: vector.size, hashes: vector.hashes.map(hash))
        try proof.verify(hash(vector.leafHash), against: hash(vector.root))
        #expect(try Tree.inclusionProof(index: vector.index, size: vector.size, readTile: tree.read) == proof)
    }

    @Test func `the consistency proof verifies, and we make the same`() throws {
        let vector = try Fixtures.json("\(Self.folder)/consistency-proof.json", as: Consistency.self)
        let proof = try ConsistencyProof(from: vector.from, to: vector.to, hashes: vector.hashes.map(hash))
        try proof.verify(from: hash(vector.oldRoot), to: hash(vector.newRoot))
        #expect(try Tree.consistencyProof(from: vector.from, to: vector.to, readTile: tree.read) == proof)
    }

    @Test func `the checkpoint and its cosignature verify, and we sign the same`() throws {
        let keys = try keys()
        let note = try SignedNote(Fixtures.bytes("\(Self.folder)/600.checkpoint"))
        let opened = try Checkpoint.open(note, origin: origin("cordon.example/ledger"), key: VerifierKey(keys.log.vkey))
        let quorum = try #require(Quorum(1, of: [VerifierKey(keys.cosigner.vkey)]))
        try quorum.verify(opened)

        let checkpoint = try Checkpoint(origin: origin("cordon.example/ledger"), size: 600, rootHash: tree.edge.root)
        let signer = NoteSigner(name: try name("cordon.example/ledger"), key: try privateKey(keys.log))
        let cosigner = Cosigner(name: try name("cosigner.example/one"), key: try privateKey(keys.cosigner))
        let ours = try signer.sign(checkpoint).adding(cosigner.cosign(checkpoint, secondsSince1970: 1_800_000_000))
        #expect(ours.bytes == note.bytes)
    }

    @Test func `the receipt verifies, and we write the same`() throws {
        let bytes = try Fixtures.bytes("\(Self.folder)/entry-300.tlog-proof")
        let receipt = try LedgerReceipt(bytes)
        let leaf = Array("entry 300".utf8)
        let key = try VerifierKey(keys().log.vkey)
        #expect(try receipt.verified(leaf: leaf, origin: origin("cordon.example/ledger"), key: key).index == 300)

        let proof = try Tree.inclusionProof(index: 300, size: 600, readTile: tree.read)
        #expect(try LedgerReceipt(proof: proof, note: receipt.note).bytes == bytes)
    }
}
