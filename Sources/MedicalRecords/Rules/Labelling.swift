/// The labels of a record, and how it came by each.
package struct Labelling: Hashable, Sendable {
    /// Where a label comes from: at least one of these, and all that hold.
    package struct Origins: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The resource came with it, or the bundle it came in.
        package static let stated = Origins(rawValue: 1)
        /// A code in the record is on a list, or one of its labels asks for another.
        package static let rules = Origins(rawValue: 2)
        /// Somebody at the depositing clinic said so.
        package static let person = Origins(rawValue: 4)
        /// The patient's card asks for it, of everything that is deposited under it.
        package static let card = Origins(rawValue: 8)

        package static let all: Origins = [.stated, .rules, .person, .card]
    }

    package struct Label: Hashable, Sendable {
        package let coding: Coding
        package let origins: Origins
    }

    /// Sorted by coding, each once.
    package let labels: [Label]
    /// Whether the rules looked for labels.
    package let isByRules: Bool
    /// Whether a person said what labels there are, or that there are none.
    package let isByPerson: Bool

    /// Of what nobody looked into.
    package static let none = Labelling([], isByRules: false, isByPerson: false)

    /// Whether anybody looked. No labels say nothing of what nobody looked into.
    package var isLabelled: Bool { isByRules || isByPerson }

    /// Of several origins of one label all count.
    package init(_ labels: [Label], isByRules: Bool, isByPerson: Bool) {
        let origins = Dictionary(labels.map { ($0.coding, $0.origins) }, uniquingKeysWith: { $0.union($1) })
        self.labels = origins.map { Label(coding: $0, origins: $1) }.sorted { $0.coding < $1.coding }
        (self.isByRules, self.isByPerson) = (isByRules, isByPerson)
    }

    /// With what a person says of it: these labels, or that none is missing.
    package func said(_ codings: [Coding]) -> Labelling {
        Labelling(labels + codings.map { Label(coding: $0, origins: .person) }, isByRules: isByRules, isByPerson: true)
    }
}
