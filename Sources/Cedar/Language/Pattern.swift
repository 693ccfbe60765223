/// What `like` matches against. A wildcard stands for any text, the empty one too.
package struct Pattern: Hashable, Sendable {
    package enum Element: Hashable, Sendable {
        case wildcard
        case scalar(Unicode.Scalar)
    }

    package let elements: [Element]

    package init(_ elements: [Element]) {
        self.elements = elements
    }
}
