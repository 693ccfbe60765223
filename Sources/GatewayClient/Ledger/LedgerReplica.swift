package import CryptoPrimitives
import DurableFiles
package import GatewayAPI
package import MerkleLedger
package import SharingContract
package import SystemPackage

/// A client's own copy of the public ledger, which is how it knows what is on it: every leaf is hashed into the tree, every checkpoint
/// must continue the last one, and the contract is run over all of it.
///
/// On disk: `leaves`, each behind its length, and `checkpoint`, the last one seen. The checkpoint is written after the leaves it covers.
package final class LedgerReplica {
    package let pin: Pin
    private let folder: FilePath
    private var tree = TreeAccumulator()
    package private(set) var state = MemoryState()
    private var time: Minute?
    /// Where each leaf ends in the file.
    private var ends: [UInt64] = []
    private var leafFileSize: UInt64 { ends.last ?? 0 }
    /// Keys of all actors, in the order of their admission.
    package private(set) var actorKeys: [Ed25519.PublicKey] = []
    package private(set) var checkpoint: VerifiedCheckpoint?
    /// Roots of the deposits, by leaf.
    private var deposits: [UInt64: Hash] = [:]
    /// Releases under a grant, by its control key, in the order of the ledger.
    private var releases: [Ed25519.PublicKey: [LoggedRelease]] = [:]
    /// Leaves at which an emergency was declared, in the order of the ledger.
    package private(set) var emergencies: [UInt64] = []
    /// Trees of anchors, in the order of the ledger.
    package private(set) var anchors: [LoggedAnchors] = []
    /// Grants that carry a commitment, in the order of the ledger.
    private(set) var committedGrants: [LoggedGrant] = []
    /// Where keys of actors were revoked.
    package private(set) var revocations: [Ed25519.PublicKey: UInt64] = [:]

    private var leafFile: FilePath { folder.appending("leaves") }
    private var checkpointFile: FilePath { folder.appending("checkpoint") }

    package struct LoggedRelease: Sendable {
        package let leaf: UInt64
        package let time: Minute
    }

    package var size: UInt64 { tree.count }

    /// Loads what was verified before. Signatures need not be verified again: the root still says that these are the same leaves.
    package init(_ folder: FilePath, pin: Pin) throws(ClientError) {
        self.pin = pin
        self.folder = folder
        do {
            try DurableFile.makeFolder(folder)
            guard DurableFile.exists(checkpointFile) else { return }
            let note = try DurableFile.read(checkpointFile, atMost: SignedNote.maximumSize)
            let seen = try verified(note)
            try load(upTo: seen)
        } catch let error as ClientError {
            throw error
        } catch let error as FileError {
            throw .localData(.file(error, path: folder.string))
        } catch {
            throw .localData(.damaged(file: folder.string))
        }
    }

    private func load(upTo seen: VerifiedCheckpoint) throws {
        let reader = try FileReader(leafFile)
        var pending: [UInt8] = []
        var offset: UInt64 = 0
        while tree.count < seen.checkpoint.size {
            let piece = try reader.read(at: offset, count: 1 << 20)
            guard !piece.isEmpty else { throw ClientError.localData(.damaged(file: leafFile.string)) }
            offset += UInt64(piece.count)
            pending += piece
            try takeLeaves(from: &pending, upTo: seen.checkpoint.size)
        }
        guard tree.root == seen.checkpoint.rootHash else { throw ClientError.localData(.damaged(file: leafFile.string)) }
        checkpoint = seen
    }

    private func takeLeaves(from pending: inout [UInt8], upTo size: UInt64) throws {
        var position = 0
        while tree.count < size, pending.count - position >= 2 {
            let length = Int(pending[position]) << 8 | Int(pending[position + 1])
            guard pending.count - position - 2 >= length else { break }
            try append(Array(pending[position + 2..<position + 2 + length]), trusting: .signatures)
            position += 2 + length
        }
        pending.removeFirst(position)
    }
}

extension LedgerReplica {
    /// The member that runs the gateway we talk to.
    package func member() throws(ClientError) -> Ed25519.PublicKey {
        guard let ledger = try? state.ledger(),
            let member = ledger.members.first(where: { $0.address == pin.address }) ?? ledger.members.first
        else { throw .notVerified(.otherLedger) }
        return member.key
    }

    /// Brings the copy up to the gateway's checkpoint. Throws if that does not continue the last one we saw.
    package func sync(_ connection: GatewayConnection) async throws(ClientError) {
        let note = try await connection.get(PublicPath.checkpoint, atMost: SignedNote.maximumSize)
        let target: VerifiedCheckpoint
        do throws(ClientError) {
            target = try verified(note)
        } catch {
            throw await successor(at: connection).map { .notVerified(.ledgerSucceeded(by: $0)) } ?? error
        }
        try await sync(to: target, connection)
    }

