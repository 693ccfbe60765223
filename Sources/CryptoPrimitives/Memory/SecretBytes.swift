internal import CSodium

/// Secret bytes: a handle to slots of the locked arena, wiped when the handle ends.
///
/// It cannot be copied, compared with `==`, printed or stored in a collection; the compiler sees to that. The bytes are reached
/// only inside a closure. Storage is never inline: moves would leave copies that no `deinit` wipes.
package struct SecretBytes: ~Copyable, Sendable {
    private let allocation: SecretArena.Allocation
    package let count: Int

    /// Secret bytes that `body` writes. They are zero before.
    package init<Failure>(count: Int, initializingWith body: (inout MutableSpan<UInt8>) throws(Failure) -> Void) throws(Failure) {
        let allocation = SecretArena.shared.allocate(byteCount: count)
        var span = unsafe UnsafeMutableBufferPointer(start: allocation.base, count: count).mutableSpan
        do throws(Failure) {
            try body(&span)
        } catch {
            SecretArena.shared.release(allocation)
            throw error
        }
        self.allocation = allocation
        self.count = count
    }

    package init(zeroesOfCount count: Int) {
        allocation = SecretArena.shared.allocate(byteCount: count)
        self.count = count
    }

    /// A copy of bytes that lie elsewhere. Who owns the original wipes it.
    package init(copying bytes: Span<UInt8>) {
        self.init(count: bytes.count) { span in
            for index in bytes.indices { span[index] = bytes[index] }
        }
    }

    package static func random(count: Int) -> SecretBytes {
        SecretBytes(count: count) { Random.fill(&$0) }
    }

    deinit { SecretArena.shared.release(allocation) }

    package borrowing func withBytes<Result: ~Copyable, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe UnsafeBufferPointer(start: allocation.base, count: count).span)
    }

    /// Whether both hold the same bytes, in time that depends on the length alone.
    package borrowing func isEqual(to other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        return unsafe sodium_memcmp(allocation.base, other.allocation.base, count) == 0
    }

    /// A second handle to a copy of the same bytes, for the rare owner that must outlive this one.
    package borrowing func duplicate() -> SecretBytes {
        withBytes { SecretBytes(copying: $0) }
    }
}

extension SecretBytes {
    /// Pointers for C, inside this module alone.
    borrowing func withUnsafeBytes<Result: ~Copyable, Failure>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeBufferPointer(start: allocation.base, count: count))
    }

    /// Secret bytes that a C function writes through the pointer it is given.
    init<Failure>(
        writtenByC count: Int, _ body: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let allocation = SecretArena.shared.allocate(byteCount: count)
        do throws(Failure) {
            try unsafe body(allocation.base)
        } catch {
            SecretArena.shared.release(allocation)
            throw error
        }
        self.allocation = allocation
        self.count = count
    }
}
