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

    /// `nil` where the tree does not reach, though the table may hold what is to come.
    func tile(_ coordinate: Tile.Coordinate) throws -> Tile? {
        guard range(of: coordinate) != nil else { return nil }
        let hashes = try hashes(coordinate)
        guard hashes.count >= coordinate.width else { return nil }
        var bytes: [UInt8] = []
        for hash in hashes.prefix(coordinate.width) { bytes += hash.bytes }
        return try Tile(coordinate, bytes: bytes)
    }

    /// The leaves whose hashes a tile of level 0 has; `nil` where the tree does not reach.
    func entries(_ coordinate: Tile.Coordinate) throws -> EntryBundle? {
        guard let range = range(of: coordinate) else { return nil }
        let leaves = try database.rows(
            "SELECT bytes FROM leaf WHERE number >= ? AND number < ? ORDER BY number",
            [Int64(range.lowerBound), Int64(range.upperBound)]
        ).map { try $0.bytes("bytes") }
        return try EntryBundle(entries: leaves)
    }

    /// Which hashes of its level a tile has, if the tree has all of them.
    private func range(of coordinate: Tile.Coordinate) -> Range<UInt64>? {
        let count = edge.size >> (UInt64(Tile.height) * UInt64(coordinate.level))
        let (first, isTooFar) = coordinate.index.multipliedReportingOverflow(by: UInt64(Tile.fullWidth))
        guard !isTooFar, first < count, UInt64(coordinate.width) <= count - first else { return nil }
        return first..<first + UInt64(coordinate.width)
    }

    private func stored(_ coordinate: Tile.Coordinate) throws -> Tile? {
        guard let index = Int64(exactly: coordinate.index),
            let full = Tile.Coordinate(level: coordinate.level, index: coordinate.index),
            let row = try database.row("SELECT hashes FROM tile WHERE level = ? AND number = ?", [coordinate.level, index])
        else { return nil }
        return try Tile(full, bytes: row.bytes("hashes"))
    }
}
