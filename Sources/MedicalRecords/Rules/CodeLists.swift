/// `policies/code-lists.json`: codes by what they tell about a person.
///
///     { "systems": { "icd-10": ["http://hl7.org/fhir/sid/icd-10", …] },
///       "lists": { "hiv": { "icd-10": { "B20*": "HIV disease", "Z21": "HIV infection without symptoms" } } } }
///
/// `systems` gives each system a short name and all URIs it goes by. A code ending in a star stands for all that begin with what is
/// before it. `any` in the place of a system means all systems. What is said of a code is for people and not looked at.
struct CodeLists: Sendable {
    /// Lists that a coding is on, one bit each in the order of `names`.
    struct Membership: OptionSet {
        let rawValue: UInt64
    }

    private(set) var names: [String] = []
    private var exact: [Coding: Membership] = [:]
    private var exactInAnySystem: [String: Membership] = [:]
    /// What codes begin with, by system; under `nil` for all systems.
    private var prefixes: [String?: [(code: String, list: Membership)]] = [:]

    init(_ bytes: [UInt8]) throws(RuleError) {
        let parts = try RuleNode(file: .codeLists, bytes).members(named: ["systems", "lists"])
        let systems = try Self.systems(parts[0])
        for (name, list) in try parts[1].members() {
            guard names.count < Membership.RawValue.bitWidth else { throw list.error(.tooManyCodeLists) }
            let membership = Membership(rawValue: 1 << UInt64(names.count))
            names.append(name)
            for (system, codes) in try list.members() {
                guard let uris = systems[system] else { throw codes.error(.unknownSystem) }
                for (code, about) in try codes.members() {
                    _ = try about.text()
                    guard code.first != nil, code != "*" else { throw about.error(.emptyCode) }
                    for uri in uris { add(code, of: uri, to: membership) }
                }
            }
        }
    }

    /// The list of this name. Throws for the rule that asks for one that is not there.
    func membership(_ name: String, for rule: RuleNode) throws(RuleError) -> Membership {
        guard let index = names.firstIndex(of: name) else { throw rule.error(.unknownCodeList) }
        return Membership(rawValue: 1 << UInt64(index))
    }

    func lists(with coding: Coding) -> Membership {
        var lists = exact[coding] ?? []
        lists.formUnion(exactInAnySystem[coding.code] ?? [])
        for system in [coding.system, nil] {
            for prefix in prefixes[system] ?? [] where coding.code.hasPrefix(prefix.code) { lists.formUnion(prefix.list) }
        }
        return lists
    }

    /// By short name, every URI of a system; `nil` in the list stands for all systems.
    private static func systems(_ node: RuleNode) throws(RuleError) -> [String: [String?]] {
        var systems: [String: [String?]] = ["any": [nil]]
        var seen: Set<String> = []
        for (name, uris) in try node.members() {
            if systems[name] != nil { throw uris.error(.repeated) }
            systems[name] = []
            for uri in try uris.list() {
                guard seen.insert(try uri.text()).inserted else { throw uri.error(.repeated) }
                systems[name]?.append(try uri.text())
            }
        }
        return systems
    }

    private mutating func add(_ code: String, of system: String?, to list: Membership) {
        if code.hasSuffix("*") {
            prefixes[system, default: []].append((String(code.dropLast()), list))
        } else if let system {
            exact[Coding(system: system, code: code), default: []].formUnion(list)
        } else {
            exactInAnySystem[code, default: []].formUnion(list)
        }
    }
}
