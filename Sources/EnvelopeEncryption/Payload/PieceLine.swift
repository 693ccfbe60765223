internal import CryptoPrimitives
internal import Synchronization

/// Pieces of a payload, up to sixteen chunks each, on which all cores work at once, in memory that is taken once.
///
/// A piece is worked on as soon as there is a buffer for it, in whatever order pieces become ready. What has to see the bytes in their
/// order, such as a hash over the whole, goes over them behind the workers, piece after piece. Nobody waits for a piece that does not
/// stand before his own.
struct PieceLine {
    /// Content, ciphertext, and the leaf hashes of its chunks.
    struct Piece {
        fileprivate(set) var index: UInt64 = 0
        var plaintext: [UInt8] = []
        var ciphertext: [UInt8] = []
        var leaves: [Hash] = []
    }

    typealias Work<Failure: Error> = @Sendable (inout Piece) -> Result<Void, Failure>
    typealias View = @Sendable (Piece) -> Void

    /// More would cost memory: 2 MiB each.
    private static let most = 16

    private let pieceCount: UInt64
    private let coreCount: Int
    private let slots: [Slot]

    /// - Parameter coreCount: how many there are to work with.
    init(pieceCount: UInt64, coreCount: Int) {
        self.pieceCount = pieceCount
        self.coreCount = coreCount
        slots = (0..<Int(clamping: min(pieceCount, UInt64(min(4 * coreCount, Self.most))))).map { _ in Slot() }
    }

    /// Runs `work` once for each piece, and then every view over it, in the order of the pieces. `collect` is such a view that runs
    /// alone. The first failure ends all: when those that work beside it are done, it is thrown and no other piece is begun. Whoever
    /// cancels waits as long: a piece that was passed over must not count as one that was done.
    func run<Failure: Error>(
        _ work: @escaping Work<Failure>, views: [View] = [], collect: (Piece) -> Void = { _ in }
    ) async throws(Failure) {
        let result = await withTaskGroup(of: Done<Failure>.self) { group in
            var schedule = PieceSchedule(
                pieceCount: pieceCount, slotCount: slots.count, viewCount: views.count, workersAtMost: 2 * coreCount)
            begin(schedule.next(), work, views, in: &group)
            while let done = await group.next() {
                switch done {
                case .worked(.failure(let error), _): return Result<Void, Failure>.failure(error)
                case .worked(.success, let index):
                    for index in schedule.worked(index) { collect(slot(index).content) }
                case .viewed(let view): schedule.viewed(by: view)
                }
                begin(schedule.next(), work, views, in: &group)
            }
            return .success(())
        }
        try result.get()
    }

    /// What a task has done.
    private enum Done<Failure: Error>: Sendable {
        case worked(Result<Void, Failure>, index: UInt64)
        case viewed(view: Int)
    }

    private func begin<Failure: Error>(
        _ steps: [PieceSchedule.Step], _ work: @escaping Work<Failure>, _ views: [View], in group: inout TaskGroup<Done<Failure>>
    ) {
        for step in steps {
            switch step {
            case .work(let index):
                let slot = slot(index)
                group.addTask {
                    let result = slot.piece.withLock { piece in
                        piece.index = index
                        return work(&piece)
                    }
                    return .worked(result, index: index)
                }
            case .view(let view, let index):
                let (slot, look) = (slot(index), views[view])
                group.addTask {
                    look(slot.content)
                    return .viewed(view: view)
                }
            }
        }
    }

    /// Pieces take turns: `PieceSchedule` begins none before all of the one that had its slot is done.
    private func slot(_ index: UInt64) -> Slot { slots[Int(index % UInt64(slots.count))] }

    /// Where a piece lies. One task works on it, and then several look at it.
    private final class Slot: Sendable {
        let piece = Mutex(Piece())

        /// The buffers themselves and no copies, as long as they are let go of before they are filled again.
        var content: Piece { piece.withLock { $0 } }
    }
}
