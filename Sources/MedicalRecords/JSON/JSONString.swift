/// Where a string stands in a document that was found valid: the bytes between its quotes.
package struct JSONString: Hashable, Sendable {
    package let range: Range<Int>
    package let hasEscapes: Bool

    init(range: Range<Int>, hasEscapes: Bool) {
        (self.range, self.hasEscapes) = (range, hasEscapes)
    }

    /// A text of its own, as it is.
    init(all bytes: [UInt8]) {
        self.init(range: bytes.indices, hasEscapes: false)
    }

    /// The range with the quotes, which is a JSON value of its own.
    package var quotedRange: Range<Int> { range.lowerBound - 1..<range.upperBound + 1 }

    package func text(in bytes: [UInt8]) -> String {
        hasEscapes ? String(decoding: decoded(in: bytes), as: UTF8.self) : String(decoding: bytes[range], as: UTF8.self)
    }

    func hasSameBytes(as other: JSONString, in bytes: [UInt8]) -> Bool {
        guard range.count == other.range.count else { return false }
        var (index, otherIndex) = (range.lowerBound, other.range.lowerBound)
        while index &+ 8 <= range.upperBound {
            if JSONToken.word(at: index, in: bytes.span) != JSONToken.word(at: otherIndex, in: bytes.span) { return false }
            (index, otherIndex) = (index &+ 8, otherIndex &+ 8)
        }
        while index < range.upperBound {
            if bytes[index] != bytes[otherIndex] { return false }
            (index, otherIndex) = (index &+ 1, otherIndex &+ 1)
        }
        return true
    }

    /// One of 64 numbers, by length and a few bytes: enough to tell apart the names of one object, and the same cost for any length.
    @inline(__always) func mark(in bytes: Span<UInt8>) -> Int {
        guard !range.isEmpty else { return 0 }
        let length = range.upperBound &- range.lowerBound
        let first = Int(bytes[range.lowerBound])
        let middle = Int(bytes[range.lowerBound &+ length >> 1])
        let last = Int(bytes[range.upperBound &- 1])
        return (first &* 31 &+ middle &* 7 &+ last &* 17 &+ length) & (Self.markCount &- 1)
    }

    static let markCount = 64

    func equals(_ name: [UInt8], in bytes: [UInt8]) -> Bool {
        guard !hasEscapes else { return decoded(in: bytes) == name }
        guard range.count == name.count else { return false }
        for index in name.indices where bytes[range.lowerBound + index] != name[index] { return false }
        return true
    }

    /// The UTF-8 the string stands for.
    func decoded(in bytes: [UInt8]) -> [UInt8] {
        guard hasEscapes else { return Array(bytes[range]) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            if bytes[position] == UInt8(ascii: "\\") {
                guard let scalar = JSONEscape.scalar(at: &position, in: bytes.span) else {
                    preconditionFailure("a string that was found valid has a broken escape")
                }
                decoded += Array(String(scalar).utf8)
            } else {
                decoded.append(bytes[position])
                position += 1
            }
        }
        return decoded
    }
}
