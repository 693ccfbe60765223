/// What a depositor says of a record without showing it. Codes only where they were asked for: they tell nearly as much as the record.
package struct RecordFacts: Hashable, Sendable {
    package enum Detail: Sendable {
        case brief
        /// With codes.
        case full
    }

    package struct TypeCount: Hashable, Sendable {
        package let type: String
        package let count: Int

        package init(type: String, count: Int) {
            self.type = type
            self.count = count
        }
    }

    package let category: Category
    package let mediaType: MediaType
    /// By type. Empty for a file that is not looked into.
    package let types: [TypeCount]
    package let labelling: Labelling
    /// From the first to the last clinical date in it.
    package let days: DaySpan?
    /// Sorted, each once.
    package let codes: [Coding]

    /// Facts as they were stated elsewhere, labels too. `nil` unless each list is as this type keeps it: sorted, nothing twice, nothing counted
    /// zero times.
    package init?(
        category: Category, mediaType: MediaType, types: [TypeCount], labels: [Coding], isLabelled: Bool, days: DaySpan?,
        codes: [Coding]
    ) {
        guard Self.isStrictlySorted(types.map(\.type)), Self.isStrictlySorted(labels), Self.isStrictlySorted(codes),
            types.allSatisfy({ $0.count > 0 })
        else { return nil }
        let stated = labels.map { Labelling.Label(coding: $0, origins: .stated) }
        self.init(
            category: category, mediaType: mediaType, types: types,
            labelling: Labelling(stated, isByRules: isLabelled, isByPerson: false), days: days, codes: codes)
    }

    private init(
        category: Category, mediaType: MediaType, types: [TypeCount], labelling: Labelling, days: DaySpan?, codes: [Coding]
    ) {
        self.category = category
        self.mediaType = mediaType
        (self.types, self.labelling, self.days, self.codes) = (types, labelling, days, codes)
    }

    /// Sorted, each once.
    package var labels: [Coding] { labelling.labels.map(\.coding) }
    /// Whether labels were looked for. A file that is not looked into has none, and that says nothing about it.
    package var isLabelled: Bool { labelling.isLabelled }

    /// The same, with what a person says is in it: these labels and those that follow from them, or, if there are none, that none is
    /// missing. Labels may file it under something more sensitive.
    package func said(_ labels: [Coding], by rules: RecordRules = .builtIn) -> RecordFacts {
        RecordFacts(
            category: rules.category(of: labels, filedUnder: category), mediaType: mediaType, types: types,
            labelling: labelling.said(rules.labels(with: labels)), days: days, codes: codes)
    }

    private static func isStrictlySorted(_ values: [some Comparable]) -> Bool {
        zip(values, values.dropFirst()).allSatisfy(<)
    }

    /// Of a file that is not looked into.
    init(category: Category, mediaType: MediaType) {
        self.category = category
        self.mediaType = mediaType
        (types, labelling, days, codes) = ([], .none, nil, [])
    }

    init(_ category: Category, _ labelling: Labelling, of resources: [Resource], _ detail: Detail) {
        self.category = category
        self.labelling = labelling
        mediaType = .fhirJSON
        types = resources.reduce(into: [:]) { $0[$1.type, default: 0] += 1 }
            .map { TypeCount(type: $0, count: $1) }
            .sorted { $0.type < $1.type }
        days = resources.reduce(nil as DaySpan?) { span, resource in
            guard var span, let days = resource.days else { return span ?? resource.days }
            span.include(days)
            return span
        }
        codes = detail == .full ? Set(resources.flatMap(\.codes)).sorted() : []
    }
}
