package import CryptoPrimitives

/// The entries whose hashes a tile of level 0 has. C2SP `tlog-tiles`, "Log entries".
///
/// Each entry behind its length as two bytes, big-endian; nothing stands before, between or after. `one`, `two`:
/// ```
/// 00 03 6f 6e 65 00 03 74 77 6f
/// ```
package struct EntryBundle: Hashable, Sendable {
    package static let maximumEntrySize = Int(UInt16.max)

    package let entries: [[UInt8]]

    /// Throws unless there are 1 to 256 entries, none too long for its length field.
    package init(entries: [[UInt8]]) throws(TileError) {
        guard (1...Tile.fullWidth).contains(entries.count), entries.allSatisfy({ $0.count <= Self.maximumEntrySize }) else {
            throw .outOfBounds
        }
        self.entries = entries
    }

    /// Parses the bundle that belongs to a tile of this width.
    package init(_ bytes: [UInt8], width: Int) throws(TileError) {
        guard (1...Tile.fullWidth).contains(width), bytes.count <= width * (Self.maximumEntrySize + 2) else { throw .malformed }
        var rest = bytes[...]
        var entries: [[UInt8]] = []
        while let high = rest.popFirst() {
            guard let low = rest.popFirst() else { throw .malformed }
            let length = Int(high) << 8 | Int(low)
            guard rest.count >= length, entries.count < width else { throw .malformed }
            entries.append(Array(rest.prefix(length)))
            rest.removeFirst(length)
        }
        guard entries.count == width else { throw .malformed }
        try self.init(entries: entries)
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + $1.count + 2 })
        for entry in entries {
            bytes.append(UInt8(entry.count >> 8))
            bytes.append(UInt8(truncatingIfNeeded: entry.count))
            bytes += entry
        }
        return bytes
    }

    /// What the tile of level 0 has for these entries.
    package var leafHashes: [Hash] { entries.map { Hash.leaf($0) } }
}
