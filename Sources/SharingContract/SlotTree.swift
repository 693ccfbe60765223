package import CryptoPrimitives

/// A Merkle tree of 256 slots, of which a few hold commitments at random places and the rest cannot be told from them.
///
/// The root says nothing of how many slots are taken. A reader of one slot gets eight hashes and learns nothing of the others.
/// Instead of 256 random leaves, every subtree without a taken slot is one hash drawn from the seed. docs/formats.md, section 4.3.
package struct SlotTree: Sendable {
    package static let slotCount = 256
    package static let depth = 8

    private let seed: Bytes32
    private let commitments: [UInt8: Hash]

    package init(seed: Bytes32, commitments: [UInt8: Hash]) {
        self.seed = seed
        self.commitments = commitments
    }

    package var root: Hash { node(level: Self.depth, index: 0) }

    package func proof(of slot: UInt8) -> SlotProof {
        let siblings = (0..<Self.depth).map { level in node(level: level, index: Int(slot) >> level ^ 1) }
        return SlotProof(slot: slot, siblings: siblings)
    }

    /// Draws slots for `count` commitments, up to 256: each of those that are left is as likely.
    ///
    /// Bytes are drawn until enough of them differ. To shuffle all 256 slots asks the system for randomness 255 times.
    package static func drawSlots(_ count: Int) -> [UInt8] {
        precondition(count <= slotCount, "a tree has 256 slots")
        var isTaken = [Bool](repeating: false, count: slotCount)
        var slots: [UInt8] = []
        while slots.count < count {
            for slot in Random.bytes(max(16, count)) where slots.count < count && !isTaken[Int(slot)] {
                isTaken[Int(slot)] = true
                slots.append(slot)
            }
        }
        return slots
    }

    private func node(level: Int, index: Int) -> Hash {
        let slots = index << level..<(index + 1) << level
        guard commitments.keys.contains(where: { slots.contains(Int($0)) }) else { return filler(level: level, index: index) }
        guard level > 0 else { return .leaf((commitments[UInt8(index)] ?? filler(level: 0, index: index)).bytes) }
        return .node(node(level: level - 1, index: 2 * index), node(level: level - 1, index: 2 * index + 1))
    }

    private func filler(level: Int, index: Int) -> Hash {
        var hasher = LabelledHasher(.filler)
        hasher.update(seed.bytes)
        hasher.update([UInt8(level), UInt8(index)])
        return hasher.finalize()
    }
}

/// The way from one slot to the root.
package struct SlotProof: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 1 + SlotTree.depth * 32

    package let slot: UInt8
    /// The leaf's sibling first.
    package let siblings: [Hash]

    fileprivate init(slot: UInt8, siblings: [Hash]) {
        self.slot = slot
        self.siblings = siblings
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        slot = try reader.integer(UInt8.self)
        var siblings: [Hash] = []
        for _ in 0..<SlotTree.depth { siblings.append(try reader.value()) }
        self.siblings = siblings
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(slot)
        for sibling in siblings { writer.value(sibling) }
    }

    /// The root that follows if this slot holds `commitment`.
    package func root(holding commitment: Hash) -> Hash {
        var node = Hash.leaf(commitment.bytes)
        for (level, sibling) in siblings.enumerated() {
            node = slot >> level & 1 == 0 ? .node(node, sibling) : .node(sibling, node)
        }
        return node
    }
}
