import CryptoPrimitives

/// Computes roots of subtrees from tiles, reading and hashing each tile once.
struct SubtreeRoots {
    let size: UInt64
    /// For each tile its hashes, then in each row above the roots of the pairs below, as far as pairs are complete.
    private var rows: [Tile.Coordinate: [[Hash]]] = [:]

    init(size: UInt64) {
        self.size = size
    }

    /// MTH(D[leaves]) of RFC 6962, section 2.1, for leaves that come from halving 0..<size as that section does.
    mutating func root(of leaves: Range<UInt64>, readTile: TileReader) throws -> Hash {
        var peaks: [Hash] = []
        var start = leaves.lowerBound
        while start < leaves.upperBound {
            let height = 63 - (leaves.upperBound - start).leadingZeroBitCount
            peaks.append(try perfectRoot(height: height, index: start >> height, readTile: readTile))
            start += 1 << height
        }
        return Hash.root(ofPeaks: peaks)
    }

    /// MTH(D[index × 2^height : (index + 1) × 2^height]), which no later leaf changes.
    private mutating func perfectRoot(height: Int, index: UInt64, readTile: TileReader) throws -> Hash {
        let (level, row) = height.quotientAndRemainder(dividingBy: Tile.height)
        let rowWidth = UInt64(Tile.fullWidth >> row)
        let coordinate = Tile.Coordinate(level: level, index: index / rowWidth, in: size)
        let position = Int(index % rowWidth)
        if let known = rows[coordinate] { return known[row][position] }
        let computed = Self.rows(over: try Tile(coordinate, from: readTile).hashes)
        rows[coordinate] = computed
        return computed[row][position]
    }

    private static func rows(over hashes: [Hash]) -> [[Hash]] {
        var rows = [hashes]
        while let row = rows.last, row.count > 1 {
            rows.append(stride(from: 1, to: row.count, by: 2).map { Hash.node(row[$0 - 1], row[$0]) })
        }
        return rows
    }
}

extension Hash {
    /// The root of a tree from the roots of the perfect subtrees that make it up, largest first.
    static func root(ofPeaks peaks: [Hash]) -> Hash {
        guard let last = peaks.last else { return .emptyTree }
        return peaks.dropLast().reversed().reduce(last) { Hash.node($1, $0) }
    }
}
