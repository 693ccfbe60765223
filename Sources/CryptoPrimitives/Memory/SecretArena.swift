internal import CSodium
internal import Synchronization

/// The one place where key bytes live: pages that libsodium locked into memory, fenced with guard pages and kept out of core dumps.
///
/// A `sodium_malloc` costs 27 µs, as much as an X25519, so it is called once per 256 KiB and cut into slots of 64 bytes.
/// What wiping a slot does not reach: registers, and the stack frames of the C functions that were given a pointer into it.
@safe
final class SecretArena: Sendable {
    static let shared = SecretArena()

    static let slotSize = 64
    static let slotsPerChunk = 4096

    /// A run of neighbouring slots in one chunk.
    @safe
    struct Allocation: @unchecked Sendable {
        let base: UnsafeMutablePointer<UInt8>
        fileprivate let chunk: Int
        fileprivate let firstSlot: Int
        fileprivate let slotCount: Int

        fileprivate var slots: Range<Int> { firstSlot..<firstSlot + slotCount }
        fileprivate var byteCount: Int { slotCount * SecretArena.slotSize }
    }

    @safe
    fileprivate struct Chunk: @unchecked Sendable {
        let base: UnsafeMutablePointer<UInt8>
        var isTaken = [Bool](repeating: false, count: slotsPerChunk)
        /// Where the last search ended. Searching on from there keeps a single-slot allocation constant in time.
        var hint = 0
    }

    private let chunks = Mutex<[Chunk]>([])

    /// Apart from `shared`, only a test makes one.
    init() {
        Sodium.initialize()
    }

    /// Takes slots for `byteCount` bytes, at most one chunk. The memory is zero.
    func allocate(byteCount: Int) -> Allocation {
        let slotCount = max(1, (byteCount + Self.slotSize - 1) / Self.slotSize)
        precondition(slotCount <= Self.slotsPerChunk, "a secret is at most 256 KiB")
        return chunks.withLock { chunks in
            for index in chunks.indices {
                if let first = chunks[index].takeRun(of: slotCount) {
                    return Allocation(chunk: chunks[index], index: index, firstSlot: first, slotCount: slotCount)
                }
            }
            chunks.append(Chunk())
            let index = chunks.count - 1
            guard let first = chunks[index].takeRun(of: slotCount) else { preconditionFailure("a new chunk has room") }
            return Allocation(chunk: chunks[index], index: index, firstSlot: first, slotCount: slotCount)
        }
    }

    /// Wipes, then gives the slots back.
    func release(_ allocation: Allocation) {
        unsafe sodium_memzero(allocation.base, allocation.byteCount)
        chunks.withLock { $0[allocation.chunk].free(allocation.slots) }
    }
}

extension SecretArena.Chunk {
    fileprivate init() {
        let byteCount = SecretArena.slotSize * SecretArena.slotsPerChunk
        guard let memory = unsafe sodium_malloc(byteCount) else { fatalError("no memory for keys") }
        unsafe sodium_memzero(memory, byteCount)
        unsafe base = memory.bindMemory(to: UInt8.self, capacity: byteCount)
    }

    fileprivate mutating func takeRun(of count: Int) -> Int? {
        guard let first = firstFreeRun(of: count, in: hint..<isTaken.count) ?? firstFreeRun(of: count, in: 0..<isTaken.count)
        else { return nil }
        for slot in first..<first + count { isTaken[slot] = true }
        hint = first + count
        return first
    }

    fileprivate mutating func free(_ slots: Range<Int>) {
        for slot in slots { isTaken[slot] = false }
        hint = min(hint, slots.lowerBound)
    }

    private func firstFreeRun(of count: Int, in range: Range<Int>) -> Int? {
        var length = 0
        for slot in range {
            length = isTaken[slot] ? 0 : length + 1
            if length == count { return slot - count + 1 }
        }
        return nil
    }
}

extension SecretArena.Allocation {
    fileprivate init(chunk: SecretArena.Chunk, index: Int, firstSlot: Int, slotCount: Int) {
        unsafe base = chunk.base + firstSlot * SecretArena.slotSize
        self.chunk = index
        self.firstSlot = firstSlot
        self.slotCount = slotCount
    }
}
