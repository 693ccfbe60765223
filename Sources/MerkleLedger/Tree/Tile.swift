package import CryptoPrimitives

/// Up to 256 neighbouring hashes of one level, the unit in which a tree is stored and served. C2SP `tlog-tiles`.
///
/// Levels are eight rows of the binary tree apart: at level 0 stand leaf hashes, and a hash at level l+1 is the root of a full tile
/// of level l. The rows between are computed from the tile. In bytes, a tile is its hashes one after another.
package struct Tile: Hashable, Sendable {
    /// Rows of the binary tree from one level to the next.
    package static let height = 8
    /// Hashes in a full tile.
    package static let fullWidth = 1 << height

    package let coordinate: Coordinate
    package let hashes: [Hash]

    init(_ coordinate: Coordinate, hashes: [Hash]) {
        precondition(hashes.count == coordinate.width, "a tile is as wide as its coordinate says")
        self.coordinate = coordinate
        self.hashes = hashes
    }

    /// Parses the bytes that are stored or served under this coordinate.
    package init(_ coordinate: Coordinate, bytes: [UInt8]) throws(TileError) {
        guard bytes.count == coordinate.width * Bytes32.count else { throw .malformed }
        var hashes: [Hash] = []
        hashes.reserveCapacity(coordinate.width)
        for start in stride(from: 0, to: bytes.count, by: Bytes32.count) {
            guard let hash = Hash(bytes.span.extracting(start..<start + Bytes32.count)) else { throw .malformed }
            hashes.append(hash)
        }
        self.init(coordinate, hashes: hashes)
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * Bytes32.count)
        for hash in hashes { bytes += hash.bytes }
        return bytes
    }
}

package enum TileError: Error {
    /// The text is no tile's path, or the bytes are not the tile or entry bundle of this coordinate.
    case malformed
    /// An entry is longer than 65,535 bytes, or a bundle has no entries or more than 256.
    case outOfBounds
}

/// Reads the hashes of a stored tile. It may answer with more than were asked for: a partial tile is how the full one begins.
package typealias TileReader = (Tile.Coordinate) throws -> [Hash]

extension Tile {
    /// The tile as `readTile` has it, cut to its width.
    init(_ coordinate: Coordinate, from readTile: TileReader) throws {
        let hashes = try readTile(coordinate)
        guard hashes.count >= coordinate.width else { throw TreeError.tileTooShort }
        self.init(coordinate, hashes: Array(hashes.prefix(coordinate.width)))
    }
}

extension Hash {
    /// The root of the tree whose leaves, or whose perfect subtrees of one height, have these hashes.
    static func root(of hashes: some Sequence<Hash>) -> Hash {
        var accumulator = TreeAccumulator()
        for hash in hashes { accumulator.append(hash) }
        return accumulator.root
    }
}
