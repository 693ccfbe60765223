// Policy sets in JSON.
//
//     {"templates": {"t": {…}}, "staticPolicies": {"p": {…}},
//      "templateLinks": [{"templateId": "t", "newId": "l", "values": {"?principal": {"type": "User", "id": "ann"}}}]}
extension PolicySet {
    package init(json bytes: [UInt8]) throws(PolicyJSONError) {
        let parts = try PolicySetParts(json: bytes)
        self.init()
        do throws(PolicySetError) {
            for policy in parts.policies { try add(policy) }
            for template in parts.templates { try add(template) }
            for link in parts.links { try add(link) }
        } catch {
            throw .set(error)
        }
    }

    /// On one line, everything sorted by id.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.name("templates")
            writer.policies(templates.mapValues(\.body))
            writer.name("staticPolicies")
            writer.policies(policies.mapValues(\.body))
            writer.name("templateLinks")
            writer.array { writer in
                for link in links.values.sorted(by: { $0.id < $1.id }) { writer.link(link) }
            }
        }
        return writer.bytes
    }
}

extension PolicyBody {
    /// Reads one policy or template in JSON.
    package init(json bytes: [UInt8]) throws(PolicyJSONError) {
        let node = try PolicySetParts.node(bytes, "policy")
        do throws(JSONFormatError) { self = try PolicyBody(json: node) } catch { throw .format(error) }
    }

    /// On one line.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.policy(self)
        return writer.bytes
    }
}

/// Why bytes are no policies in JSON.
package enum PolicyJSONError: Error, Hashable, Sendable {
    case json(JSONError)
    case format(JSONFormatError)
    case set(PolicySetError)
}

extension PolicyJSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .json(let error): error.description
        case .format(let error): error.description
        case .set(let error): error.description
        }
    }
}

/// What the JSON of a policy set holds, each for itself in order.
private struct PolicySetParts {
    private(set) var policies: [Policy] = []
    private(set) var templates: [Template] = []
    private(set) var links: [Link] = []

    init(json bytes: [UInt8]) throws(PolicyJSONError) {
        let node = try Self.node(bytes, "policies")
        do throws(JSONFormatError) { try read(node) } catch { throw .format(error) }
    }

    static func node(_ bytes: [UInt8], _ name: String) throws(PolicyJSONError) -> JSONNode {
        do throws(JSONError) {
            return JSONNode(try JSONReader.value(bytes, depthLimit: Limits.policyJSONDepth), .root(name))
        } catch {
            throw .json(error)
        }
    }

    private mutating func read(_ node: JSONNode) throws(JSONFormatError) {
        let object = try node.object(["templates", "staticPolicies", "templateLinks"])
        for (id, node) in try object.required("staticPolicies").object().members {
            guard let policy = Policy(id: id, try PolicyBody(json: node)) else {
                throw JSONFormatError(node.path, expected: "a policy without slots")
            }
            policies.append(policy)
        }
        for (id, node) in try object.required("templates").object().members {
            guard let template = Template(id: id, try PolicyBody(json: node)) else {
                throw JSONFormatError(node.path, expected: "a template with a slot")
            }
            templates.append(template)
        }
        for node in try object.required("templateLinks").elements() { links.append(try Self.link(node)) }
    }

    private static func link(_ node: JSONNode) throws(JSONFormatError) -> Link {
        let object = try node.object(["templateId", "newId", "values"])
        var values: [Slot: EntityUID] = [:]
        for (name, node) in try object.required("values").object().members {
            guard let slot = Slot(rawValue: name.text) else {
                throw JSONFormatError(node.path, expected: "?principal or ?resource")
            }
            values[slot] = try ValueReader.uid(node)
        }
        return Link(
            id: try object.required("newId").string(), templateID: try object.required("templateId").string(), values: values)
    }
}

extension JSONWriter {
    fileprivate mutating func policies(_ policies: [PolicyID: PolicyBody]) {
        object { writer in
            for (id, body) in policies.sorted(by: { $0.key < $1.key }) {
                writer.name(id)
                writer.policy(body)
            }
        }
    }

    fileprivate mutating func link(_ link: Link) {
        object { writer in
            writer.name("templateId")
            writer.string(link.templateID)
            writer.name("newId")
            writer.string(link.id)
            writer.name("values")
            writer.object { writer in
                for (slot, uid) in link.values.sorted(by: { $0.key < $1.key }) {
                    writer.name(CedarString(slot.rawValue))
                    writer.uid(uid)
                }
            }
        }
    }
}
