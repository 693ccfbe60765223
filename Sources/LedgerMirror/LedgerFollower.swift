import CryptoPrimitives
import GatewayAPI
import MerkleLedger
package import RecordStorage
import SharingContract

/// Keeps a mirror up to its leader's checkpoint, and believes nothing on the way.
///
/// Leaves come in steps of bounded size. Before a step is stored, its root is proven to lie on the way to the signed checkpoint, so that
/// a mirror that is cut off goes on where it was; only the last step's checkpoint is shown.
package struct LedgerFollower: Sendable {
    /// Fetches what anybody may read, by its path, at most so many bytes. Throws `FollowError.unreachable`.
    package typealias Fetch = @Sendable (_ path: String, _ maximum: Int) async throws(FollowError) -> [UInt8]

    /// Leaves of one step: with the largest leaves, 64 MiB.
    private static let step: UInt64 = 16 * UInt64(Tile.fullWidth)

    private let store: MirrorStore
    private let fetch: Fetch

    package init(_ store: MirrorStore, fetch: @escaping Fetch) {
        self.store = store
        self.fetch = fetch
    }

    /// Brings the mirror up to the leader's checkpoint. The first ledger that it ever meets is the one it follows from then on.
    package func sync(progress: @Sendable (UInt64, UInt64) -> Void = { _, _ in }) async throws(FollowError) {
        let note = try await fetch(PublicPath.checkpoint, SignedNote.maximumSize)
        let target = try await verified(note)
        do throws(FollowError) {
            try await sync(to: target, progress)
        } catch {
            // Signed by the ledger's key, beside another that it signed: whoever has both can prove what the leader did.
            if case .fault(let fault) = error, fault.isSigned { store.keepContradiction(target.note) }
            throw error
        }
    }

    private func sync(to target: VerifiedCheckpoint, _ progress: @Sendable (UInt64, UInt64) -> Void) async throws(FollowError) {
        let goal = target.checkpoint
        guard try continues(goal) else { return try await fetchPublished() }
        while store.edge.size < goal.size {
            try await takeStep(to: goal)
            progress(store.edge.size, goal.size)
        }
        guard store.edge.root == goal.rootHash else { throw .fault(.forked) }
        do { try store.show(target) } catch { throw .local }
        try await fetchPublished()
    }

    /// What was published and is not in the leaves. Shown is the ledger in any case: a leader that keeps something back is asked again.
    private func fetchPublished() async throws(FollowError) {
        try await fetchPolicies()
        for (leaf, publication) in try local({ try store.missingAnchors() }) {
            let size = 4 + Int(publication.count) * Bytes32.count
            let bytes = try await fetch(PublicPath.anchors(publishedAt: leaf), size)
            guard let tree = try? AnchorTree(canonical: bytes), tree.publication == publication else { throw .fault(.malformed) }
            try local { try store.keep(tree, publishedAt: leaf) }
        }
    }

    private func fetchPolicies() async throws(FollowError) {
        for publication in try local({ try store.missingPolicies() }) {
            let bytes = try await fetch(PublicPath.policies(publishedAt: publication.leaf), PolicyFiles.maximumSize)
            guard let files = try? PolicyFiles(canonical: bytes), files.root == publication.root else { throw .fault(.malformed) }
            try local { try store.keep(files, publishedAt: publication.leaf) }
        }
    }

    private func local<Result>(_ body: () throws -> Result) throws(FollowError) -> Result {
        do { return try body() } catch { throw .local }
    }

    /// Throws unless the checkpoint is of our tree or of one that may extend it. `false` if it is the one that is shown.
    private func continues(_ goal: Checkpoint) throws(FollowError) -> Bool {
        let taken = store.edge
        if goal.size < max(1, store.head?.size ?? 0) { throw .fault(try isOurs(goal) ? .rolledBack : .forked) }
        guard goal.size <= taken.size else { return true }
        // Leaves may have been taken on the way to a checkpoint that was never reached.
        guard try isOurs(goal) else { throw .fault(.forked) }
        return goal.size == taken.size && store.head?.size != goal.size
    }

    private func isOurs(_ goal: Checkpoint) throws(FollowError) -> Bool {
        guard goal.size > 0 else { return false }
        do {
            return try store.root(at: goal.size) == goal.rootHash
        } catch {
            throw .local
        }
    }

    private func verified(_ note: [UInt8]) async throws(FollowError) -> VerifiedCheckpoint {
        guard let signed = try? SignedNote(note), let size = try? Checkpoint(text: signed.text).size else {
            throw .fault(.notSigned)
        }
        let (origin, ledgerKey) = try await identity(size)
        guard let name = KeyName(origin.text),
            let checkpoint = try? Checkpoint.open(
                signed, origin: origin, key: VerifierKey(name: name, kind: .ed25519, publicKey: ledgerKey))
        else { throw .fault(.notSigned) }
        return checkpoint
    }

    /// Whose ledger it is: by the first entry, as we have it or, at first contact, as the leader shows it.
    private func identity(_ size: UInt64) async throws(FollowError) -> (TextLine, Ed25519.PublicKey) {
        do {
            if let ledger = try store.ledger() { return (ledger.origin, ledger.genesis.ledgerKey) }
        } catch {
            throw .local
        }
        guard size > 0, let bytes = try await entries(of: 0, upTo: size).first, let leaf = try? Leaf(canonical: bytes),
            case .member(.add(_, let genesis?), _) = leaf.entry.event
        else { throw .fault(.malformed) }
        return (leaf.entry.origin, genesis.ledgerKey)
    }
}

