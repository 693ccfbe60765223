import GatewayAPI
import Hummingbird
import NIOCore
import Synchronization

/// Reads a request's body against the clock: a body that comes more slowly than the minimum rate, after a grace, is cut off.
struct BodyReader: Sendable {
    let limits: GatewayLimits
    let meter: GatewayMeter

    /// Hands over the body in pieces. Throws `tooLarge` above `maximum` bytes and `tooSlow` when the body does not come in time.
    func read(_ body: RequestBody, atMost maximum: UInt64, _ consume: @escaping @Sendable ([UInt8]) async throws -> Void)
        async throws
    {
        let received = Received()
        defer { meter.received(received.total) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await buffer in body {
                    let total = received.count(buffer.readableBytes)
                    guard total <= maximum else { throw APIError(.tooLarge, "the message is larger than this call allows") }
                    try await consume(Array(buffer.readableBytesView))
                }
            }
            group.addTask { try await watch(received) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func watch(_ received: Received) async throws {
        // Seconds are counted one by one: those in which this process did not run are not the sender's.
        for seconds in 1... {
            try await Task.sleep(for: .seconds(1))
            guard received.total >= UInt64(max(0, seconds - limits.bodyGrace) * limits.minimumBodyRate) else {
                throw APIError(.tooSlow, "the message did not come in time")
            }
        }
    }

    private final class Received: Sendable {
        private let bytes = Atomic<UInt64>(0)

        var total: UInt64 { bytes.load(ordering: .relaxed) }

        func count(_ more: Int) -> UInt64 {
            bytes.wrappingAdd(UInt64(more), ordering: .relaxed).newValue
        }
    }
}
