import AccessPolicy
import CryptoPrimitives
package import GatewayAPI
import MedicalRecords
import SharingContract

/// A FHIR R4 Provenance of the labels of one record: who gave them, by what, when. docs/labels.md.
///
/// It stands beside the record and changes nothing in it. As it tells what the record is labelled with, it carries the same labels.
package struct LabelProvenance: Encodable, Sendable {
    let resourceType = "Provenance"
    let meta: Meta
    let target: [Reference]
    let recorded: String
    /// Names of the rules; absent where a person labelled.
    let policy: [String]?
    let reason: [Concept]
    let activity: Concept
    let agent: [Agent]
    let entity: [Entity]?

    struct Meta: Encodable {
        let security: [Code]
    }

    struct Code: Encodable {
        let system: String
        let code: String
    }

    struct Concept: Encodable {
        let coding: [Code]
        let text: String?
    }

    struct Reference: Encodable {
        var reference: String?
        var identifier: Identifier?
        var display: String?
    }

    struct Identifier: Encodable {
        let value: String
    }

    struct Agent: Encodable {
        let type: Concept
        let who: Reference
        let onBehalfOf: Reference?
    }

    struct Entity: Encodable {
        let role: String
        let what: Reference
    }
}

extension LabelProvenance {
    /// What is known of how the labels of a record came about: at most one for the rules, one for a person and one for the patient's
    /// card. Labels that a resource came with are its author's and get none.
    ///
    /// - Parameter content: of the record.
    package static func all(of record: StoredRecord, content: [UInt8], _ session: Session) throws(ClientError) -> [LabelProvenance]
    {
        guard let facts = try? StoredFacts(canonical: record.descriptor.facts) else { return [] }
        let act = try Act(record, facts, content, session)
        var all: [LabelProvenance] = []
        if let rules = facts.rules { all.append(act.provenance(byRules: rules)) }
        if facts.isByPerson { all.append(act.provenanceByPerson()) }
        if facts.givenLabels.contains(where: { $0.origins.contains(.card) }) { all.append(act.provenanceByCard()) }
        return all
    }

    /// What all that is said of one record has in common.
    private struct Act {
        let record: StoredRecord
        let facts: StoredFacts
        let target: [Reference]
        let recorded: String
        let clinic: Reference

        init(_ record: StoredRecord, _ facts: StoredFacts, _ content: [UInt8], _ session: Session) throws(ClientError) {
            (self.record, self.facts) = (record, facts)
            target = Self.targets(record.descriptor, content)
            recorded = try session.ledger.leaf(record.deposit).time.instant
            let depositor = record.descriptor.depositor
            let actor = (try? session.ledger.state.actor(depositor)) ?? nil
            clinic = Reference(identifier: Identifier(value: depositor.description), display: actor?.actor.name.text)
        }

        func provenance(byRules rules: Hash) -> LabelProvenance {
            let rulesAgent = Agent(
                type: participant("assembler"), who: Reference(display: "labelling rules \(rules)"), onBehalfOf: clinic)
            return provenance(.rules, policy: ["urn:x-cordon:label-rules:\(rules)"], agent: rulesAgent, reason: nil)
        }

        func provenanceByPerson() -> LabelProvenance {
            let author = Agent(type: participant("author"), who: clinic, onBehalfOf: nil)
            let reason = facts.relabelling.flatMap { $0.isEmpty ? nil : $0.text }
            return provenance(.person, policy: nil, agent: author, reason: reason)
        }

        func provenanceByCard() -> LabelProvenance {
            let assembler = Agent(type: participant("assembler"), who: Reference(display: "the patient's card"), onBehalfOf: clinic)
            return provenance(.card, policy: nil, agent: assembler, reason: nil)
        }

        private func provenance(
            _ origin: Labelling.Origins, policy: [String]?, agent: Agent, reason: String?
        ) -> LabelProvenance {
            let given = facts.givenLabels.filter { $0.origins.contains(origin) }.compactMap {
                Coding(description: $0.text.text)?.code
            }
            let isChange = origin == .person && facts.relabelling != nil
            let earlier = Reference(display: name(of: record.descriptor.version &- 1))
            return LabelProvenance(
                meta: Meta(security: labels), target: target, recorded: recorded, policy: policy,
                reason: [Concept(coding: [Code(system: PurposeOfUse.system, code: "METAMGT")], text: reason)],
                activity: Concept(
                    coding: [
                        Code(system: "http://terminology.hl7.org/CodeSystem/v3-DataOperation", code: isChange ? "UPDATE" : "CREATE")
                    ],
                    text: given.isEmpty ? "security labels: none" : "security labels: \(given.joined(separator: ", "))"),
                agent: [agent], entity: isChange ? [Entity(role: "revision", what: earlier)] : nil)
        }

        private var labels: [Code] {
            facts.labels.compactMap { Coding(description: $0.text) }.map { Code(system: $0.system, code: $0.code) }
        }

        private func participant(_ code: String) -> Concept {
            Concept(
                coding: [Code(system: "http://terminology.hl7.org/CodeSystem/provenance-participant-type", code: code)], text: nil)
        }

        private func name(of version: UInt32) -> String { "record \(record.descriptor.record), version \(version)" }

        /// The resources in the record, by the names they have; the record itself, where it has none to refer to.
        private static func targets(_ descriptor: Descriptor, _ content: [UInt8]) -> [Reference] {
            let source = try? RecordSource(content)
            let resources = (source?.resources ?? []).map { resource -> Reference in
                if let address = source.flatMap({ source in resource.fullURL?.text(in: source.bytes) }) {
                    return Reference(reference: address)
                }
                if let id = resource.id { return Reference(reference: "\(resource.type)/\(id)") }
                return Reference(display: "\(resource.type) in record \(descriptor.record), version \(descriptor.version)")
            }
            guard resources.isEmpty else { return resources }
            return [Reference(display: "record \(descriptor.record), version \(descriptor.version)")]
        }
    }
}

/// Several Provenances in one FHIR Bundle.
package struct LabelProvenanceBundle: Encodable, Sendable {
    struct Entry: Encodable {
        let resource: LabelProvenance
    }

    let resourceType = "Bundle"
    let type = "collection"
    let entry: [Entry]

    package init(_ provenances: [LabelProvenance]) {
        entry = provenances.map { Entry(resource: $0) }
    }
}

extension Minute {
    /// As FHIR writes an instant.
    fileprivate var instant: String {
        let minute = number % Self.perDay
        let digits = { (number: UInt32) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(day)T\(digits(minute / 60)):\(digits(minute % 60)):00Z"
    }
}
