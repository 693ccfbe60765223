package import CryptoPrimitives

/// Roots and proofs of a stored tree, at any size it had, computed from its tiles. RFC 6962, section 2.1.
///
/// Every function asks `readTile` for the tiles it needs, each once, with the width they have in a tree of the given size. What
/// comes from a tile is not checked here: a proof made from a false tile does not verify.
package enum Tree {
    package static func root(size: UInt64, readTile: TileReader) throws -> Hash {
        var roots = SubtreeRoots(size: size)
        return try roots.root(of: 0..<size, readTile: readTile)
    }

    package static func inclusionProof(index: UInt64, size: UInt64, readTile: TileReader) throws -> InclusionProof {
        var roots = SubtreeRoots(size: size)
        return try inclusionProof(index: index, roots: &roots, readTile: readTile)
    }

    /// The proofs of neighbouring leaves, such as those of one batch, for little more than the price of one.
    package static func inclusionProofs(
        indices: Range<UInt64>, size: UInt64, readTile: TileReader
    ) throws -> [InclusionProof] {
        guard indices.upperBound <= size else { throw TreeError.outOfRange }
        var roots = SubtreeRoots(size: size)
        var proofs: [InclusionProof] = []
        for index in indices { proofs.append(try inclusionProof(index: index, roots: &roots, readTile: readTile)) }
        return proofs
    }

    package static func consistencyProof(from: UInt64, to: UInt64, readTile: TileReader) throws -> ConsistencyProof {
        guard 0 < from, from <= to else { throw TreeError.outOfRange }
        var roots = SubtreeRoots(size: to)
        var subtree = 0..<to
        var siblings: [Hash] = []
        while from < subtree.upperBound {
            let (left, right) = subtree.halves
            siblings.append(try roots.root(of: from <= left.upperBound ? right : left, readTile: readTile))
            subtree = from <= left.upperBound ? left : right
        }
        // A subtree that starts at leaf 0 is the older tree, whose root the verifier has.
        if subtree.lowerBound > 0 { siblings.append(try roots.root(of: subtree, readTile: readTile)) }
        return try ConsistencyProof(from: from, to: to, hashes: siblings.reversed())
    }

    private static func inclusionProof(
        index: UInt64, roots: inout SubtreeRoots, readTile: TileReader
    ) throws -> InclusionProof {
        guard index < roots.size else { throw TreeError.outOfRange }
        var subtree = 0..<roots.size
        var siblings: [Hash] = []
        while subtree.lowerBound + 1 < subtree.upperBound {
            let (left, right) = subtree.halves
            siblings.append(try roots.root(of: index < left.upperBound ? right : left, readTile: readTile))
            subtree = index < left.upperBound ? left : right
        }
        return try InclusionProof(index: index, size: roots.size, hashes: siblings.reversed())
    }
}

package enum TreeError: Error {
    /// The tree has no such leaf or never had such a size, or the proof would be one from the empty tree.
    case outOfRange
    /// A stored tile has fewer hashes than the tree's size says.
    case tileTooShort
}

extension Range<UInt64> {
    /// The two subtrees of a tree over more than one leaf: the left one is the largest perfect one that leaves something over.
    fileprivate var halves: (Self, Self) {
        let split = lowerBound + 1 << (63 - (upperBound - lowerBound - 1).leadingZeroBitCount)
        return (lowerBound..<split, split..<upperBound)
    }
}
