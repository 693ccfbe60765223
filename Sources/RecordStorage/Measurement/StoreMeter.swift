import Synchronization

/// What a store's writing costs, for whoever runs it. It knows nothing of what is written.
package final class StoreMeter: Sendable {
    package struct Values: Sendable {
        /// Writers that wait for their batch or are in one.
        package fileprivate(set) var waiting = 0
        /// Writers in a batch.
        package fileprivate(set) var batch = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096])
        /// How long a batch took to become durable once it was written, in seconds.
        package fileprivate(set) var sync = Histogram(bounds: Histogram.secondBounds)
        /// Batches of which nothing was kept.
        package fileprivate(set) var failures: UInt64 = 0
        /// When the newest checkpoint was signed.
        package fileprivate(set) var signed = ContinuousClock.now
    }

    private let state = Mutex(Values())

    package var values: Values { state.withLock { $0 } }

    func began() { state.withLock { $0.waiting += 1 } }
    func ended() { state.withLock { $0.waiting -= 1 } }

    func wrote(_ writers: Int, syncing duration: Duration) {
        state.withLock { state in
            state.batch.observe(Double(writers))
            state.sync.observe(duration / .seconds(1))
        }
    }

    func failed() { state.withLock { $0.failures += 1 } }
    func signed() { state.withLock { $0.signed = .now } }
}
