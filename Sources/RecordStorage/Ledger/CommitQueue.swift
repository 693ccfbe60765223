import Synchronization

/// Group commit: writers that come while a batch is being written wait and then share one transaction, hence one sync of the disk.
///
/// There is no background task. Whoever comes first has the writer called, which takes all that wait by then and is called again for as
/// long as somebody does: it goes from batch to batch and waits for no one to wake up. A job that throws is undone by itself; a batch that
/// cannot be committed fails as a whole.
final class CommitQueue: Sendable {
    /// Above this many waiting writers the store says that it is busy, rather than let them pile up.
    static let maximumWaiting = 4_096

    private struct Waiter {
        let job: Job
        let continuation: CheckedContinuation<Job.Outcome, Never>
    }

    private struct State {
        var waiting: [Waiter] = []
        /// From the first that comes until none is left: the writer was called and has not come to the end of its batch.
        var isWriting = false
    }

    private enum Place {
        case busy, behind, first
    }

    private let state = Mutex(State())
    private let callWriter: @Sendable () -> Void

    /// - Parameter callWriter: has `writeBatch` called soon, once, and does not wait for it.
    init(callingWriterBy callWriter: @escaping @Sendable () -> Void) {
        self.callWriter = callWriter
    }

    func submit(_ job: Job) async throws -> Job.Committed {
        let outcome = await withCheckedContinuation { continuation in
            let place = state.withLock { state -> Place in
                guard state.waiting.count < Self.maximumWaiting else { return .busy }
                state.waiting.append(Waiter(job: job, continuation: continuation))
                defer { state.isWriting = true }
                return state.isWriting ? .behind : .first
            }
            switch place {
            case .busy: continuation.resume(returning: .failure(StoreError.busy))
            case .behind: break
            case .first: callWriter()
            }
        }
        return try outcome.get()
    }

    /// Writes everything that waits. The writer is called again, if somebody has come meanwhile, before those whose jobs are done.
    ///
    /// - Parameter write: writes a batch in one transaction and answers for each job, in order.
    func writeBatch(_ write: ([Job]) -> [Job.Outcome]) {
        let batch = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        let outcomes = write(batch.map(\.job))
        let isNeeded = state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            return state.isWriting
        }
        if isNeeded { callWriter() }
        for (waiter, outcome) in zip(batch, outcomes) { waiter.continuation.resume(returning: outcome) }
    }
}

/// One writer's work, and what came of it.
struct Job: Sendable {
    typealias Outcome = Result<Committed, any Error>

    struct Committed: Sendable {
        let result: any Sendable
        let leaves: [CommittedLeaf]
    }

    let body: @Sendable (StoreTransaction) throws -> any Sendable
}
