import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@Suite struct SlotTrees {
    private func tree(_ slots: [UInt8]) -> SlotTree {
        SlotTree(seed: World.salt, commitments: Dictionary(uniqueKeysWithValues: slots.map { ($0, Hash.leaf([$0])) }))
    }

    @Test func `a full tree is the RFC 6962 tree of its slots`() {
        var accumulator = TreeAccumulator()
        for slot in UInt8.min...UInt8.max { accumulator.append(.leaf(Hash.leaf([slot]).bytes)) }
        #expect(tree(Array(UInt8.min...UInt8.max)).root == accumulator.root)
    }

    @Test func `every taken slot is proven, in trees of every fill`() {
        var generator = SeededGenerator(seed: 1)
        for count in [1, 2, 3, 17, 255, 256] {
            let slots = Array((UInt8.min...UInt8.max).shuffled(using: &generator).prefix(count))
            let tree = tree(slots)
            for slot in slots { #expect(tree.proof(of: slot).root(holding: .leaf([slot])) == tree.root) }
        }
    }

    @Test func `another commitment, slot or sibling gives another root`() throws {
        let tree = tree([0, 7, 200])
        let proof = tree.proof(of: 7)
        #expect(proof.root(holding: .leaf([8])) != tree.root)
        for index in 0..<SlotProof.maximumSize {
            var bytes = proof.canonicalBytes
            bytes[index] ^= 0x10
            #expect(try SlotProof(canonical: bytes).root(holding: .leaf([7])) != tree.root)
        }
    }

    @Test func `proofs have one length`() {
        let bytes = tree([7]).proof(of: 7).canonicalBytes
        #expect(bytes.count == SlotProof.maximumSize)
        #expect(throws: FormatError.truncated) { try SlotProof(canonical: Array(bytes.dropLast())) }
        #expect(throws: FormatError.tooLarge) { try SlotProof(canonical: bytes + [0]) }
    }

    @Test func `an empty tree has a root that only its seed explains`() {
        #expect(SlotTree(seed: .zero, commitments: [:]).root != SlotTree(seed: World.salt, commitments: [:]).root)
        #expect(tree([]).root != tree([1]).root)
    }

    @Test func `drawn slots differ from each other and from draw to draw`() {
        let slots = SlotTree.drawSlots(100)
        #expect(Set(slots).count == 100)
        #expect(slots != SlotTree.drawSlots(100))
        #expect(SlotTree.drawSlots(256).count == 256)
    }
}
