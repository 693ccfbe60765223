internal import CryptoPrimitives
internal import Synchronization

/// Pieces of a payload, up to sixteen chunks each, on which all cores work at once, in memory that is taken once.
///
/// There are two sets of buffers. While workers fill one, what has to see the bytes in their order, such as a hash over the whole,
/// goes over the other, which was filled before. So two workers and two hashes keep four cores busy, or share two.
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

    /// In each set. More would cost memory: 2 MiB each, twice.
    private static let widest = 8

    private let pieceCount: UInt64
    private let sets: [[Slot]]

    /// - Parameter coreCount: how many there are to work with; twice as many pieces, so that none of them waits for the slowest.
    init(pieceCount: UInt64, coreCount: Int) {
        self.pieceCount = pieceCount
        let width = Int(clamping: min(pieceCount, UInt64(min(2 * coreCount, Self.widest))))
        sets = (0..<2).map { _ in (0..<width).map { _ in Slot() } }
    }

    /// Runs `work` once for each piece, and then every view over it, in the order of the pieces. `collect` is such a view that runs
    /// alone. The first failure ends all: when those that work beside it are done, it is thrown and no other piece is begun. Whoever
    /// cancels waits as long: a piece that was passed over must not count as one that was done.
    func run<Failure: Error>(
        _ work: @escaping Work<Failure>, views: [View] = [], collect: (Piece) -> Void = { _ in }
    ) async throws(Failure) {
        var start: UInt64 = 0
        var filled: ArraySlice<Slot> = []
        for turn in 0... {
            let end = min(start + UInt64(sets[0].count), pieceCount)
            let slots = sets[turn % 2].prefix(Int(end - start))
            for (slot, index) in zip(slots, start..<end) { slot.piece.withLock { $0.index = index } }
            try await Self.step(work, on: slots, views, over: filled)
            for slot in slots { collect(slot.content) }
            guard !slots.isEmpty else { return }
            (filled, start) = (slots, end)
        }
    }

    private static func step<Failure: Error>(
        _ work: @escaping Work<Failure>, on slots: ArraySlice<Slot>, _ views: [View], over filled: ArraySlice<Slot>
    ) async throws(Failure) {
        let result = await withTaskGroup(of: Result<Void, Failure>.self) { group in
            // First, for they take longest.
            if !filled.isEmpty {
                for view in views {
                    group.addTask {
                        for slot in filled { view(slot.content) }
                        return .success(())
                    }
                }
            }
            for slot in slots {
                group.addTask { slot.piece.withLock { work(&$0) } }
            }
            for await result in group {
                guard case .failure = result else { continue }
                return result
            }
            return .success(())
        }
        try result.get()
    }

    /// Where a piece lies. One task at a time has it.
    private final class Slot: Sendable {
        let piece = Mutex(Piece())

        /// The buffers themselves and no copies, as long as they are let go of before they are filled again.
        var content: Piece { piece.withLock { $0 } }
    }
}