    /// Brings the copy up to a checkpoint that came with an answer.
    package func sync(to target: VerifiedCheckpoint, _ connection: GatewayConnection) async throws(ClientError) {
        let size = target.checkpoint.size
        if let seen = checkpoint?.checkpoint, size < seen.size {
            // An answer may have been overtaken by another; a gateway that has become shorter must not be believed.
            try await checkContinuation(of: target, connection)
            return
        }
        let before = Before(self)
        do throws(ClientError) {
            let bytes = try await extend(to: size, connection)
            guard tree.root == target.checkpoint.rootHash else { throw .notVerified(.ledgerForked) }
            try requirePinned()
            try store(bytes, target)
        } catch {
            // Whatever went wrong, nothing that no checkpoint covers is believed.
            before.restore(self)
            throw error
        }
    }

    /// Appends the leaves up to a size, and gives them as they stand in the file.
    private func extend(to size: UInt64, _ connection: GatewayConnection) async throws(ClientError) -> [UInt8] {
        var bytes: [UInt8] = []
        while tree.count < size {
            for leaf in try await fetchLeaves(from: tree.count, upTo: size, connection) {
                do {
                    try append(leaf, trusting: .nothing)
                } catch let error as ClientError {
                    throw error
                } catch {
                    throw .notVerified(.ruleBroken(leaf: tree.count))
                }
                bytes += [UInt8(leaf.count >> 8), UInt8(truncatingIfNeeded: leaf.count)] + leaf
            }
        }
        return bytes
    }

    /// The smaller checkpoint must be one that our ledger went through.
    private func checkContinuation(of target: VerifiedCheckpoint, _ connection: GatewayConnection) async throws(ClientError) {
        let size = target.checkpoint.size
        var earlier = TreeAccumulator()
        while earlier.count < size { earlier.append(Hash.leaf(try leafBytes(earlier.count))) }
        guard earlier.root == target.checkpoint.rootHash else { throw .notVerified(.ledgerForked) }
        let note = try await connection.get(PublicPath.checkpoint, atMost: SignedNote.maximumSize)
        let newest = try verified(note)
        guard let seen = checkpoint?.checkpoint, newest.checkpoint.size >= seen.size else { throw .notVerified(.ledgerRolledBack) }
        try await sync(to: newest, connection)
    }

    private func fetchLeaves(
        from first: UInt64, upTo size: UInt64, _ connection: GatewayConnection
    ) async throws(ClientError) -> [[UInt8]] {
        let tile = first >> UInt64(Tile.height)
        let width = Int(min(size - tile << UInt64(Tile.height), UInt64(Tile.fullWidth)))
        guard let coordinate = Tile.Coordinate(level: 0, index: tile, width: width) else { throw .notVerified(.tileMalformed) }
        let bytes = try await connection.get("/" + coordinate.entriesPath, atMost: width * (Leaf.maximumSize + 2))
        do {
            return Array(try EntryBundle(bytes, width: width).entries.dropFirst(Int(first & UInt64(Tile.fullWidth - 1))))
        } catch {
            throw .notVerified(.tileMalformed)
        }
    }

    private func append(_ bytes: [UInt8], trusting trust: Contract.Trust) throws {
        let leaf = try Leaf(canonical: bytes)
        state.apply(try Contract.apply(leaf, at: tree.count, after: time, to: state, trusting: trust))
        switch leaf.entry.event {
        case .actor(let actor): if !actorKeys.contains(actor.key) { actorKeys.append(actor.key) }
        case .deposit(let deposit): deposits[tree.count] = deposit.root
        case .decision(let decision):
            if case .released(let release) = decision.outcome {
                releases[release.grant, default: []].append(LoggedRelease(leaf: tree.count, time: leaf.time))
            }
        case .grant(let grant) where grant.commitment != nil:
            committedGrants.append(
                LoggedGrant(leaf: tree.count, control: grant.control, from: max(grant.from, leaf.time.day), until: grant.until))
        case .emergencyAccess: emergencies.append(tree.count)
        case .keyRevocation(let revocation): revocations[revocation.key] = tree.count
        case .claimsAnchors(let publication):
            anchors.append(LoggedAnchors(leaf: tree.count, time: leaf.time, publication: publication))
        default: break
        }
        time = leaf.time
        if tree.count == 0, Hash.leaf(bytes) != pin.genesis { throw ClientError.notVerified(.otherLedger) }
        tree.append(Hash.leaf(bytes))
        ends.append(leafFileSize + UInt64(2 + bytes.count))
    }

