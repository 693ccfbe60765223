/// How much a gateway takes, from whom, and how fast.
package struct GatewayLimits: Sendable {
    /// Connections at a time. More wait in the system's queue.
    package var connections = 1_024
    /// Calls per second of one key, and how many may come at once.
    package var callsPerKey = RateLimit(perSecond: 100, burst: 500)
    /// The same for one network address, counted before a signature is looked at.
    package var callsPerAddress = RateLimit(perSecond: 400, burst: 2_000)
    /// A body that comes more slowly is cut off, in bytes per second.
    package var minimumBodyRate = 16_384
    /// How long a body may take before its rate counts, in seconds.
    package var bodyGrace = 5
    /// A connection on which nothing happens is closed after so many seconds.
    package var idleTimeout: Int64 = 30
    /// What stays free of the disk for ending grants and keys and for decisions, in bytes.
    package var reservedSpace: UInt64 = 64 << 20
    /// In how many days an emergency is to be reviewed. The contract allows thirty.
    package var reviewDays: UInt32 = 7
    /// Bodies of messages that are being read at the same time, in bytes: of those whom a member admitted, and of all others.
    package var actorBodies = 256 << 20
    package var otherBodies = 64 << 20
    /// All header fields of a request together, in bytes.
    package var headerSize = 16 * 1_024

    package init() {}

    /// Leaves the store some of the file descriptors that this process may have, so that connections never take the last one.
    package mutating func fit(descriptors: Int) {
        connections = max(1, min(connections, descriptors - Self.otherDescriptors))
    }

    /// Database and log on five connections, payloads that are being read, event loops, sockets that listen.
    private static let otherDescriptors = 64
}

package struct RateLimit: Sendable {
    package let perSecond: Double
    package let burst: Double

    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }
}
