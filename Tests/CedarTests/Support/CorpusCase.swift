import Foundation

@testable import Cedar

/// One case of the Cedar corpora: a policy set, entities, a schema, and requests with the answers expected.
struct CorpusCase {
    struct Query {
        let request: Request
        let decision: Decision
        let reasons: Set<PolicyID>
        let errors: Set<PolicyID>
    }

    let policies: PolicySet
    let entities: Entities
    let schema: Schema
    let shouldValidate: Bool
    let queries: [Query]

    /// - Parameters:
    ///   - json: the case itself.
    ///   - file: the file at a path that the case names.
    init(json: [UInt8], file: (String) throws -> [UInt8]) throws {
        let object = try JSONNode(JSONReader.value(json), .root("case")).object()
        schema = try Schema(cedar: Self.text(file(object.required("schema").string().text)))
        entities = try Entities(json: file(object.required("entities").string().text), schema: schema)
        shouldValidate = try object.required("shouldValidate").bool()
        var policies = try PolicySet(parsing: file(object.required("policies").string().text))
        for link in try object["templateLinks"]?.elements() ?? [] {
            try policies.add(Self.link(link.object(), templates: policies.templates.values))
        }
        self.policies = policies
        var queries: [Query] = []
        for query in try object.required("requests").elements() { queries.append(try Query(query.object(), schema: schema)) }
        self.queries = queries
    }

    private static func text(_ bytes: [UInt8]) throws -> String { String(decoding: bytes, as: UTF8.self) }

    /// Here a template is named by its annotation.
    private static func link(_ object: JSONObjectNode, templates: some Sequence<Template>) throws -> Link {
        let name = try object.required("template_id").string()
        guard let template = templates.first(where: { $0.body.annotations["id"] == name }) else {
            throw CocoaError(.coderValueNotFound)
        }
        var values: [Slot: EntityUID] = [:]
        for (slot, value) in try object.required("values").object().members {
            guard let slot = Slot(rawValue: slot.text) else { throw CocoaError(.coderInvalidValue) }
            values[slot] = try EntityUID(parsing: value.string().text)
        }
        return try Link(id: object.required("new_id").string(), templateID: template.id, values: values)
    }
}

extension CorpusCase.Query {
    /// - Parameter reasons: what the reasons are called there.
    init(_ object: JSONObjectNode, schema: Schema?, reasons name: CedarString = "reason") throws {
        let action = try ValueReader.uid(object.required("action"))
        request = Request(
            principal: try ValueReader.uid(object.required("principal")), action: action,
            resource: try ValueReader.uid(object.required("resource")),
            context: try Record.context(object.required("context").value, schema: schema, action: action))
        guard let decision = Decision(rawValue: try object.required("decision").string().text) else {
            throw CocoaError(.coderInvalidValue)
        }
        self.decision = decision
        reasons = try Set(object.required(name).elements().map { try $0.string() })
        errors = try Set(object.required("errors").elements().map { try $0.string() })
    }

    /// What the engine answers otherwise than expected, or nil.
    func difference(from response: Response) -> String? {
        let reasons = Set(response.diagnostics.reasons)
        let errors = Set(response.diagnostics.errors.map(\.id))
        if response.decision == decision && reasons == self.reasons && errors == self.errors { return nil }
        return "\(response.decision) \(reasons) \(response.diagnostics.errors), expected \(decision) \(self.reasons) \(self.errors)"
    }
}
