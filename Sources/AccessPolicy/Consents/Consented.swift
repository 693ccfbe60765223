package import Cedar

/// What a consent covers by name, where law asks that it be named: `Consented` of the schema.
package struct Consented: Hashable, Sendable {
    package var counsellingNotes = false
    /// Purposes consented to by themselves, as codes of v3-ActReason.
    package var separately: Set<String> = []
    /// Files that no labeller has looked into.
    package var unlabelled = false

    package init() {}

    package var record: Cedar.Record {
        [
            "counsellingNotes": .bool(counsellingNotes),
            // A grant has one recipient, and names it.
            "namesIntermediary": .bool(true),
            "separately": .set(ValueSet(separately.map { .entity(.purpose($0)) })),
            "unlabelled": .bool(unlabelled),
        ]
    }

    /// Stands in the permit as an annotation, so that the hash of a compilation covers it.
    var words: String {
        let words = (counsellingNotes ? ["counselling-notes"] : []) + (unlabelled ? ["unlabelled"] : [])
        return (words + separately.sorted().map { "separately \($0)" }).joined(separator: ", ")
    }
}
