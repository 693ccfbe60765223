/// How finely a source is split.
package enum Granularity: Sendable {
    /// One record for each combination of category, labels and resource type.
    case type
    /// One record for each resource.
    case resource
}

extension RecordSource {
    /// The records this source makes, by category, type and labels; within each the resources keep their order and their bytes. A
    /// file that is not looked into is one record.
    ///
    /// - Parameter category: what the depositor says the records are. It counts where the rules find nothing more sensitive.
    package func split(
        by rules: RecordRules = .builtIn, granularity: Granularity = .type, category: Category? = nil,
        facts detail: RecordFacts.Detail = .brief
    ) -> [Record] {
        var judge = RecordRules.Judge(rules, sharedLabels: bundleLabels, statedCategory: category)
        if case .opaque(let mediaType) = form {
            return [Record(facts: RecordFacts(category: judge.category(of: mediaType), mediaType: mediaType), content: bytes)]
        }
        var groups: [Group: Members] = [:]
        for (position, resource) in resources.enumerated() {
            let number = granularity == .resource ? position : 0
            let verdict = judge.verdict(on: resource)
            let group = Group(category: verdict.category, labels: verdict.labels, type: resource.type, number: number)
            groups[group, default: Members()].append(position, verdict)
        }
        return groups.sorted { $0.key < $1.key }.map { record($0.key, $0.value, detail) }
    }

    /// What a split says of a file that is not looked into, by its first bytes alone, so that a large one need not be held in memory.
    /// `nil` where they are no proof that it is such a file: then all of it has to be looked at.
    package static func facts(
        ofFileStartingWith start: [UInt8], by rules: RecordRules = .builtIn, category: Category? = nil
    ) -> RecordFacts? {
        guard let mediaType = MediaType(ofFileStartingWith: start) else { return nil }
        let judge = RecordRules.Judge(rules, sharedLabels: [], statedCategory: category)
        return RecordFacts(category: judge.category(of: mediaType), mediaType: mediaType)
    }

    private func record(_ group: Group, _ members: Members, _ detail: RecordFacts.Detail) -> Record {
        let resources = members.positions.map { self.resources[$0] }
        let entries = resources.map { resource in
            CollectionBundle.Entry(fullURL: resource.fullURL.map { bytes[$0.quotedRange] }, resource: bytes(of: resource))
        }
        let bundle = CollectionBundle(labels: group.labels, entries: entries, holdsPatient: false)
        let labelling = Labelling(members.labels, isByRules: true, isByPerson: false)
        return Record(facts: RecordFacts(group.category, labelling, of: resources, detail), content: bundle.bytes)
    }

    private struct Members {
        var positions: [Int] = []
        var labels: [Labelling.Label] = []

        mutating func append(_ position: Int, _ verdict: RecordRules.Verdict) {
            positions.append(position)
            if labels.isEmpty {
                labels = verdict.labelling.labels
            } else if labels != verdict.labelling.labels {
                labels = Labelling(labels + verdict.labelling.labels, isByRules: true, isByPerson: false).labels
            }
        }
    }

    private struct Group: Hashable, Comparable {
        let category: Category
        let labels: [Coding]
        let type: String
        /// Keeps the resources apart where each is to be a record.
        let number: Int

        static func < (left: Group, right: Group) -> Bool {
            let (leftCode, rightCode) = (left.category.code, right.category.code)
            guard (leftCode, left.type) == (rightCode, right.type) else { return (leftCode, left.type) < (rightCode, right.type) }
            guard left.labels == right.labels else { return left.labels.lexicographicallyPrecedes(right.labels) }
            return left.number < right.number
        }
    }
}
