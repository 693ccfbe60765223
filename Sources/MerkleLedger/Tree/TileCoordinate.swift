extension Tile {
    /// Where a tile stands, and how much of it a tree has. C2SP `tlog-tiles`, "Merkle Tree".
    ///
    /// As a path: `tile/0/x001/x234/067` is the full tile 1234067 of level 0, `tile/1/000.p/17` the first 17 hashes of the first
    /// tile of level 1, `tile/entries/005` the entries whose hashes are tile 5 of level 0.
    package struct Coordinate: Hashable, Sendable {
        private static let maximumLevel = 63

        package let level: Int
        package let index: UInt64
        /// Hashes in the tile: 256, or fewer at the right edge of the tree.
        package let width: Int

        /// `nil` unless level and width are in range.
        package init?(level: Int, index: UInt64, width: Int = Tile.fullWidth) {
            guard (0...Self.maximumLevel).contains(level), (1...Tile.fullWidth).contains(width) else { return nil }
            self.init(unchecked: level, index: index, width: width)
        }

        init(unchecked level: Int, index: UInt64, width: Int) {
            self.level = level
            self.index = index
            self.width = width
        }

        /// The tile as a tree of `size` leaves has it. The tree must reach into it.
        init(level: Int, index: UInt64, in size: UInt64) {
            let rowWidth = size >> (Tile.height * level)
            let width = Int(min(rowWidth - index * UInt64(Tile.fullWidth), UInt64(Tile.fullWidth)))
            self.init(unchecked: level, index: index, width: width)
        }

        package var isFull: Bool { width == Tile.fullWidth }
    }
}

extension Tile.Coordinate {
    /// Longer than the path of any tile.
    private static let maximumPathSize = 64
    private static let entries = "entries"

    package var path: String { "tile/\(level)/" + indexPath }

    /// The path of the entry bundle that belongs to this tile of level 0.
    package var entriesPath: String {
        precondition(level == 0, "entries stand under level 0")
        return "tile/\(Self.entries)/" + indexPath
    }

    /// Parses `tile/<L>/<N>[.p/<W>]`.
    package init(path: String) throws(TileError) {
        self = try Self.read(path) { Int($0) }
        guard self.path.utf8.elementsEqual(path.utf8) else { throw .malformed }
    }

    /// Parses `tile/entries/<N>[.p/<W>]` into the coordinate of the level 0 tile with the entries' hashes.
    package init(entriesPath path: String) throws(TileError) {
        self = try Self.read(path) { $0 == Self.entries ? 0 : nil }
        guard entriesPath.utf8.elementsEqual(path.utf8) else { throw .malformed }
    }

    /// Groups of three digits, all but the last with an `x` in front, then the width if the tile is partial.
    private var indexPath: String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1_000)
            let padding = String(repeating: "0", count: 3 - digits.count)
            groups.append((groups.isEmpty ? "" : "x") + padding + digits)
            rest /= 1_000
        } while rest > 0
        return groups.reversed().joined(separator: "/") + (isFull ? "" : ".p/\(width)")
    }

    /// Reads level, index and width, however they are written: the one right way is what the callers compare with.
    private static func read(_ path: String, level readLevel: (Substring) -> Int?) throws(TileError) -> Self {
        guard path.utf8.count <= maximumPathSize else { throw .malformed }
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, let level = readLevel(parts[1]) else { throw .malformed }
        var width: Int? = Tile.fullWidth
        if parts[parts.count - 2].hasSuffix(".p") {
            width = Int(parts.removeLast())
            parts[parts.count - 1].removeLast(2)
        }
        let digits = parts.dropFirst(2).joined().filter { $0 != "x" }
        guard let width, let index = UInt64(digits), let coordinate = Self(level: level, index: index, width: width) else {
            throw .malformed
        }
        return coordinate
    }
}
