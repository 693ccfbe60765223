/// A set: its elements in the canonical order, none twice. Two sets are equal when their elements are.
package struct ValueSet: Hashable, Sendable {
    package let elements: [Value]
    /// How many sets and records lie inside one another, this one counted.
    package let depth: Int

    package static let empty = ValueSet([])

    package init(_ elements: some Sequence<Value>) {
        var unique: [Value] = []
        for element in elements.sorted() where unique.last != element { unique.append(element) }
        self.elements = unique
        depth = 1 + (unique.lazy.map(\.depth).max() ?? 0)
    }

    package var count: Int { elements.count }
    package var isEmpty: Bool { elements.isEmpty }

    package func contains(_ value: Value) -> Bool {
        guard elements.count > Self.scanned else { return elements.contains(value) }
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if elements[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < elements.count && elements[low] == value
    }

    package func isSuperset(of other: ValueSet) -> Bool {
        other.count <= count && other.elements.allSatisfy(contains)
    }

    package func intersects(_ other: ValueSet) -> Bool {
        other.count <= count ? other.elements.contains(where: contains) : elements.contains(where: other.contains)
    }

    /// Up to so many elements are compared one by one.
    private static let scanned = 6
}
