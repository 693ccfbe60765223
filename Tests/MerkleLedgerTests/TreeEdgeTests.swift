import CryptoPrimitives
import MerkleLedger
import TestSupport
import Testing

@Suite struct TreeEdges {
    /// C2SP `tlog-tiles`, "Partial Tiles", has this size as its example.
    static let large = StoredTree(entries: entries(70_000))

    private func coordinate(_ level: Int, _ index: UInt64, _ width: Int) throws -> Tile.Coordinate {
        try #require(Tile.Coordinate(level: level, index: index, width: width))
    }

    @Test func `70,000 leaves are 273 full tiles and 112 leaves, one full tile and 17 hashes, and one hash`() throws {
        let full = Self.large.fullTiles.map(\.coordinate)
        #expect(full.count == 274)
        #expect(full.filter { $0.level == 0 }.map(\.index) == Array(0..<273))
        #expect(try full.filter { $0.level > 0 } == [coordinate(1, 0, 256)])
        #expect(
            try Self.large.edge.partialTiles.map(\.coordinate) == [
                coordinate(0, 273, 112), coordinate(1, 1, 17), coordinate(2, 0, 1),
            ])
    }

    @Test func `256 leaves are one full tile and one hash`() throws {
        let tree = StoredTree(entries: entries(256))
        #expect(try tree.fullTiles.map(\.coordinate) == [coordinate(0, 0, 256)])
        #expect(try tree.edge.partialTiles.map(\.coordinate) == [coordinate(1, 0, 1)])
        #expect(tree.edge.partialTiles.first?.hashes == [tree.edge.root])
    }

    @Test func `a hash of a tile is the root of the leaves under it`() throws {
        let leaves = Self.large.leafHashes[...]
        for tile in Self.large.fullTiles + Self.large.edge.partialTiles where tile.coordinate.level == 1 {
            for (position, hash) in tile.hashes.enumerated() where position % 50 == 0 {
                let start = (Int(tile.coordinate.index) * 256 + position) * 256
                #expect(hash == Definitions.root(leaves[start..<start + 256]))
            }
        }
        #expect(Self.large.edge.partialTiles.last?.hashes == [Definitions.root(leaves[..<65_536])])
        #expect(Self.large.edge.root == Definitions.root(leaves))
    }

    @Test func `a tile is told when its last hash is appended, the lower level first`() {
        var edge = TreeEdge()
        var completed: [[String]] = []
        for leaf in Self.large.leafHashes.prefix(65_536) {
            let tiles = edge.append(leaf)
            if !tiles.isEmpty { completed.append(tiles.map(\.coordinate.path)) }
        }
        #expect(completed.count == 256)
        #expect(completed.first == ["tile/0/000"])
        #expect(completed.last == ["tile/0/255", "tile/1/000"])
    }

    @Test func `the edge of a stored tree goes on as if it had never left memory`() throws {
        var generator = SeededGenerator(seed: 7)
        let sizes =
            [0, 1, 255, 256, 257, 65_535, 65_536, 65_537] + (0..<12).map { _ in Int.random(in: 2...70_000, using: &generator) }
        for size in sizes {
            let stored = StoredTree(Self.large.leafHashes.prefix(size))
            var edge = try TreeEdge(size: UInt64(size), readTile: stored.readDurable)
            #expect(edge.size == stored.size)
            #expect(edge.root == stored.edge.root, "size \(size), seed 7")
            #expect(edge.partialTiles == stored.edge.partialTiles, "size \(size), seed 7")
            var other = stored.edge
            for leaf in Self.large.leafHashes.prefix(300) { #expect(edge.append(leaf) == other.append(leaf)) }
            #expect(edge.root == other.root, "size \(size), seed 7")
        }
    }

    @Test func `an edge is not restored from tiles that are too short or missing`() {
        #expect(throws: TreeError.tileTooShort) { try TreeEdge(size: 5, readTile: { _ in [.emptyTree] }) }
        #expect(throws: TreeError.tileTooShort) { try TreeEdge(size: 70_001, readTile: Self.large.readDurable) }
        #expect(throws: StoredTree.MissingTile.self) { try TreeEdge(size: 2 << 16, readTile: Self.large.readDurable) }
    }

    @Test func `the edge answers for its own tiles alone`() throws {
        let edge = Self.large.edge
        #expect(edge.hashes(of: try coordinate(0, 273, 112))?.count == 112)
        #expect(edge.hashes(of: try coordinate(0, 273, 1))?.count == 112)
        for (level, index, width) in [
            (0, 273, 113), (0, 272, 112), (0, 274, 1), (1, 0, 17), (2, 0, 2), (3, 0, 1), (63, Int.max, 256),
        ] {
            #expect(edge.hashes(of: try coordinate(level, UInt64(index), width)) == nil)
        }
    }
}
