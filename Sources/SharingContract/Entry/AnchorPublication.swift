package import CryptoPrimitives

/// The anchors of claims that came in since the publication before, as one tree: whose they are and with which deposit they came, nobody
/// can tell from it. docs/formats.md, section 4.1.
package struct AnchorPublication: Hashable, Sendable {
    package let root: Hash
    /// Leaves of the tree: a power of two.
    package let count: UInt32

    /// `nil` for a number of leaves that no such tree has.
    package init?(root: Hash, count: UInt32) {
        guard AnchorTree.isCount(count) else { return nil }
        (self.root, self.count) = (root, count)
    }

    init(_ tree: AnchorTree) {
        (root, count) = (tree.root, UInt32(tree.hashes.count))
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        root = try reader.value()
        count = try reader.integer(UInt32.self)
        guard AnchorTree.isCount(count) else { throw .notCanonical }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(root)
        writer.integer(count)
    }
}

/// The leaves of such a tree: anchors and, up to the next power of two, random bytes that nobody can tell from them, all in random order.
///
///     u32 count, count times hash
///
/// The root is that of RFC 6962 over the hashes in this order.
package struct AnchorTree: CanonicalCodable, Hashable, Sendable {
    package static let minimumCount = 64
    package static let maximumCount = 1 << 20
    package static let maximumSize = 4 + maximumCount * 32

    package let hashes: [Hash]

    /// Pads the anchors and shuffles them. `nil` for none and for more than a tree holds.
    package init?(mixing anchors: [Hash]) {
        guard !anchors.isEmpty, anchors.count <= Self.maximumCount else { return nil }
        var count = Self.minimumCount
        while count < anchors.count { count *= 2 }
        var generator = SecureRandomNumberGenerator()
        let padding = (anchors.count..<count).map { _ in Hash(Bytes32.random()) }
        hashes = (anchors + padding).shuffled(using: &generator)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        let count = try reader.integer(UInt32.self)
        guard count <= Self.maximumCount else { throw .tooLarge }
        guard Self.isCount(count) else { throw .notCanonical }
        guard reader.remaining >= Int(count) * Bytes32.count else { throw .truncated }
        var hashes: [Hash] = []
        hashes.reserveCapacity(Int(count))
        for _ in 0..<count { hashes.append(try reader.value()) }
        self.hashes = hashes
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(UInt32(hashes.count))
        for hash in hashes { writer.value(hash) }
    }

    package static func isCount(_ count: UInt32) -> Bool {
        (minimumCount...maximumCount).contains(Int(count)) && count.nonzeroBitCount == 1
    }

    package var root: Hash {
        hashes.reduce(into: TreeAccumulator()) { $0.append(.leaf($1.bytes)) }.root
    }

    /// The siblings on the way from a leaf to the root, the leaf's own first. RFC 6962, section 2.1.1; a tree of a power of two is perfect.
    package func path(to index: Int) -> [Hash] {
        precondition(hashes.indices.contains(index), "a tree has no path to a leaf that it does not have")
        var (level, place, path) = (hashes.map { Hash.leaf($0.bytes) }, index, [Hash]())
        while level.count > 1 {
            path.append(level[place ^ 1])
            level = stride(from: 0, to: level.count, by: 2).map { Hash.node(level[$0], level[$0 + 1]) }
            place /= 2
        }
        return path
    }

    /// What stands on the ledger of it.
    package var publication: AnchorPublication { AnchorPublication(self) }
}
