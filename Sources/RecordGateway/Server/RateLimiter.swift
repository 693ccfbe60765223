import Synchronization

/// Token buckets, one for each name. Names that have been quiet for long enough to be full again are forgotten.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var time: Int64
    }

    /// Above this many names, full buckets are thrown away.
    private static let capacity = 50_000

    private let limit: RateLimit
    private let buckets = Mutex<[String: Bucket]>([:])

    init(_ limit: RateLimit) {
        self.limit = limit
    }

    /// Whether one more call is allowed now, in seconds since 1970.
    func allows(_ name: String, at seconds: Int64) -> Bool {
        buckets.withLock { buckets in
            if buckets.count >= Self.capacity { buckets = buckets.filter { tokens($0.value, at: seconds) < limit.burst } }
            var bucket = buckets[name] ?? Bucket(tokens: limit.burst, time: seconds)
            bucket = Bucket(tokens: tokens(bucket, at: seconds), time: max(bucket.time, seconds))
            defer { buckets[name] = bucket }
            guard bucket.tokens >= 1 else { return false }
            bucket.tokens -= 1
            return true
        }
    }

    private func tokens(_ bucket: Bucket, at seconds: Int64) -> Double {
        min(limit.burst, bucket.tokens + Double(max(0, seconds - bucket.time)) * limit.perSecond)
    }
}
