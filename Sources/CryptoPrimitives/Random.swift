internal import CSodium

/// Bytes from the operating system's random number generator.
package enum Random {
    package static func bytes(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            Sodium.initialize()
            unsafe randombytes_buf(buffer.baseAddress!, count)
            initializedCount = count
        }
    }

    package static func fill(_ span: inout MutableSpan<UInt8>) {
        guard !span.isEmpty else { return }
        Sodium.initialize()
        unsafe span.withUnsafeMutableBufferPointer { unsafe randombytes_buf($0.baseAddress!, $0.count) }
    }
}

/// For `shuffled(using:)` and `randomElement(using:)` where an observer must learn nothing from the order.
package struct SecureRandomNumberGenerator: RandomNumberGenerator {
    package init() {}

    package mutating func next() -> UInt64 {
        var number: UInt64 = 0
        Sodium.initialize()
        unsafe withUnsafeMutableBytes(of: &number) { unsafe randombytes_buf($0.baseAddress!, $0.count) }
        return number
    }
}
