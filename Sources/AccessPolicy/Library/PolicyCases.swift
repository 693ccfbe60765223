package import Cedar

/// Cases that say what a library decides, as data beside it.
///
///     {"grant": "permit (principal, action, resource);",
///      "requests": [{"description": …, "principal": {"type": …, "id": …}, "action": …, "resource": …, "context": {…},
///                    "decision": "deny", "reason": ["part2-purpose"], "obligations": []}]}
///
/// `grant` is what the patient's consents say, and may be left out: then everything is granted, so that what denies is the library.
/// `reason` names policies of the library alone.
package struct PolicyCases: Sendable {
    package struct Case: Sendable {
        package let description: String
        package let request: Cedar.Request
        package let decision: Decision
        package let reasons: [PolicyID]
        package let obligations: [String]
    }

    package let name: String
    package let cases: [Case]
    let grants: PolicySet

    /// - Parameter schema: for what may be left out of a context in JSON.
    package init(_ source: PolicyLibrary.Source, schema: Schema) throws(LibraryError) {
        name = source.name
        do {
            let object = try JSONNode(JSONReader.value(source.bytes), .root("file")).object(["grant", "requests"])
            let granted = try object["grant"]?.string().description ?? "permit (principal, action, resource);"
            var grants = PolicySet()
            for (number, body) in try PolicyBody.all(in: granted).enumerated() {
                try grants.add(body, id: CedarString("grant\(number)"))
            }
            self.grants = grants
            cases = try object.required("requests").elements().map { try Case($0.object(Case.members), schema) }
        } catch {
            throw .unreadable(file: source.name, reason: "\(error)")
        }
    }

    /// What a library decides otherwise than these cases say, a line each, and the policies that decided something here.
    fileprivate func run(_ library: PolicyLibrary, _ entities: Entities) -> (failures: [String], used: Set<PolicyID>) {
        var failures: [String] = []
        var used: Set<PolicyID> = []
        for item in cases {
            let ruling = library.rule(on: item.request, entities: entities, grants: [grants])
            let reasons = ruling.reasons.filter { grants.policies[$0] == nil }
            used.formUnion(reasons + ruling.obliging)
            let found = (ruling.decision, reasons, ruling.obligations.map(\.rawValue))
            guard found != (item.decision, item.reasons, item.obligations) || !ruling.erring.isEmpty else { continue }
            failures.append(
                "\(name), \(item.description): \(ruling.decision) \(found.1) \(found.2) \(ruling.erring), "
                    + "expected \(item.decision) \(item.reasons) \(item.obligations)")
        }
        return (failures, used)
    }
}

extension PolicyLibrary {
    /// A line for each case that is decided otherwise than it says, and for each policy that decides none: nobody would notice if it were
    /// wrong.
    package func differences(in files: [PolicyCases], _ entities: Entities) -> [String] {
        let results = files.map { $0.run(self, entities) }
        let used = results.reduce(into: Set()) { $0.formUnion($1.used) }
        let idle = policies.filter { !used.contains(CedarString($0.id)) }.map { "\($0.file): no case is decided by \($0.id)" }
        return results.flatMap(\.failures) + idle
    }
}

extension PolicyCases.Case {
    fileprivate static let members: [CedarString] = [
        "description", "principal", "action", "resource", "context", "decision", "reason", "obligations",
    ]

    fileprivate init(_ object: JSONObjectNode, _ schema: Schema) throws {
        description = try object.required("description").string().description
        let action = try ValueReader.uid(object.required("action"))
        request = Cedar.Request(
            principal: try ValueReader.uid(object.required("principal")), action: action,
            resource: try ValueReader.uid(object.required("resource")),
            context: try Record.context(object.required("context").value, schema: schema, action: action))
        try schema.validate(request)
        let word = try object.required("decision")
        guard let decision = Decision(rawValue: try word.string().description) else { throw word.mismatch("allow or deny") }
        self.decision = decision
        reasons = try object.required("reason").elements().map { element throws(JSONFormatError) in try element.string() }.sorted()
        obligations = try object.required("obligations").elements().map { element throws(JSONFormatError) in
            try element.string().description
        }.sorted()
    }
}
