package import CryptoPrimitives
import Foundation
import GRDB
import MerkleLedger
package import SharingContract

/// What one writer may do inside the batch: read everything, append leaves, change the tables. If it throws, nothing of it stays.
package final class StoreTransaction {
    let database: Database
    private(set) var edge: TreeEdge
    /// Tiles that became full in this batch, by their place.
    private(set) var completed: [Tile.Coordinate: Tile] = [:]
    private let cache = StateCache()
    private var previousTime: Minute?
    private let clock: Minute
    /// Leaves that this writer appended.
    private(set) var appended: [UInt64: Leaf] = [:]
    /// Bytes of large values that were written in this batch.
    private(set) var largeBytes = 0

    init(_ database: Database, edge: TreeEdge, previousTime: Minute?, clock: Minute) {
        self.database = database
        self.edge = edge
        self.previousTime = previousTime
        self.clock = clock
    }

    package var state: StoredState { StoredState(database: database, cache: cache) }

    /// The time that the next leaf gets: the clock's minute, or the last leaf's if the clock stands behind it.
    package var now: Minute { max(clock, previousTime ?? clock) }

    package var view: StoreView { StoreView(database: database, cache: cache) }

    package var size: UInt64 { edge.size }

    /// Told of large values, so that the log is brought into the database in time.
    func wrote(_ bytes: Int) { largeBytes += bytes }

    /// Runs both kinds of rules and appends. Throws the contract's `Refusal`.
    @discardableResult
    package func append(_ entry: Entry, evidence: Evidence, trusting trust: Contract.Trust = .nothing) throws -> UInt64 {
        let leaf = Leaf(time: now, entry: entry)
        let index = edge.size
        var changes = try Contract.apply(leaf, at: index, after: previousTime, to: state, trusting: trust)
        changes += try EvidenceRules.apply(evidence, of: leaf, at: index, to: state, trusting: trust)
        try store(leaf, at: index)
        try store(evidence, of: leaf, at: index)
        try state.apply(changes)
        previousTime = leaf.time
        appended[index] = leaf
        return index
    }

    /// The same for what was verified before the writer's turn came.
    @discardableResult
    package func append(_ authentic: AuthenticEntry) throws -> UInt64 {
        try append(authentic.entry, evidence: authentic.evidence, trusting: .signatures)
    }

    private func store(_ leaf: Leaf, at index: UInt64) throws {
        let bytes = leaf.canonicalBytes
        try database.run("INSERT INTO leaf (number, bytes) VALUES (?, ?)", [Int64(index), bytes.blob])
        for tile in edge.append(Hash.leaf(bytes)) {
            let place = tile.coordinate
            completed[place] = tile
            try database.run(
                "INSERT INTO tile (level, number, hashes) VALUES (?, ?, ?)", [place.level, Int64(place.index), tile.bytes.blob])
        }
    }

    /// Runs `body` so that what it did is undone if it throws, here and in the database.
    func savepoint<Result>(_ body: (StoreTransaction) throws -> Result) throws -> (Result, [UInt64: Leaf]) {
        let before = (edge, completed, previousTime)
        appended = [:]
        do {
            let result = try database.undoingOnError { try body(self) }
            return (result, appended)
        } catch {
            (edge, completed, previousTime) = before
            cache.forget()
            throw error
        }
    }

    /// Runs `body`, and undoes what it did if the contract or the caller refuses. What was done before stays.
    ///
    /// A failing disk is thrown on: there is nothing to go on with.
    package func attempt<Result>(_ body: (StoreTransaction) throws -> Result) throws -> Swift.Result<Result, any Error> {
        let before = appended
        do {
            let (result, leaves) = try savepoint(body)
            appended = before.merging(leaves) { $1 }
            return .success(result)
        } catch let error as DatabaseError {
            throw error
        } catch {
            appended = before
            return .failure(error)
        }
    }

    /// Writes down how large the tree is and what its root is, in the same transaction as the leaves.
    func storeHead(previous checkpoint: [UInt8]?) throws {
        try database.run(
            "INSERT OR REPLACE INTO head (only, size, root, checkpoint) VALUES (1, ?, ?, ?)",
            [Int64(edge.size), edge.root.blob, checkpoint?.blob])
    }
}
