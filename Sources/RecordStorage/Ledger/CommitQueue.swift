import GRDB

/// Group commit: writers that come while a batch is being written wait and then share one transaction, hence one sync of the disk.
///
/// There is no background task. The first writer to come leads: it writes its own job and all that wait, then hands the lead to the
/// first that came meanwhile. A job that throws is undone by itself; a batch that cannot be committed fails as a whole.
actor CommitQueue {
    /// Above this many waiting writers the store says that it is busy, rather than let them pile up.
    static let maximumWaiting = 4_096

    /// Never leaves the actor.
    private final class Waiter {
        let job: Job
        var turn: CheckedContinuation<Turn, Never>?

        init(_ job: Job) {
            self.job = job
        }
    }

    private enum Turn: Sendable {
        case done(Job.Outcome)
        case lead
    }

    private var waiting: [Waiter] = []
    private var isWriting = false
    private let write: @Sendable ([Job]) async -> [Job.Outcome]

    /// - Parameter write: writes a batch in one transaction and answers for each job, in order. It does not throw.
    init(write: @escaping @Sendable ([Job]) async -> [Job.Outcome]) {
        self.write = write
    }

    func submit(_ job: Job) async throws -> Job.Committed {
        guard waiting.count < Self.maximumWaiting else { throw StoreError.busy }
        let own = Waiter(job)
        waiting.append(own)
        if isWriting {
            let turn = await withCheckedContinuation { own.turn = $0 }
            if case .done(let outcome) = turn { return try outcome.get() }
        }
        isWriting = true
        return try await lead().get()
    }

    /// Writes everything that waits; the caller's own job stands first.
    private func lead() async -> Job.Outcome {
        let batch = waiting
        waiting = []
        let outcomes = await write(batch.map(\.job))
        for (waiter, outcome) in zip(batch, outcomes).dropFirst() { waiter.turn?.resume(returning: .done(outcome)) }
        if let next = waiting.first {
            next.turn?.resume(returning: .lead)
        } else {
            isWriting = false
        }
        return outcomes[0]
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
