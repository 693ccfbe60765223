import GatewayAPI
import Synchronization

/// How many bytes of messages may be in memory at a time. Who asks for more is told to try again, so that slow senders of large messages
/// cannot fill a gateway's memory.
final class BodyBudget: Sendable {
    private let free: Mutex<Int>

    init(bytes: Int) {
        free = Mutex(bytes)
    }

    /// Sets `bytes` aside while `body` runs.
    func with<Result>(_ bytes: Int, _ body: () async throws -> Result) async throws -> Result {
        let isThere = free.withLock { free in
            guard free >= bytes else { return false }
            free -= bytes
            return true
        }
        guard isThere else { throw APIError(.unavailable, "too many large messages at the same time: try again") }
        defer { free.withLock { $0 += bytes } }
        return try await body()
    }
}