    private func requirePinned() throws(ClientError) {
        guard let ledger = try? state.ledger(), ledger.genesis.ledgerKey == pin.ledgerKey, ledger.origin == pin.origin else {
            throw .notVerified(.otherLedger)
        }
    }

    private func store(_ bytes: [UInt8], _ target: VerifiedCheckpoint) throws(ClientError) {
        do {
            if !bytes.isEmpty { try DurableFile.append(bytes, to: leafFile, at: leafFileSize - UInt64(bytes.count)) }
            try DurableFile.write(target.note.bytes, to: checkpointFile)
        } catch {
            throw .localData(.file(error, path: folder.string))
        }
        checkpoint = target
    }

    /// Checks origin and signature of a checkpoint against the pin.
    package func verified(_ note: [UInt8]) throws(ClientError) -> VerifiedCheckpoint {
        guard let name = KeyName(pin.origin.text) else { throw .notVerified(.otherLedger) }
        let key = VerifierKey(name: name, kind: .ed25519, publicKey: pin.ledgerKey)
        do {
            return try Checkpoint.open(try SignedNote(note), origin: pin.origin, key: key)
        } catch {
            throw .notVerified(.checkpointNotSigned)
        }
    }

    /// What the replica was before a sync, to go back to when the sync fails.
    private struct Before {
        private let tree: TreeAccumulator
        private let state: MemoryState
        private let time: Minute?
        private let deposits: [UInt64: Hash]
        private let releases: [Ed25519.PublicKey: [LoggedRelease]]
        private let emergencies: [UInt64]
        private let anchors: [LoggedAnchors]
        private let committedGrants: [LoggedGrant]
        private let revocations: [Ed25519.PublicKey: UInt64]
        private let ends: [UInt64]
        private let actorKeys: [Ed25519.PublicKey]

        init(_ replica: LedgerReplica) {
            tree = replica.tree
            state = replica.state
            time = replica.time
            deposits = replica.deposits
            releases = replica.releases
            emergencies = replica.emergencies
            anchors = replica.anchors
            committedGrants = replica.committedGrants
            revocations = replica.revocations
            ends = replica.ends
            actorKeys = replica.actorKeys
        }

        func restore(_ replica: LedgerReplica) {
            replica.tree = tree
            replica.state = state
            replica.time = time
            replica.deposits = deposits
            replica.releases = releases
            replica.emergencies = emergencies
            replica.anchors = anchors
            replica.committedGrants = committedGrants
            replica.revocations = revocations
            replica.ends = ends
            replica.actorKeys = actorKeys
        }
    }
}

extension LedgerReplica {
    /// Checks a receipt and that the leaf in it is on our copy, syncing up to its checkpoint.
    package func verify(_ posted: PostedLeaf, _ connection: GatewayConnection) async throws(ClientError) {
        guard let name = KeyName(pin.origin.text) else { throw .notVerified(.otherLedger) }
        let key = VerifierKey(name: name, kind: .ed25519, publicKey: pin.ledgerKey)
        let receipt: VerifiedReceipt
        do {
            receipt = try LedgerReceipt(posted.proof).verified(leaf: posted.leaf.canonicalBytes, origin: pin.origin, key: key)
        } catch {
            throw .notVerified(.receiptNotGood)
        }
        guard receipt.index == posted.index else { throw .notVerified(.receiptNotGood) }
        try await sync(to: receipt.checkpoint, connection)
    }

    /// Throws unless the record stands in the deposit it is said to be from.
    package func verify(_ record: StoredRecord) throws(ClientError) {
        guard let root = deposits[record.deposit], record.proof.root(holding: record.descriptorCommitment) == root else {
            throw .notVerified(.descriptorNotDeposited)
        }
    }

    /// A leaf of our copy.
    package func leaf(_ index: UInt64) throws(ClientError) -> Leaf {
        guard index < size else { throw .notVerified(.historyIncomplete(leaf: index)) }
        guard let leaf = try? Leaf(canonical: try leafBytes(index)) else { throw .localData(.damaged(file: leafFile.string)) }
        return leaf
    }

    private func leafBytes(_ index: UInt64) throws(ClientError) -> [UInt8] {
        let start = (index == 0 ? 0 : ends[Int(index) - 1]) + 2
        do {
            return try FileReader(leafFile).read(at: start, count: Int(ends[Int(index)] - start))
        } catch {
            throw .localData(.file(error, path: leafFile.string))
        }
    }

    package func releases(under grant: Ed25519.PublicKey) -> [LoggedRelease] {
        releases[grant] ?? []
    }

    /// The day by the ledger's own time or the given clock, whichever is later.
    package func today(_ clock: Int64) -> Day { now(clock).day }

    /// The time by the same rule.
    func now(_ clock: Int64) -> Minute { max(Minute(secondsSince1970: clock), time ?? Minute(0)) }
}
