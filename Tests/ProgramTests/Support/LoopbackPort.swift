import Synchronization

/// Ports for the gateways of tests that run side by side: no two of one run are the same, and all lie below those that the system gives to
/// outgoing connections.
enum LoopbackPort {
    private static let range = 10_000..<32_768
    private static let first = Int.random(in: range)
    private static let drawn = Atomic(0)

    static func next() -> Int {
        let number = drawn.add(1, ordering: .relaxed).oldValue
        return range.lowerBound + (first - range.lowerBound + number) % range.count
    }
}
