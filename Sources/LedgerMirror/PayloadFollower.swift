package import CryptoPrimitives
import GatewayAPI
package import RecordStorage
import Synchronization

/// Keeps a mirror's payloads up to what its leader names: fetches what is missing, one at a time, and forgets what is named no more.
///
/// A payload's name is the root over its pieces, so nothing that comes has to be believed: what does not lead to the name is not kept.
package final class PayloadFollower: Sendable {
    /// What stays free of the disk for the ledger, in bytes.
    package static let reservedSpace: UInt64 = 64 << 20
    /// A deposit names so many payloads at the most.
    private static let payloadsPerLeaf: UInt64 = 256
    /// Leaves that may have come to the leader since the mirror looked.
    private static let leavesOnTheWay: UInt64 = 1_024

    private let store: MirrorStore
    private let leader: PayloadLeader
    private let reserve: UInt64
    private let state = Mutex(State())

    private struct State {
        /// What came wrong, and is not asked for again before `retry`.
        var refused: Set<PayloadID> = []
        var faults = 0
    }

    package init(_ store: MirrorStore, _ leader: PayloadLeader, reserving reserve: UInt64 = PayloadFollower.reservedSpace) {
        self.store = store
        self.leader = leader
        self.reserve = reserve
    }

    /// How often the leader did what it should not, since this began.
    package var faults: Int { state.withLock { $0.faults } }

    /// What came wrong is asked for again.
    package func retry() { state.withLock { $0.refused = [] } }

    /// Learns all that the leader holds, and forgets the rest. Nothing is forgotten unless the last page came.
    ///
    /// - Returns: how many payloads were forgotten.
    @discardableResult
    package func list() async throws(PayloadError) -> Int {
        var listing: [ListedPayload] = []
        let limit = ((store.head?.size ?? 0) + Self.leavesOnTheWay) * Self.payloadsPerLeaf
        while true {
            let page = try await noting { () async throws(PayloadError) in try await leader.list(listing.last?.payload) }
            listing += page.payloads.map { ListedPayload(payload: $0.payload, size: $0.size) }
            guard Self.isPossible(listing.suffix(page.payloads.count + 1)), UInt64(listing.count) <= limit,
                !page.hasMore || !page.payloads.isEmpty
            else { throw .fault(noted(.badList)) }
            guard page.hasMore else { break }
        }
        do { return try store.accept(listing) } catch { throw .local }
    }

    private static func isPossible(_ page: ArraySlice<ListedPayload>) -> Bool {
        Array(page).isAscending(by: \.payload)
            && page.allSatisfy {
                $0.size >= UInt64(PayloadID.nonceSize + ChaCha20Poly1305.tagSize) && $0.size <= PayloadPath.maximumSize
            }
    }
}

extension PayloadFollower {
    /// What became of the payloads that were missing.
    package struct Outcome: Equatable, Sendable {
        package var fetched = 0
        /// Came wrong, and why.
        package var faults: [PayloadID: PayloadFault] = [:]
        /// The leader holds them no more, or does not hand them out: they are damaged, or were erased since.
        package var withheld: Set<PayloadID> = []
        /// For which the disk has no room.
        package var tooLarge = 0
        /// The time was over before everything was asked for.
        package var isCutShort = false

        package init() {}
    }

    /// Fetches what is missing, one after another and in the order of the names.
    ///
    /// - Parameter duration: after which no other is begun, so that what was erased meanwhile is learned of.
    package func fetch(for duration: Duration = .seconds(60)) async throws(PayloadError) -> Outcome {
        var outcome = Outcome()
        var last: PayloadID?
        let start = ContinuousClock.now
        while let next = try missing(after: last) {
            guard last == nil || ContinuousClock.now - start < duration, !Task.isCancelled else {
                outcome.isCutShort = true
                break
            }
            last = next.payload
            guard !state.withLock({ $0.refused.contains(next.payload) }) else { continue }
            guard hasRoom(for: next) else {
                outcome.tooLarge += 1
                continue
            }
            try await fetch(next, &outcome)
        }
        return outcome
    }

    private func missing(after payload: PayloadID?) throws(PayloadError) -> ListedPayload? {
        do { return try store.missing(after: payload) } catch { throw .local }
    }

    private func hasRoom(for payload: ListedPayload) -> Bool {
        guard let free = try? store.freeSpace() else { return false }
        return free > reserve && free - reserve >= payload.size
    }

    private func fetch(_ payload: ListedPayload, _ outcome: inout Outcome) async throws(PayloadError) {
        do throws(PayloadError) {
            try await noting { () async throws(PayloadError) in try await take(payload) }
            outcome.fetched += 1
        } catch {
            switch error {
            case .fault(let fault):
                state.withLock { _ = $0.refused.insert(payload.payload) }
                outcome.faults[payload.payload] = fault
            case .refused(.notFound), .refused(.unavailable), .cutShort:
                state.withLock { _ = $0.refused.insert(payload.payload) }
                outcome.withheld.insert(payload.payload)
            case .refused, .unreachable, .local: throw error
            }
        }
    }

    private func take(_ payload: ListedPayload) async throws(PayloadError) {
        let intake = PayloadIntake(payload, into: store)
        do {
            let digest = try await leader.fetch(payload.payload) { try intake.write($0) }
            try intake.finish(signed: digest)
        } catch let error as PayloadError {
            throw error
        } catch let refusal as PayloadIntake.Refusal {
            throw .fault(PayloadFault(refusal))
        } catch {
            throw .local
        }
    }

    /// Counts what the leader should not have done.
    private func noting<Result>(_ body: () async throws(PayloadError) -> Result) async throws(PayloadError) -> Result {
        do throws(PayloadError) {
            return try await body()
        } catch {
            if case .fault(let fault) = error { _ = noted(fault) }
            throw error
        }
    }

    private func noted(_ fault: PayloadFault) -> PayloadFault {
        state.withLock { $0.faults += 1 }
        return fault
    }
}

extension PayloadFault {
    fileprivate init(_ refusal: PayloadIntake.Refusal) {
        switch refusal {
        case .otherSize: self = .otherSize
        case .otherBytes: self = .notSigned
        case .otherPayload: self = .otherPayload
        }
    }
}
