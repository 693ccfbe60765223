import CryptoPrimitives
import Foundation
import GatewayAPI
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient
@testable import MedicalRecords

/// Where labels come from, in FHIR. docs/labels.md.
@Suite struct LabelProvenanceTests {
    private static let observation = """
        {"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Observation",\
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}]}},\
        {"resource":{"resourceType":"Observation","id":"o2",\
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}]}}]}
        """

    /// A FHIR record of Ana's at Lakeside, and its id.
    private func sharing(_ body: (Town, ReceivedGrant, DepositItem, String) async throws -> Void) async throws {
        try await Town.sharing { town, grant in
            let record = try #require(RecordSource(Array(Self.observation.utf8)).split().first)
            let item = DepositItem(record)
            let reports = try await town.hillside.deposit([item], for: "12345") { _, _ in }
            let id = try #require(reports.first?.records.first?.record.description)
            try await body(town, grant, item, id)
        }
    }

    private func provenances(_ id: String, _ town: Town, _ grant: ReceivedGrant) async throws -> [[String: Any]] {
        let records = try await town.request(grant)
        let record = try #require(records.first { $0.descriptor.record.description == id })
        let content = try town.lakeside.content(of: record, grant)
        let all = try LabelProvenance.all(of: record, content: content, town.lakeside.session)
        let data = try JSONEncoder().encode(LabelProvenanceBundle(all))
        let bundle = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(bundle["resourceType"] as? String == "Bundle" && bundle["type"] as? String == "collection")
        let entries = try #require(bundle["entry"] as? [[String: Any]])
        return try entries.map { try #require($0["resource"] as? [String: Any]) }
    }

    private func code(_ element: Any?) -> String? {
        let concept = (element as? [[String: Any]])?.first ?? element as? [String: Any]
        return (concept?["coding"] as? [[String: Any]])?.first?["code"] as? String
    }

    private func agent(_ provenance: [String: Any]) -> [String: Any]? {
        (provenance["agent"] as? [[String: Any]])?.first
    }

    @Test func `the rules are named for what they labelled, and the resources that it concerns`() async throws {
        try await sharing { town, grant, _, id in
            let all = try await provenances(id, town, grant)
            let provenance = try #require(all.first)
            #expect(all.count == 1 && provenance["resourceType"] as? String == "Provenance")
            let targets = provenance["target"] as? [[String: Any]]
            #expect(targets?.map { $0["reference"] as? String } == ["urn:uuid:1", "Observation/o2"])
            #expect(code(provenance["activity"]) == "CREATE" && code(provenance["reason"]) == "METAMGT")
            #expect(code(agent(provenance)?["type"]) == "assembler")
            let policy = (provenance["policy"] as? [String])?.first
            #expect(policy?.hasPrefix("urn:x-cordon:label-rules:") == true && policy?.utf8.count == 25 + 64)
            let recorded = try #require(provenance["recorded"] as? String)
            #expect(recorded.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:00Z/) != nil)
            #expect(provenance["entity"] == nil)
        }
    }

    @Test func `so is a person, with the reason and the version before`() async throws {
        try await sharing { town, grant, item, id in
            let hiv = Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "HIV")
            let change = LabelChange(
                adding: [hiv, Confidentiality.restricted.label], removing: [], because: line("the patient's own word"))
            _ = try await town.hillside.relabel(id, of: "12345", change, from: [item])
            let all = try await provenances(id, town, grant)
            #expect(all.map { code(agent($0)?["type"]) } == ["assembler", "author"])
            let provenance = try #require(all.last)
            #expect(code(provenance["activity"]) == "UPDATE" && provenance["policy"] == nil)
            let reasons = provenance["reason"] as? [[String: Any]]
            #expect(reasons?.first?["text"] as? String == "the patient's own word")
            let who = agent(provenance)?["who"] as? [String: Any]
            #expect(who?["display"] as? String == "Hillside Clinic")
            let entity = (provenance["entity"] as? [[String: Any]])?.first
            #expect(entity?["role"] as? String == "revision")
            #expect(((entity?["what"] as? [String: Any])?["display"] as? String)?.hasSuffix("version 1") == true)
            let security = (provenance["meta"] as? [String: Any])?["security"] as? [[String: Any]]
            #expect(security?.map { $0["code"] as? String } == ["HIV", "R"])
            // Nothing of it is in the record.
            let record = try #require(try town.lakeside.records(grant).first { $0.descriptor.record.description == id })
            #expect(try town.lakeside.content(of: record, grant) == Array(item.bytes))
        }
    }

    @Test func `what nobody looked into has none`() async throws {
        try await sharing { town, grant, _, id in
            let records = try await town.request(grant).filter { $0.descriptor.record.description != id }
            let all = try records.flatMap { try LabelProvenance.all(of: $0, content: [], town.lakeside.session) }
            #expect(!records.isEmpty && all.isEmpty)
        }
    }
}

extension DepositItem {
    fileprivate var bytes: [UInt8] {
        if case .bytes(let bytes) = content { bytes } else { [] }
    }
}
