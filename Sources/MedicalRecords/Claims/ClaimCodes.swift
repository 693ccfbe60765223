/// A published list of codes, of which a claim tells the place. It never changes: another list is another version, and belongs to another
/// version of the schemas that use it.
package struct ClaimCodeList: Sendable {
    package let id: String
    package let version: String
    /// Who published the codes.
    package let source: String
    /// Of the codes; empty where an element's definition leaves no other.
    package let system: String
    /// Each with words for people.
    package let codes: [(code: String, words: String)]
    private let indexes: [String: UInt16]

    /// `cvx/1`, as schemas name it.
    package var name: String { "\(id)/\(version)" }

    package func index(of code: String) -> UInt16? { indexes[code] }

    fileprivate init(id: String, _ node: RuleNode) throws(RuleError) {
        let parts = try node.members(named: ["version", "source", "system", "codes"])
        self.id = id
        version = try parts[0].text()
        source = try parts[1].text()
        system = try parts[2].text()
        var codes: [(code: String, words: String)] = []
        for (code, words) in try parts[3].members() { codes.append((code, try words.text())) }
        guard codes.count <= Int(UInt16.max) else { throw node.error(.tooLarge) }
        self.codes = codes
        indexes = Dictionary(uniqueKeysWithValues: codes.indices.map { (codes[$0].code, UInt16($0)) })
    }
}

/// `claim-codes.json`: the lists by name, and short names of systems for people.
struct ClaimCodes: Sendable {
    let lists: [String: ClaimCodeList]
    let systems: [String: String]

    init(_ bytes: [UInt8]) throws(RuleError) {
        let parts = try RuleNode(file: .claimCodes, bytes).members(named: ["systems", "lists"])
        var systems: [String: String] = [:]
        for (name, system) in try parts[0].members() { systems[name] = try system.text() }
        var lists: [String: ClaimCodeList] = [:]
        for (id, list) in try parts[1].members() { lists[id] = try ClaimCodeList(id: id, list) }
        (self.systems, self.lists) = (systems, lists)
    }
}
