extension Bytes32: Comparable {
    /// Order of the bytes, first byte first: the order in which canonical lists stand.
    package static func < (left: Bytes32, right: Bytes32) -> Bool {
        left.withBytes { left in
            right.withBytes { right in
                for index in left.indices where left[index] != right[index] { return left[index] < right[index] }
                return false
            }
        }
    }
}

extension Value32 {
    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension TextLine: Comparable {
    /// By bytes too. `String` goes by what the letters look like, and takes two spellings of one letter for the same.
    package static func < (left: TextLine, right: TextLine) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension Array {
    /// Whether each element is below the next, which also means that no two are alike.
    package func isAscending(by key: (Element) -> some Comparable) -> Bool {
        zip(self, dropFirst()).allSatisfy { key($0) < key($1) }
    }
}

extension [[UInt8]] {
    /// The same for strings of bytes, of which a shorter one stands before those that it begins.
    package var isAscendingBytes: Bool {
        zip(self, dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
    }
}
