/// What is sealed and granted as one: resources of one kind from one source, or a file as it is.
package struct Record: Sendable {
    package let facts: RecordFacts
    /// A collection Bundle as `CollectionBundle` writes it, or the exact bytes of a file that is not looked into.
    package let content: [UInt8]

    package init(facts: RecordFacts, content: [UInt8]) {
        (self.facts, self.content) = (facts, content)
    }
}
