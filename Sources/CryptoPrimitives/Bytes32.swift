internal import CSodium

/// Thirty-two bytes stored inline, so that hashes and keys cost no allocation.
package struct Bytes32: Hashable, Sendable {
    // Not a SIMD4: its alignment of 32 is more than what a task's memory has (16), and Swift 6.3 aborts when it frees such values.
    private struct Words: Hashable, Sendable {
        var first, second, third, fourth: UInt64

        static let zero = Words(first: 0, second: 0, third: 0, fourth: 0)
    }

    private var words: Words

    package static let count = 32
    package static let zero = Bytes32(words: .zero)

    private init(words: Words) {
        self.words = words
    }

    /// `nil` unless there are exactly 32 bytes.
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        var words = Words.zero
        unsafe withUnsafeMutableBytes(of: &words) { destination in
            unsafe bytes.withUnsafeBytes { unsafe destination.copyMemory(from: $0) }
        }
        self.words = words
    }

    package init?(_ bytes: [UInt8]) {
        self.init(bytes.span)
    }

    /// `nil` unless these are 64 lower-case hexadecimal digits.
    package init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 2 * Self.count, let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes)
    }

    package static func random() -> Bytes32 {
        guard let value = Bytes32(Random.bytes(count)) else { preconditionFailure("32 bytes were asked for") }
        return value
    }

    package func withBytes<Result: ~Copyable, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafePointer { pointer throws(Failure) in
            try body(unsafe UnsafeBufferPointer(start: pointer, count: Self.count).span)
        }
    }

    package var bytes: [UInt8] {
        unsafe withUnsafeBytes(of: words) { unsafe Array($0) }
    }
}

extension Bytes32 {
    func withUnsafePointer<Result: ~Copyable, Failure>(
        _ body: (UnsafePointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe Swift.withUnsafePointer(to: words) { pointer throws(Failure) in
            try unsafe body(UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self))
        }
    }

    init(writing body: (UnsafeMutablePointer<UInt8>) -> Void) {
        words = .zero
        unsafe withUnsafeMutablePointer(to: &words) {
            unsafe body(UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt8.self))
        }
    }
}

extension Bytes32: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package var description: String { Hexadecimal.encode(bytes) }
}

/// A public value of 32 bytes with a meaning of its own, so that a key cannot pass for a hash.
package protocol Value32: Hashable, Comparable, Sendable, CustomStringConvertible {
    var value: Bytes32 { get }
    init(_ value: Bytes32)
}

extension Value32 {
    package init?(_ bytes: Span<UInt8>) {
        guard let value = Bytes32(bytes) else { return nil }
        self.init(value)
    }

    package init?(_ bytes: [UInt8]) {
        self.init(bytes.span)
    }

    package init?(hexadecimal text: some StringProtocol) {
        guard let value = Bytes32(hexadecimal: text) else { return nil }
        self.init(value)
    }

    package static func random() -> Self { Self(Bytes32.random()) }

    package var bytes: [UInt8] { value.bytes }

    package var description: String { value.description }
}
