import CryptoPrimitives

/// RFC 6962, sections 2.1 to 2.1.2, written as they stand there: slow, and plainly right.
enum Definitions {
    /// MTH(D).
    static func root(_ leaves: ArraySlice<Hash>) -> Hash {
        guard let first = leaves.first else { return .emptyTree }
        guard leaves.count > 1 else { return first }
        let (left, right) = split(leaves)
        return Hash.node(root(left), root(right))
    }

    /// PATH(m, D).
    static func path(_ index: Int, _ leaves: ArraySlice<Hash>) -> [Hash] {
        guard leaves.count > 1 else { return [] }
        let (left, right) = split(leaves)
        return index < left.count
            ? path(index, left) + [root(right)]
            : path(index - left.count, right) + [root(left)]
    }

    /// PROOF(m, D).
    static func proof(_ size: Int, _ leaves: ArraySlice<Hash>) -> [Hash] {
        subproof(size, leaves, isOlderTree: true)
    }

    private static func subproof(_ size: Int, _ leaves: ArraySlice<Hash>, isOlderTree: Bool) -> [Hash] {
        guard size < leaves.count else { return isOlderTree ? [] : [root(leaves)] }
        let (left, right) = split(leaves)
        return size <= left.count
            ? subproof(size, left, isOlderTree: isOlderTree) + [root(right)]
            : subproof(size - left.count, right, isOlderTree: false) + [root(left)]
    }

    private static func split(_ leaves: ArraySlice<Hash>) -> (ArraySlice<Hash>, ArraySlice<Hash>) {
        var count = 1
        while count * 2 < leaves.count { count *= 2 }
        return (leaves.prefix(count), leaves.dropFirst(count))
    }
}
