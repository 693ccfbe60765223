/// Where a string stands in a document that was found valid: the bytes between its quotes.
package struct JSONString: Hashable, Sendable {
    package let range: Range<Int>
    package let hasEscapes: Bool

    /// The range with the quotes, which is a JSON value of its own.
    package var quotedRange: Range<Int> { range.lowerBound - 1..<range.upperBound + 1 }

    package func text(in bytes: [UInt8]) -> String {
        hasEscapes ? String(decoding: decoded(in: bytes), as: UTF8.self) : String(decoding: bytes[range], as: UTF8.self)
    }

    func hasSameBytes(as other: JSONString, in bytes: [UInt8]) -> Bool {
        range.count == other.range.count && bytes[range] == bytes[other.range]
    }

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
