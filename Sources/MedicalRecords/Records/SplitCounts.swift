/// The numbers of the line that sums up a split: `32 resources → 11 records: general 4, medication 2, laboratory 5`.
package struct SplitCounts: Hashable, Sendable {
    package struct CategoryCount: Hashable, Sendable {
        package let category: Category
        package let records: Int
    }

    package let resources: Int
    package let records: Int
    /// For the categories that have records, in the order of their codes.
    package let byCategory: [CategoryCount]

    package init(_ records: [Record]) {
        self.init(of: records.map(\.facts))
    }

    /// - Parameter facts: of each record.
    package init(of facts: [RecordFacts]) {
        resources = facts.flatMap(\.types).reduce(0) { $0 + $1.count }
        records = facts.count
        byCategory = Category.allCases.compactMap { category in
            let count = facts.count { $0.category == category }
            return count == 0 ? nil : CategoryCount(category: category, records: count)
        }
    }
}
