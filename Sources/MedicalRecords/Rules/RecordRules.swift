/// The three files of rules together: what a resource is filed under and labelled with.
package struct RecordRules: Sendable {
    private let codeLists: CodeLists
    private let categoryRules: CategoryRules
    private let labelRules: LabelRules

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
    }
}

extension RecordRules {
    /// What the rules say of one resource.
    struct Verdict: Hashable {
        let category: Category
        /// Sorted, each once.
        let labels: [Coding]
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
            var lists: CodeLists.Membership = []
            for codings in [resource.codes, resource.categories, resource.otherCodings, stated] {
                for coding in codings { lists.formUnion(membership(of: coding)) }
            }
            let category = rules.categoryRules.category(ofType: resource.type, categories: resource.categories, lists: lists)
            return Verdict(category: mostSensitive(category), labels: rules.labelRules.labels(stated: stated, lists: lists))
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
