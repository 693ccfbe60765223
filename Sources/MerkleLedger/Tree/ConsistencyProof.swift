package import CryptoPrimitives

/// That a tree extends an older one: its first `from` leaves are those of the older tree. RFC 6962, section 2.1.2.
///
/// The way starts at the largest perfect subtree that ends where the older tree ends and climbs to the new root. Siblings on the
/// left belong to both trees, those on the right to the new one alone. The subtree's own hash comes first; it is not sent when the
/// older tree is that subtree, that is, when `from` is a power of two.
package struct ConsistencyProof: Hashable, Sendable {
    package let from: UInt64
    package let to: UInt64
    package let hashes: [Hash]

    /// Throws unless 0 < `from` ≤ `to` and a proof between these sizes has exactly so many hashes.
    ///
    /// From the empty tree there is nothing to prove, so a proof that claims to is refused: who knows no tree yet must say so.
    package init(from: UInt64, to: UInt64, hashes: [Hash]) throws(ProofError) {
        guard 0 < from, from <= to, hashes.count == Self.hashCount(from: from, to: to) else { throw .malformed }
        self.from = from
        self.to = to
        self.hashes = hashes
    }

    /// Throws unless the tree under `newRoot` extends the tree under `oldRoot`.
    package func verify(from oldRoot: Hash, to newRoot: Hash) throws(ProofError) {
        var siblings = hashes[...]
        let start = Self.sendsStart(from: from, to: to) ? siblings.removeFirst() : oldRoot
        var (old, new) = (start, start)
        for (side, sibling) in zip(Self.path(from: from, to: to), siblings) {
            switch side {
            case .left:
                old = Hash.node(sibling, old)
                new = Hash.node(sibling, new)
            case .right:
                new = Hash.node(new, sibling)
            }
        }
        guard old == oldRoot, new == newRoot else { throw .notProven }
    }

    private static func hashCount(from: UInt64, to: UInt64) -> Int {
        path(from: from, to: to).count + (sendsStart(from: from, to: to) ? 1 : 0)
    }

    /// Whether the hash of the subtree the way starts at is part of the proof: not when it is the older root.
    private static func sendsStart(from: UInt64, to: UInt64) -> Bool {
        from < to && from.nonzeroBitCount > 1
    }

    private static func path(from: UInt64, to: UInt64) -> [SiblingSide] {
        guard from < to else { return [] }
        let height = from.trailingZeroBitCount
        return SiblingSide.path(from: (from - 1) >> height, last: (to - 1) >> height)
    }
}
