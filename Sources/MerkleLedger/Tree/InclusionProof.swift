package import CryptoPrimitives

/// That a leaf stands at an index of a tree: the siblings on its way to the root, the leaf's own first. RFC 6962, section 2.1.1.
///
/// Leaf 4 of seven has the proof `[5, 6, a]`, which gives `node(a, node(node(4, 5), 6))`:
/// ```
///          root
///        /      \
///       a        .
///      / \      / \
///     .   .    .   6
///    / \ / \  / \
///    0 1 2 3  4 5
/// ```
package struct InclusionProof: Hashable, Sendable {
    package let index: UInt64
    package let size: UInt64
    package let hashes: [Hash]

    /// Throws unless a tree of `size` leaves has this index and a proof for it has exactly so many hashes.
    package init(index: UInt64, size: UInt64, hashes: [Hash]) throws(ProofError) {
        guard index < size, hashes.count == SiblingSide.path(from: index, last: size - 1).count else { throw .malformed }
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// Throws unless the tree under `rootHash` has this leaf at `index`.
    package func verify(_ leafHash: Hash, against rootHash: Hash) throws(ProofError) {
        var node = leafHash
        for (side, sibling) in zip(SiblingSide.path(from: index, last: size - 1), hashes) {
            switch side {
            case .left: node = Hash.node(sibling, node)
            case .right: node = Hash.node(node, sibling)
            }
        }
        guard node == rootHash else { throw .notProven }
    }
}

package enum ProofError: Error {
    /// No tree has a proof of this shape: an index or size is out of range, or the number of hashes is not exact.
    case malformed
    /// The hashes do not lead to the roots. Nothing more is said, on purpose.
    case notProven
}
