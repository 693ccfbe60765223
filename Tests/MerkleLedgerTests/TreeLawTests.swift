import CryptoPrimitives
import MerkleLedger
import TestSupport
import Testing

/// What holds for every tree, tried on trees of all small sizes and on large ones that a seed chose.
@Suite struct TreeLaws {
    static let seed: UInt64 = 20_261_121
    static let largest = 3_000

    /// Sizes up to a little above one full tile, then random ones.
    static let sizes: [Int] = {
        var generator = SeededGenerator(seed: seed)
        return Array(1...40) + [255, 256, 257, 511, 512, 513]
            + (0..<12).map { _ in Int.random(in: 600...largest, using: &generator) }
    }()
    static let tree = StoredTree(entries: entries(largest))

    private func leaves(_ size: Int) -> ArraySlice<Hash> { Self.tree.leafHashes[..<size] }

    @Test func `roots and proofs are those of the definitions`() throws {
        var generator = SeededGenerator(seed: Self.seed)
        var failures = Failures()
        for size in Self.sizes {
            let root = try Tree.root(size: UInt64(size), readTile: Self.tree.read)
            failures.check(root == Definitions.root(leaves(size)), "root of \(size), seed \(Self.seed)")
            let index = Int.random(in: 0..<size, using: &generator)
            let inclusion = try Tree.inclusionProof(index: UInt64(index), size: UInt64(size), readTile: Self.tree.read)
            failures.check(inclusion.hashes == Definitions.path(index, leaves(size)), "leaf \(index) of \(size), seed \(Self.seed)")
            let older = Int.random(in: 1...size, using: &generator)
            let consistency = try Tree.consistencyProof(from: UInt64(older), to: UInt64(size), readTile: Self.tree.read)
            failures.check(consistency.hashes == Definitions.proof(older, leaves(size)), "\(older) to \(size), seed \(Self.seed)")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `every leaf of a small tree is proven, alone and among its neighbours`() throws {
        var failures = Failures()
        for size in 1...70 as ClosedRange<UInt64> {
            let root = try Tree.root(size: size, readTile: Self.tree.read)
            let proofs = try Tree.inclusionProofs(indices: 0..<size, size: size, readTile: Self.tree.read)
            failures.check(proofs.count == Int(size), "count at \(size)")
            for (index, proof) in proofs.enumerated() {
                let alone = try Tree.inclusionProof(index: UInt64(index), size: size, readTile: Self.tree.read)
                failures.check(proof == alone, "leaf \(index) of \(size)")
                failures.check((try? proof.verify(Self.tree.leafHashes[index], against: root)) != nil, "leaf \(index) of \(size)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `every pair of sizes is consistent`() throws {
        var failures = Failures()
        let roots = try (0...70 as ClosedRange<UInt64>).map { try Tree.root(size: $0, readTile: Self.tree.read) }
        for to in 1...70 {
            for from in 1...to {
                let proof = try Tree.consistencyProof(from: UInt64(from), to: UInt64(to), readTile: Self.tree.read)
                failures.check((try? proof.verify(from: roots[from], to: roots[to])) != nil, "\(from) to \(to)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `an inclusion proof with anything changed is refused`() throws {
        var generator = SeededGenerator(seed: Self.seed)
        var failures = Failures()
        for size in Self.sizes where size > 1 {
            let index = UInt64.random(in: 0..<UInt64(size), using: &generator)
            let leaf = Self.tree.leafHashes[Int(index)]
            let root = Definitions.root(leaves(size))
            let hashes = try Tree.inclusionProof(index: index, size: UInt64(size), readTile: Self.tree.read).hashes
            func refuses(_ index: UInt64, _ size: Int, _ leaf: Hash, _ root: Hash, _ hashes: [Hash]) -> Bool {
                (try? InclusionProof(index: index, size: UInt64(size), hashes: hashes).verify(leaf, against: root)) == nil
            }
            let place = "leaf \(index) of \(size), seed \(Self.seed)"
            failures.check(!refuses(index, size, leaf, root, hashes), place)
            failures.check(refuses(index ^ 1, size, leaf, root, hashes), "\(place): neighbour's index")
            failures.check(refuses(index + UInt64(size), size, leaf, root, hashes), "\(place): index beyond the tree")
            failures.check(refuses(index, size, root, root, hashes), "\(place): other leaf")
            failures.check(refuses(index, size, leaf, leaf, hashes), "\(place): other root")
            for changed in changes(of: hashes) { failures.check(refuses(index, size, leaf, root, changed), "\(place): hashes") }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    /// A size that is wrong is caught where it changes the way to the root: otherwise the root, which does not depend on it alone,
    /// would be the same. In a checkpoint both are signed together.
    @Test func `an inclusion proof for another size is refused where the way differs`() throws {
        let proof = try Tree.inclusionProof(index: 5, size: 6, readTile: Self.tree.read)
        let root = try Tree.root(size: 6, readTile: Self.tree.read)
        for size in [7, 9, 12, 1 << 40, .max] as [UInt64] {
            #expect(throws: ProofError.self) {
                try InclusionProof(index: 5, size: size, hashes: proof.hashes).verify(Self.tree.leafHashes[5], against: root)
            }
        }
    }

    @Test func `a consistency proof with anything changed is refused`() throws {
        var generator = SeededGenerator(seed: Self.seed)
        var failures = Failures()
        for to in Self.sizes where to > 1 {
            let from = Int.random(in: 1..<to, using: &generator)
            let (old, new) = (Definitions.root(leaves(from)), Definitions.root(leaves(to)))
            let hashes = try Tree.consistencyProof(from: UInt64(from), to: UInt64(to), readTile: Self.tree.read).hashes
            func refuses(_ from: Int, _ to: Int, _ old: Hash, _ new: Hash, _ hashes: [Hash]) -> Bool {
                (try? ConsistencyProof(from: UInt64(from), to: UInt64(to), hashes: hashes).verify(from: old, to: new)) == nil
            }
            let place = "\(from) to \(to), seed \(Self.seed)"
            failures.check(!refuses(from, to, old, new, hashes), place)
            failures.check(refuses(from, to, new, new, hashes), "\(place): other old root")
            failures.check(refuses(from, to, old, old, hashes), "\(place): other new root")
            failures.check(refuses(from, to, new, old, hashes), "\(place): roots exchanged")
            failures.check(refuses(to, from, old, new, hashes), "\(place): sizes exchanged")
            failures.check(refuses(0, to, .emptyTree, new, hashes), "\(place): from nothing")
            for changed in changes(of: hashes) { failures.check(refuses(from, to, old, new, changed), "\(place): hashes") }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    /// Every hash with a bit flipped, every hash left out, one more at either end, and the whole turned round.
    private func changes(of hashes: [Hash]) -> [[Hash]] {
        var changes = [hashes + [.emptyTree], [.emptyTree] + hashes, hashes + hashes]
        if hashes.reversed() != hashes { changes.append(hashes.reversed()) }
        for position in hashes.indices {
            var flipped = hashes
            flipped[position] = Hash.node(hashes[position], hashes[position])
            changes.append(flipped)
            var bytes = hashes[position].bytes
            bytes[position % 32] ^= 1
            if let hash = Hash(bytes) { changes.append(hashes[..<position] + [hash] + hashes[(position + 1)...]) }
            changes.append(Array(hashes[..<position] + hashes[(position + 1)...]))
        }
        return changes
    }
}
