/// The three files of rules together: what a resource is filed under and labelled with.
package struct RecordRules: Sendable {
    private let codeLists: CodeLists
    private let categoryRules: CategoryRules
    private let labelRules: LabelRules
    /// What labels depend on, as it was read: `code-lists.json`, `labels.json`.
    package let labelSources: [[UInt8]]

    /// The rules of `policies/`, which are compiled into the program.
    package static let builtIn: RecordRules = {
        do throws(RuleError) {
            return try RecordRules(
                codeLists: PackageResources.code_lists_json, categories: PackageResources.categories_json,
                labels: PackageResources.labels_json)
        } catch {
            preconditionFailure("\(error.file.rawValue): \(error.rule): \(error.reason)")
        }
    }()

    package init(codeLists: [UInt8], categories: [UInt8], labels: [UInt8]) throws(RuleError) {
        self.codeLists = try CodeLists(codeLists)
        categoryRules = try CategoryRules(categories, self.codeLists)
        labelRules = try LabelRules(labels, self.codeLists)
        labelSources = [codeLists, labels]
    }
}

extension RecordRules {
    /// What a person means by a label: `HIV`, a letter of the confidentiality scale, or `system|code`. `nil` for a bare code that the rules
    /// do not know, which is a slip of the pen more often than a new code.
    package func label(_ text: String) -> Coding? {
        if let label = Coding(description: text) { return label.system.isEmpty || label.code.isEmpty ? nil : label }
        if let confidentiality = Confidentiality(rawValue: text) { return confidentiality.label }
        let labels = [LabelRules.sensitivitySystem, LabelRules.ownSystem].map { Coding(system: $0, code: text) }
        return labels.first(where: labelRules.knows)
    }

    /// These labels with all that follow from them: `ETHUD` asks for `SUD`, and any sensitivity for its confidentiality. Sorted.
    package func labels(with labels: [Coding]) -> [Coding] {
        labelRules.labels(stated: labels, content: [], labels: lists(with: labels)).map(\.coding).sorted()
    }

    /// Where a record with these labels belongs, if they say more than what it is filed under.
    package func category(of labels: [Coding], filedUnder category: Category) -> Category {
        let byLabels = categoryRules.category(ofType: "", categories: [], lists: lists(with: labels))
        return categoryRules.mostSensitive(of: [category, byLabels]) ?? category
    }

    private func lists(with labels: [Coding]) -> CodeLists.Membership {
        labels.reduce(into: []) { $0.formUnion(codeLists.lists(with: $1)) }
    }
}

extension RecordRules {
    /// What the rules say of one resource.
    struct Verdict: Hashable {
        let category: Category
        let labelling: Labelling

        /// Sorted, each once. Resources with the same labels go together, wherever those come from.
        var labels: [Coding] { labelling.labels.map(\.coding) }
    }

    /// Applies the rules to the resources of one source, and remembers each code it looked up: sources repeat themselves.
    struct Judge {
        private let rules: RecordRules
        /// Labels that hold for every resource of the source.
        private let sharedLabels: [Coding]
        /// What the depositor says the records are.
        private let statedCategory: Category?
        private var seen: [Coding: CodeLists.Membership] = [:]

        init(_ rules: RecordRules, sharedLabels: [Coding], statedCategory: Category?) {
            (self.rules, self.sharedLabels, self.statedCategory) = (rules, sharedLabels, statedCategory)
        }

        mutating func verdict(on resource: Resource) -> Verdict {
            let stated = sharedLabels + resource.statedLabels
            let content = lists(with: resource.codes).union(lists(with: resource.categories)).union(
                lists(with: resource.otherCodings)
            ).union(rules.labelRules.lists(ofType: resource.type))
            let byLabels = lists(with: stated)
            let category = rules.categoryRules.category(
                ofType: resource.type, categories: resource.categories, lists: content.union(byLabels))
            let labels = rules.labelRules.labels(stated: stated, content: content, labels: byLabels)
            return Verdict(
                category: mostSensitive(category), labelling: Labelling(labels, isByRules: true, isByPerson: false))
        }

        private mutating func lists(with codings: [Coding]) -> CodeLists.Membership {
            var lists: CodeLists.Membership = []
            for coding in codings { lists.formUnion(membership(of: coding)) }
            return lists
        }

        /// What is not looked into is filed by what it is, or as the depositor says.
        func category(of mediaType: MediaType) -> Category {
            mostSensitive(rules.categoryRules.category(of: mediaType))
        }

        private func mostSensitive(_ category: Category) -> Category {
            guard let statedCategory else { return category }
            return rules.categoryRules.mostSensitive(of: [category, statedCategory]) ?? category
        }

        private mutating func membership(of coding: Coding) -> CodeLists.Membership {
            if let known = seen[coding] { return known }
            let membership = rules.codeLists.lists(with: coding)
            seen[coding] = membership
            return membership
        }
    }
}
