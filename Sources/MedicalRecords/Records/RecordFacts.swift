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
    /// Sorted, each once.
    package let labels: [Coding]
    /// Whether labels were looked for. A file that is not looked into has none, and that says nothing about it.
    package let isLabelled: Bool
    /// From the first to the last clinical date in it.
    package let days: DaySpan?
    /// Sorted, each once.
    package let codes: [Coding]

    /// Facts as they were stated elsewhere. `nil` unless each list is as this type keeps it: sorted, nothing twice, nothing counted
    /// zero times.
    package init?(
        category: Category, mediaType: MediaType, types: [TypeCount], labels: [Coding], isLabelled: Bool, days: DaySpan?,
        codes: [Coding]
    ) {
        guard Self.isStrictlySorted(types.map(\.type)), Self.isStrictlySorted(labels), Self.isStrictlySorted(codes),
            types.allSatisfy({ $0.count > 0 })
        else { return nil }
        self.category = category
        self.mediaType = mediaType
        (self.types, self.labels, self.isLabelled, self.days, self.codes) = (types, labels, isLabelled, days, codes)
    }

    private static func isStrictlySorted(_ values: [some Comparable]) -> Bool {
        zip(values, values.dropFirst()).allSatisfy(<)
    }

    /// Of a file that is not looked into.
    init(category: Category, mediaType: MediaType) {
        self.category = category
        self.mediaType = mediaType
        (types, labels, isLabelled, days, codes) = ([], [], false, nil, [])
    }

    init(_ verdict: RecordRules.Verdict, of resources: [Resource], _ detail: Detail) {
        category = verdict.category
        mediaType = .fhirJSON
        types = Dictionary(grouping: resources, by: \.type)
            .map { TypeCount(type: $0, count: $1.count) }
            .sorted { $0.type < $1.type }
        labels = verdict.labels
        isLabelled = true
        days = resources.reduce(nil as DaySpan?) { span, resource in
            guard var span, let days = resource.days else { return span ?? resource.days }
            span.include(days)
            return span
        }
        codes = detail == .full ? Set(resources.flatMap(\.codes)).sorted() : []
    }
}
