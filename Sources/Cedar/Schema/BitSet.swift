/// A set of small numbers.
struct BitSet: Hashable, Sendable {
    private var words: [UInt64]

    init(capacity: Int) {
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    func contains(_ number: Int) -> Bool {
        words[number >> 6] >> UInt64(number & 63) & 1 == 1
    }

    mutating func insert(_ number: Int) {
        words[number >> 6] |= 1 << UInt64(number & 63)
    }

    mutating func formUnion(_ other: BitSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }
}

extension BitSet {
    /// For each of a number of things, all that are above it; itself too where it lies on a cycle.
    ///
    /// - Parameter parents: for each, the places of those directly above.
    static func ancestors(_ parents: [[Int]]) -> [BitSet] {
        var rows = parents.map { direct in
            var row = BitSet(capacity: parents.count)
            for parent in direct { row.insert(parent) }
            return row
        }
        // Warshall's algorithm: after the turn of `middle`, all ways through what came before it are known.
        for middle in rows.indices {
            let above = rows[middle]
            for index in rows.indices where index != middle && rows[index].contains(middle) { rows[index].formUnion(above) }
        }
        return rows
    }
}
