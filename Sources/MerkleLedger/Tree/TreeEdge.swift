package import CryptoPrimitives

/// The right edge of a growing tree, in memory: all that appending needs, and every tile that is not full yet.
///
/// It is a value: who appends within a transaction works on a copy and keeps it when the transaction is durable.
package struct TreeEdge: Sendable {
    package private(set) var size: UInt64 = 0
    /// The roots of the perfect subtrees that make up the tree, largest first: one for each bit set in `size`.
    private var peaks: [Hash] = []
    /// At each level, the hashes since the last full tile.
    private var unfinished: [[Hash]] = []

    /// The empty tree.
    package init() {}

    /// Adds a leaf. Returns the tiles it made full, which are to be stored with it.
    package mutating func append(_ leafHash: Hash) -> [Tile] {
        var completed: [Tile] = []
        var node = leafHash
        var height = 0
        record(node, level: 0, in: &completed)
        while size >> height & 1 == 1 {
            node = Hash.node(peaks.removeLast(), node)
            height += 1
            if height.isMultiple(of: Tile.height) { record(node, level: height / Tile.height, in: &completed) }
        }
        peaks.append(node)
        size += 1
        return completed
    }

    /// Hashes up to 64 nodes: worth asking for once in a batch.
    package var root: Hash { Hash.root(ofPeaks: peaks) }

    /// The tiles of this tree that are not full, lowest level first.
    package var partialTiles: [Tile] {
        unfinished.indices.compactMap { level in
            guard !unfinished[level].isEmpty else { return nil }
            return Tile(Tile.Coordinate(level: level, index: tileIndex(level), in: size), hashes: unfinished[level])
        }
    }

    /// The hashes of a tile that is not full yet, or more of them than asked for; `nil` if they are not here but in a full tile.
    package func hashes(of coordinate: Tile.Coordinate) -> [Hash]? {
        guard coordinate.level < unfinished.count, coordinate.index == tileIndex(coordinate.level),
            coordinate.width <= unfinished[coordinate.level].count
        else { return nil }
        return unfinished[coordinate.level]
    }

    /// The index of the unfinished tile at a level.
    private func tileIndex(_ level: Int) -> UInt64 { size >> (Tile.height * (level + 1)) }

    private mutating func record(_ node: Hash, level: Int, in completed: inout [Tile]) {
        if level == unfinished.count { unfinished.append([]) }
        unfinished[level].append(node)
        guard unfinished[level].count == Tile.fullWidth else { return }
        let coordinate = Tile.Coordinate(unchecked: level, index: tileIndex(level), width: Tile.fullWidth)
        completed.append(Tile(coordinate, hashes: unfinished[level]))
        unfinished[level] = []
        unfinished[level].reserveCapacity(Tile.fullWidth)
    }
}

extension TreeEdge {
    /// The edge of a stored tree. Asks for the leaf hashes since the last full tile, as the unfinished tile of level 0, and else for
    /// full tiles alone, at most 255 of each level: partial tiles of higher levels need not be stored.
    package init(size: UInt64, readTile: TileReader) throws {
        var level = 0
        while size >> (Tile.height * level) > 0 {
            unfinished.append(try Self.unfinishedHashes(level: level, size: size, readTile: readTile))
            level += 1
        }
        for hashes in unfinished.reversed() { peaks += Self.peaks(of: hashes) }
        self.size = size
    }

    private static func unfinishedHashes(level: Int, size: UInt64, readTile: TileReader) throws -> [Hash] {
        let rowWidth = size >> (Tile.height * level)
        let start = rowWidth & ~UInt64(Tile.fullWidth - 1)
        guard start < rowWidth else { return [] }
        if level == 0 {
            return try Tile(Tile.Coordinate(level: 0, index: start >> Tile.height, in: size), from: readTile).hashes
        }
        return try (start..<rowWidth).map { index in
            Hash.root(of: try Tile(Tile.Coordinate(level: level - 1, index: index, in: size), from: readTile).hashes)
        }
    }

    /// The roots of the perfect subtrees that make up a tile that is not full, largest first.
    private static func peaks(of hashes: [Hash]) -> [Hash] {
        var rest = hashes[...]
        return (0..<Tile.height).reversed().compactMap { height in
            guard hashes.count >> height & 1 == 1 else { return nil }
            defer { rest.removeFirst(1 << height) }
            return Hash.root(of: rest.prefix(1 << height))
        }
    }
}
