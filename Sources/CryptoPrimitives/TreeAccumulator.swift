/// The root of an RFC 6962 tree (section 2.1) whose leaves arrive one after another, kept in one hash per level.
package struct TreeAccumulator: Sendable {
    /// Roots of perfect subtrees, the largest first: one for each bit set in `count`.
    private var peaks: [Hash] = []
    package private(set) var count: UInt64 = 0

    package init() {}

    /// Takes up a tree whose `count` leaves have these perfect subtrees, largest first. `nil` if their number does not fit.
    package init?(peaks: [Hash], count: UInt64) {
        guard peaks.count == count.nonzeroBitCount else { return nil }
        self.peaks = peaks
        self.count = count
    }

    package mutating func append(_ leaf: Hash) {
        var node = leaf
        for _ in 0..<count.trailingOneBitCount {
            node = Hash.node(peaks.removeLast(), node)
        }
        peaks.append(node)
        count += 1
    }

    package var root: Hash {
        guard var root = peaks.last else { return .emptyTree }
        for peak in peaks.dropLast().reversed() { root = Hash.node(peak, root) }
        return root
    }
}

extension UInt64 {
    fileprivate var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}
