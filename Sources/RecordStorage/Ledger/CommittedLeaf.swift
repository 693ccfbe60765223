package import CryptoPrimitives
package import MerkleLedger
package import SharingContract
import Synchronization

/// A leaf that is durable, and the proof of it under a checkpoint that was signed after it was.
package struct CommittedLeaf: Sendable {
    package let index: UInt64
    package let leaf: Leaf
    private let proofs: BatchProofs

    init(index: UInt64, leaf: Leaf, proofs: BatchProofs) {
        self.index = index
        self.leaf = leaf
        self.proofs = proofs
    }

    /// Made when it is asked for: by whoever wants it, while the next batch is being written.
    package var receipt: LedgerReceipt {
        get throws { try proofs.receipt(for: index) }
    }
}

/// What came of a writer's work, once it is durable.
package struct Committed<Result: Sendable>: Sendable {
    package let result: Result
    /// The leaves it appended, in order.
    package let leaves: [CommittedLeaf]

    package func map<Other>(_ transform: (Result) throws -> Other) rethrows -> Committed<Other> {
        Committed<Other>(result: try transform(result), leaves: leaves)
    }
}

/// The ledger as it is published: durable and signed.
package struct LedgerHead: Sendable {
    let edge: TreeEdge
    /// Time of the last leaf.
    package let time: Minute
    package let checkpoint: SignedNote

    package var size: UInt64 { edge.size }
}

/// The inclusion proofs of one batch. All are computed when the first is asked for: together they cost little more than one.
///
/// Every tile above a leaf of the batch either is not full yet or became so in the batch, so nothing is read from the disk.
final class BatchProofs: Sendable {
    private let leaves: Range<UInt64>
    private let head: LedgerHead
    private let completed: [Tile.Coordinate: Tile]
    private let proofs = Mutex<[InclusionProof]?>(nil)

    init(leaves: Range<UInt64>, head: LedgerHead, completed: [Tile.Coordinate: Tile]) {
        self.leaves = leaves
        self.head = head
        self.completed = completed
    }

    /// The one proof that is known already.
    init(_ proof: InclusionProof, under head: LedgerHead) {
        leaves = proof.index..<proof.index + 1
        self.head = head
        completed = [:]
        proofs.withLock { $0 = [proof] }
    }

    fileprivate func receipt(for index: UInt64) throws -> LedgerReceipt {
        let proof = try proofs.withLock { known in
            let all = try known ?? Tree.inclusionProofs(indices: leaves, size: head.size, readTile: hashes)
            known = all
            return all[Int(index - leaves.lowerBound)]
        }
        return try LedgerReceipt(proof: proof, note: head.checkpoint)
    }

    private func hashes(_ coordinate: Tile.Coordinate) -> [Hash] {
        if let hashes = head.edge.hashes(of: coordinate) { return hashes }
        let full = Tile.Coordinate(level: coordinate.level, index: coordinate.index)
        return full.flatMap { completed[$0] }?.hashes ?? []
    }
}
