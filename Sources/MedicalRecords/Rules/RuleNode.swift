/// A value in a file of rules, with the names that lead to it. Asking it for what it is not throws an error that says where it stands.
struct RuleNode {
    let file: RuleError.File
    /// The names from the top, with slashes between them.
    private let path: String
    private let value: JSONTree

    init(file: RuleError.File, _ bytes: [UInt8]) throws(RuleError) {
        do throws(JSONError) {
            var json = try JSONCursor(bytes)
            value = try JSONTree(&json)
            try json.expectEnd()
        } catch {
            throw RuleError(file, "", .json(error))
        }
        (self.file, path) = (file, "")
    }

    private init(_ value: JSONTree, named name: String, in parent: RuleNode) {
        file = parent.file
        path = parent.path.isEmpty ? name : "\(parent.path)/\(name)"
        self.value = value
    }

    func error(_ reason: RuleError.Reason) -> RuleError {
        RuleError(file, path, reason)
    }

    func text() throws(RuleError) -> String {
        guard case .text(let text) = value else { throw error(.wrongKind) }
        return text
    }

    /// A whole number.
    func number() throws(RuleError) -> Int {
        guard case .number(let digits) = value, let number = Int(digits) else { throw error(.wrongKind) }
        return number
    }

    func flag() throws(RuleError) -> Bool {
        guard case .flag(let flag) = value else { throw error(.wrongKind) }
        return flag
    }

    func list() throws(RuleError) -> [RuleNode] {
        guard case .list(let elements) = value else { throw error(.wrongKind) }
        return elements.enumerated().map { RuleNode($1, named: String($0), in: self) }
    }

    /// The members of an object whose names are data.
    func members() throws(RuleError) -> [(name: String, node: RuleNode)] {
        guard case .object(let members) = value else { throw error(.wrongKind) }
        return members.map { ($0.name, RuleNode($0.value, named: $0.name, in: self)) }
    }

    /// The members of an object that has exactly these names, in the order they are given here.
    func members(named names: [String]) throws(RuleError) -> [RuleNode] {
        let members = try members()
        if let unknown = members.first(where: { !names.contains($0.name) }) { throw unknown.node.error(.unknownKey) }
        var nodes: [RuleNode] = []
        for name in names {
            guard let member = members.first(where: { $0.name == name }) else {
                throw RuleNode(.null, named: name, in: self).error(.missingKey)
            }
            nodes.append(member.node)
        }
        return nodes
    }
}
