import MedicalRecords

/// What would be stored of one record, beside its content.
struct DepositPreview: Encodable {
    let category: String
    let mediaType: String
    let types: [String: Int]
    let from: String?
    let to: String?
    let labels: [LabelOrigin]
    let isLabelled: Bool

    init(_ facts: RecordFacts) {
        category = facts.category.id
        mediaType = facts.mediaType.rawValue
        types = Dictionary(facts.types.map { ($0.type, $0.count) }, uniquingKeysWith: +)
        from = facts.days?.earliest.description
        to = facts.days?.latest.description
        labels = facts.labelling.labels.map { LabelOrigin($0.coding.description, $0.origins) }
        isLabelled = facts.isLabelled
    }

    var words: String {
        let what =
            types.isEmpty ? mediaType : types.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let days = from.map { from in from == to ? "  \(from)" : "  \(from) to \(to ?? from)" } ?? ""
        let said = labels.isEmpty ? "no labels" : labels.map(\.words).joined(separator: ", ")
        let labelling = isLabelled ? said : "nobody looked into it: restricted; --label or --not-sensitive says what is in it"
        return "\(category)  \(what)\(days)  [\(labelling)]"
    }
}
