/// Codes of one system and which lie below which: each has one parent at most.
package struct CodeTree: Sendable {
    private let parents: [String: String]
    private let children: [String: [String]]

    /// - Parameter branches: by parent, the codes below it, parted by spaces.
    init(_ branches: [String: String]) {
        children = branches.mapValues { $0.split(separator: " ").map(String.init) }
        var parents: [String: String] = [:]
        for (parent, codes) in children {
            for code in codes { parents[code] = parent }
        }
        self.parents = parents
    }

    package func contains(_ code: String) -> Bool { parents[code] != nil || children[code] != nil }

    /// `nil` for a root, and for what is not here.
    package func parent(of code: String) -> String? { parents[code] }

    /// All above it, the nearest first.
    package func ancestors(of code: String) -> [String] {
        var ancestors: [String] = []
        var next = parents[code]
        while let ancestor = next {
            ancestors.append(ancestor)
            next = parents[ancestor]
        }
        return ancestors
    }

    /// The code and all below it, sorted. A code that is not here has none below it.
    package func family(of code: String) -> [String] {
        var family = [code]
        var next = 0
        while next < family.count {
            family += children[family[next]] ?? []
            next += 1
        }
        return family.sorted()
    }
}
