import Dispatch

/// A batch that does not come back, as on a disk that does not answer. The test says when it goes on.
package final class Standstill: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    private let reached = DispatchSemaphore(value: 0)

    package init() {}

    /// Blocks the writer's thread inside a batch.
    package func stand() {
        reached.signal()
        gate.wait()
    }

    package func end() { gate.signal() }

    /// Suspends until the writer stands.
    package func begun() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.reached.wait()
                continuation.resume()
            }
        }
    }
}
