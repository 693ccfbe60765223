/// `policies/labels.json`: which security labels a resource gets beside those it came with.
///
///     { "codeLists": { "hiv": { "sensitivity": ["HIV"], "confidentiality": "R" } },
///       "resourceTypes": { "MolecularSequence": ["genetic"] },
///       "knownLabels": { "http://terminology.hl7.org/CodeSystem/v3-ActCode": ["HIV", …] },
///       "unknownLabels": { "confidentiality": "R" } }
///
/// No label is ever taken away. Each list that a coding of the resource is on adds its sensitivities, codes of v3-ActCode; of the
/// confidentialities the highest counts, and it is added if the resource came with none as high. A resource of one of `resourceTypes` is
/// on these lists whatever its codings. A label outside `knownLabels` is
/// kept like any other, and taken for a sensitive one.
struct LabelRules: Sendable {
    static let sensitivitySystem = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    /// Of labels for which HL7 has no code.
    static let ownSystem = "urn:x-cordon:label"

    private struct Rule {
        let list: CodeLists.Membership
        let sensitivities: [Coding]
        let confidentiality: Confidentiality
    }

    private var rules: [Rule] = []
    private var byType: [String: CodeLists.Membership] = [:]
    private var known: Set<Coding> = []
    private let ofUnknown: Confidentiality

    init(_ bytes: [UInt8], _ codeLists: CodeLists) throws(RuleError) {
        let parts = try RuleNode(file: .labels, bytes).members(named: [
            "codeLists", "resourceTypes", "knownLabels", "unknownLabels",
        ])
        let unknown = try parts[3].members(named: ["confidentiality"])
        ofUnknown = try Self.confidentiality(unknown[0])
        for (type, lists) in try parts[1].members() {
            for list in try lists.list() { byType[type, default: []].formUnion(try codeLists.membership(list.text(), for: list)) }
        }
        for (system, codes) in try parts[2].members() {
            for code in try codes.list() where !known.insert(Coding(system: system, code: try code.text())).inserted {
                throw code.error(.repeated)
            }
        }
        for (name, rule) in try parts[0].members() {
            let members = try rule.members(named: ["sensitivity", "confidentiality"])
            let list = try codeLists.membership(name, for: rule)
            let sensitivities = try sensitivities(members[0])
            rules.append(Rule(list: list, sensitivities: sensitivities, confidentiality: try Self.confidentiality(members[1])))
        }
    }

    /// All labels, each with where it comes from.
    ///
    /// - Parameters:
    ///   - content: the lists that codes of the resource are on.
    ///   - labels: the lists that the stated labels themselves are on.
    func labels(stated: [Coding], content: CodeLists.Membership, labels: CodeLists.Membership) -> [Labelling.Label] {
        var origins: [Coding: Labelling.Origins] = [:]
        for label in stated { origins[label] = .stated }
        var needed: Confidentiality?
        for rule in rules where !content.union(labels).isDisjoint(with: rule.list) {
            for sensitivity in rule.sensitivities {
                // A label that is on a list only says itself again.
                if content.isDisjoint(with: rule.list), origins[sensitivity] != nil { continue }
                origins[sensitivity, default: []].insert(.rules)
            }
            needed = max(needed ?? rule.confidentiality, rule.confidentiality)
        }
        if !stated.allSatisfy(known.contains) { needed = max(needed ?? ofUnknown, ofUnknown) }
        let highest = stated.compactMap(Confidentiality.init(label:)).max() ?? .unrestricted
        if let needed, highest < needed { origins[needed.label, default: []].insert(.rules) }
        return origins.map { Labelling.Label(coding: $0, origins: $1) }
    }

    func lists(ofType type: String) -> CodeLists.Membership { byType[type] ?? [] }

    func knows(_ label: Coding) -> Bool { known.contains(label) }

    private func sensitivities(_ node: RuleNode) throws(RuleError) -> [Coding] {
        var codings: [Coding] = []
        for code in try node.list() {
            let coding = Coding(system: Self.sensitivitySystem, code: try code.text())
            guard known.contains(coding) else { throw code.error(.unknownLabel) }
            codings.append(coding)
        }
        return codings
    }

    private static func confidentiality(_ node: RuleNode) throws(RuleError) -> Confidentiality {
        guard let confidentiality = Confidentiality(rawValue: try node.text()) else { throw node.error(.unknownConfidentiality) }
        return confidentiality
    }
}
