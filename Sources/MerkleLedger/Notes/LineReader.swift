/// Takes apart text whose every line ends in a newline.
struct LineReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next line without its newline; `nil` at the end, and before a last line that has no newline.
    mutating func next() -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: .newline) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }

    /// What follows `prefix` in the next line, which is taken only if it begins so.
    mutating func next(after prefix: String) -> ArraySlice<UInt8>? {
        guard rest.starts(with: prefix.utf8), let line = next() else { return nil }
        return line.dropFirst(prefix.utf8.count)
    }
}

extension UInt8 {
    static let newline = UInt8(ascii: "\n")
}
