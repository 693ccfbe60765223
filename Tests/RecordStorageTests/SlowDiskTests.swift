import CryptoPrimitives
import RecordStorage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct SlowDisks {
    private static let bound = 4_096
    private static let tooMany = 64

    private static func nonce(_ number: Int) throws -> Bytes32 {
        try #require(Bytes32(SHA256.hash(Array("\(number)".utf8)).bytes))
    }

    private func use(_ number: Int, in store: LedgerStore) async throws -> Bool {
        let nonce = try Self.nonce(number)
        return try await store.commit { try $0.useNonce(nonce, of: publicKey("x"), until: 1_000) }.result
    }

    /// Which of these were written, as the store knows when it comes back.
    private func written(_ numbers: some Sequence<Int> & Sendable, in fixture: StoreFixture) async throws -> Set<Int> {
        let store = try fixture.open()
        let fresh = try await store.commit { transaction in
            try numbers.filter { try transaction.useNonce(try Self.nonce($0), of: publicKey("x"), until: 1_000) }
        }.result
        try store.close()
        return Set(numbers).subtracting(fresh)
    }

    @Test func `while nothing is written, so many writers wait and the others are told; then all that waited are written`()
        async throws
    {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let standstill = Standstill()
        let leader = Task { try await store.commit { _ in standstill.stand() } }
        await standstill.begun()
        var (done, refused): (Set<Int>, Set<Int>) = ([], [])
        try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
            for number in 0..<Self.bound + Self.tooMany {
                group.addTask {
                    do {
                        return (number, try await use(number, in: store))
                    } catch StoreError.busy {
                        return (number, false)
                    }
                }
            }
            for try await (number, isDone) in group {
                if isDone {
                    done.insert(number)
                } else {
                    refused.insert(number)
                }
                // Nobody can be done before this, and nobody is refused after it.
                if refused.count == Self.tooMany { standstill.end() }
            }
        }
        _ = try await leader.value
        #expect(refused.count == Self.tooMany && done.count == Self.bound)
        // It takes new ones again.
        #expect(try await use(-1, in: store))
        try store.close()
        #expect(try await written(0..<Self.bound + Self.tooMany, in: fixture) == done)
    }

    @Test func `a store that is closed while 64 writers wait ends, and keeps what it acknowledged`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let standstill = Standstill()
        let leader = Task { try await store.commit { _ in standstill.stand() } }
        await standstill.begun()
        let done = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<64 {
                group.addTask { (try? await use(number, in: store)) == true ? number : nil }
            }
            let closing = Task.detached { try store.close() }
            standstill.end()
            try await closing.value
            return try await group.reduce(into: Set<Int>()) { if let number = $1 { $0.insert(number) } }
        }
        _ = try await leader.value
        #expect(try await written(0..<64, in: fixture) == done)
        await #expect(throws: StoreError.self) { _ = try await use(0, in: store) }
    }
}
