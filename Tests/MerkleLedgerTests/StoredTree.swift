import CryptoPrimitives
import MerkleLedger

/// A tree as a store keeps it: leaf hashes and full tiles on disk, the edge in memory.
struct StoredTree {
    var edge = TreeEdge()
    var leafHashes: [Hash] = []
    var fullTiles: [Tile] = []
    private var hashes: [Tile.Coordinate: [Hash]] = [:]

    init(_ leafHashes: some Sequence<Hash> = []) {
        for leafHash in leafHashes { append(leafHash) }
    }

    init(entries: some Sequence<[UInt8]>) {
        self.init(entries.lazy.map { Hash.leaf($0) })
    }

    mutating func append(_ leafHash: Hash) {
        leafHashes.append(leafHash)
        for tile in edge.append(leafHash) {
            fullTiles.append(tile)
            hashes[tile.coordinate] = tile.hashes
        }
    }

    var size: UInt64 { edge.size }

    /// What a gateway answers: from the edge, else from the full tile.
    func read(_ coordinate: Tile.Coordinate) throws -> [Hash] {
        if let hashes = edge.hashes(of: coordinate) { return hashes }
        let full = Tile.Coordinate(level: coordinate.level, index: coordinate.index)
        guard let hashes = full.flatMap({ self.hashes[$0] }) else { throw MissingTile() }
        return hashes
    }

    /// What a gateway has when it starts: no partial tile but the leaf hashes.
    func readDurable(_ coordinate: Tile.Coordinate) throws -> [Hash] {
        if let hashes = hashes[coordinate] { return hashes }
        guard coordinate.level == 0, !coordinate.isFull else { throw MissingTile() }
        return Array(leafHashes.dropFirst(Int(coordinate.index) * 256).prefix(coordinate.width))
    }

    struct MissingTile: Error {}
}

/// The entries that `fixtures/vectors/ledger` is about.
func entries(_ count: Int) -> [[UInt8]] {
    (0..<count).map { Array("entry \($0)".utf8) }
}
