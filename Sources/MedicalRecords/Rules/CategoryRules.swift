/// `policies/categories.json`: under which category a resource is filed.
///
/// In this order:
/// 1. `resourceTypes`: the type's category, `general` for a type that is not listed.
/// 2. `categoryCodes`: the resource's own `category` codings replace it, if any is listed. Of several the most sensitive counts.
/// 3. `codeLists`: the lists its codings are on, wherever in the resource they stand. The most sensitive of 2 and 3 is the answer.
///
/// `mostSensitiveFirst` ranks the categories and names each once. `mediaTypes` files what is not looked into.
struct CategoryRules: Sendable {
    /// The most sensitive has rank 0.
    private var ranks: [Category: Int] = [:]
    private var byType: [String: Category] = [:]
    private var byCode: [Coding: Category] = [:]
    private var byList: [(list: CodeLists.Membership, category: Category)] = []
    private var byMediaType: [String: Category] = [:]

    init(_ bytes: [UInt8], _ codeLists: CodeLists) throws(RuleError) {
        let names = ["mostSensitiveFirst", "resourceTypes", "categoryCodes", "codeLists", "mediaTypes"]
        let parts = try RuleNode(file: .categories, bytes).members(named: names)
        try readRanks(parts[0])
        byType = try Self.readNames(parts[1])
        try readCategoryCodes(parts[2])
        for (id, lists) in try parts[3].members() {
            let category = try Self.category(id, lists)
            for list in try lists.list() { byList.append((try codeLists.membership(list.text(), for: list), category)) }
        }
        byMediaType = try Self.readNames(parts[4])
    }

    func category(ofType type: String, categories: [Coding], lists: CodeLists.Membership) -> Category {
        let stated = mostSensitive(of: categories.compactMap { byCode[$0] })
        let listed = byList.filter { !lists.isDisjoint(with: $0.list) }.map(\.category)
        return mostSensitive(of: listed + [stated ?? byType[type] ?? .general]) ?? .general
    }

    func category(of mediaType: MediaType) -> Category {
        byMediaType[mediaType.rawValue] ?? .general
    }

    func mostSensitive(of categories: [Category]) -> Category? {
        categories.min { ranks[$0, default: 0] < ranks[$1, default: 0] }
    }
}

extension CategoryRules {
    private mutating func readRanks(_ node: RuleNode) throws(RuleError) {
        for entry in try node.list() {
            let category = try Self.category(entry.text(), entry)
            if ranks[category] != nil { throw entry.error(.repeated) }
            ranks[category] = ranks.count
        }
        if ranks.count < Category.allCases.count { throw node.error(.incomplete) }
    }

    private mutating func readCategoryCodes(_ node: RuleNode) throws(RuleError) {
        for (id, systems) in try node.members() {
            let category = try Self.category(id, systems)
            for (system, codes) in try systems.members() {
                for code in try codes.list() {
                    let coding = Coding(system: system, code: try code.text())
                    if byCode.updateValue(category, forKey: coding) != nil { throw code.error(.repeated) }
                }
            }
        }
    }

    /// Lists of names by category, turned round.
    private static func readNames(_ node: RuleNode) throws(RuleError) -> [String: Category] {
        var categories: [String: Category] = [:]
        for (id, names) in try node.members() {
            let category = try category(id, names)
            for name in try names.list() where categories.updateValue(category, forKey: try name.text()) != nil {
                throw name.error(.repeated)
            }
        }
        return categories
    }

    private static func category(_ id: String, _ node: RuleNode) throws(RuleError) -> Category {
        guard let category = Category(id: id) else { throw node.error(.unknownCategory) }
        return category
    }
}
