import CryptoPrimitives
import GRDB
import MerkleLedger

/// Tiles of the tree: full ones from the table, the others from the right edge in memory.
struct TileTable {
    let database: Database
    let edge: TreeEdge

    func hashes(_ coordinate: Tile.Coordinate) throws -> [Hash] {
        if let hashes = edge.hashes(of: coordinate) { return hashes }
        return try stored(coordinate)?.hashes ?? []
    }

    /// `nil` where the tree does not reach.
    func tile(_ coordinate: Tile.Coordinate) throws -> Tile? {
        let hashes = try hashes(coordinate)
        guard hashes.count >= coordinate.width else { return nil }
        var bytes: [UInt8] = []
        for hash in hashes.prefix(coordinate.width) { bytes += hash.bytes }
        return try Tile(coordinate, bytes: bytes)
    }

    private func stored(_ coordinate: Tile.Coordinate) throws -> Tile? {
        guard let index = Int64(exactly: coordinate.index),
            let full = Tile.Coordinate(level: coordinate.level, index: coordinate.index),
            let row = try database.row("SELECT hashes FROM tile WHERE level = ? AND number = ?", [coordinate.level, index])
        else { return nil }
        return try Tile(full, bytes: row.bytes("hashes"))
    }
}
