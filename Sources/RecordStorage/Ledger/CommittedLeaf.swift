package import CryptoPrimitives
package import MerkleLedger
package import SharingContract

/// A leaf that is durable, and the proof of it under a checkpoint that was signed after it was.
package struct CommittedLeaf: Sendable {
    package let index: UInt64
    package let leaf: Leaf
    package let receipt: LedgerReceipt
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