extension LedgerFollower {
    private func takeStep(to goal: Checkpoint) async throws(FollowError) {
        var edge = store.edge
        let end = min(goal.size, edge.size & ~UInt64(Tile.fullWidth - 1) + Self.step)
        var leaves: [[UInt8]] = []
        while edge.size < end {
            let first = edge.size
            let more = try await entries(of: first >> UInt64(Tile.height), upTo: end).dropFirst(
                Int(first & UInt64(Tile.fullWidth - 1)))
            for leaf in more { _ = edge.append(Hash.leaf(leaf)) }
            leaves += more
        }
        try await prove(edge, to: goal)
        do {
            try store.take(leaves)
        } catch StoreError.differs(.leafRefused(let entry)) {
            throw .fault(.ruleBroken(entry: entry))
        } catch StoreError.differs(.leafUnreadable) {
            throw .fault(.malformed)
        } catch {
            throw .local
        }
    }

    /// The entries under one tile of level 0, of a tree of this size.
    private func entries(of tile: UInt64, upTo size: UInt64) async throws(FollowError) -> [[UInt8]] {
        let first = tile << UInt64(Tile.height)
        let width = Int(min(size - first, UInt64(Tile.fullWidth)))
        guard let coordinate = Tile.Coordinate(level: 0, index: tile, width: width) else { throw .fault(.malformed) }
        let bytes = try await fetch("/" + coordinate.entriesPath, width * (Leaf.maximumSize + 2))
        guard let bundle = try? EntryBundle(bytes, width: width) else { throw .fault(.malformed) }
        return bundle.entries
    }

    /// Throws unless the goal extends the tree with this edge.
    private func prove(_ edge: TreeEdge, to goal: Checkpoint) async throws(FollowError) {
        guard edge.size < goal.size else {
            guard edge.root == goal.rootHash else { throw .fault(.forked) }
            return
        }
        let proof = try await consistencyProof(from: edge.size, to: goal.size)
        guard (try? proof.verify(from: edge.root, to: goal.rootHash)) != nil else { throw .fault(.forked) }
    }

    private struct Missing: Error {
        let coordinate: Tile.Coordinate
    }

    /// Computed from the leader's own tiles. A proof from false tiles does not verify.
    private func consistencyProof(from old: UInt64, to new: UInt64) async throws(FollowError) -> ConsistencyProof {
        var tiles: [Tile.Coordinate: Tile] = [:]
        while true {
            let missing: Tile.Coordinate
            do {
                return try Tree.consistencyProof(from: old, to: new) { coordinate in
                    guard let tile = tiles[coordinate] else { throw Missing(coordinate: coordinate) }
                    return tile.hashes
                }
            } catch let error as Missing {
                missing = error.coordinate
            } catch {
                throw .fault(.malformed)
            }
            // A proof asks for two tiles of each level at the most, and there are eight levels.
            guard tiles.count < 32 else { throw .fault(.malformed) }
            let bytes = try await fetch("/" + missing.path, missing.width * Bytes32.count)
            guard let tile = try? Tile(missing, bytes: bytes) else { throw .fault(.malformed) }
            tiles[missing] = tile
        }
    }
}
