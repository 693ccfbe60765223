/// Attributes by name, sorted by name; no name occurs twice.
package struct Record: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package let name: CedarString
        package let value: Value

        package init(name: CedarString, value: Value) {
            self.name = name
            self.value = value
        }
    }

    package let fields: [Field]
    /// How many sets and records lie inside one another, this one counted.
    package let depth: Int

    package static let empty = Record(sorted: [])

    /// Nil where a name occurs twice.
    package init?(_ fields: [Field]) {
        let sorted = fields.sorted { $0.name < $1.name }
        for (left, right) in zip(sorted, sorted.dropFirst()) where left.name == right.name { return nil }
        self.init(sorted: sorted)
    }

    private init(sorted fields: [Field]) {
        self.fields = fields
        depth = 1 + (fields.lazy.map(\.value.depth).max() ?? 0)
    }

    package subscript(name: CedarString) -> Value? {
        guard fields.count > Self.scanned else { return fields.first { $0.name == name }?.value }
        var low = 0
        var high = fields.count
        while low < high {
            let middle = (low + high) / 2
            if fields[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < fields.count && fields[low].name == name ? fields[low].value : nil
    }

    /// Up to so many fields are compared one by one: most names differ in their first word.
    private static let scanned = 12

    package var isEmpty: Bool { fields.isEmpty }
}

extension Record: Comparable {
    package static func < (left: Record, right: Record) -> Bool {
        left.fields.lexicographicallyPrecedes(right.fields) { left, right in
            left.name == right.name ? left.value < right.value : left.name < right.name
        }
    }
}

extension Record: ExpressibleByDictionaryLiteral {
    /// For what is written in code: of a name that occurs twice, the last value counts.
    package init(dictionaryLiteral elements: (CedarString, Value)...) {
        let last = Dictionary(elements) { $1 }
        self.init(sorted: last.map { Field(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name })
    }
}
