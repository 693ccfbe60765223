import Cedar
import CryptoPrimitives
import MedicalRecords

/// Who asks for what, as policies see it: `policies/schema.cedarschema`.
struct RequestEntities {
    private let principal: Entity
    private let patient: EntityUID
    private let action: EntityUID
    private let context: Cedar.Record
    private let purposes: [Entity]
    private let actions: [Entity]
    private let schema: Schema?

    /// - Parameter guardian: a guardianship whose holder is asked about in the place of who sent the request; `nil` for the latter.
    init(
        _ inputs: DecisionInputs, of compartment: Ed25519.PublicKey, _ consented: Consented, _ library: PolicyLibrary?,
        guardian: ConsentScope? = nil
    ) {
        let guardian = guardian ?? inputs.grant.flatMap { $0.holder == .guardian ? $0.scope : nil }
        let roles = inputs.isEmergencyDesk ? [EntityUID(type: "Role", id: "emergency")] : []
        principal =
            guardian.map(Self.guardian)
            ?? Entity(
                uid: .organization(inputs.request.actor),
                parents: Set(Self.identifiers(in: inputs.identifiers).map(Self.organization) + roles))
        patient = .patient(compartment)
        action = .action(inputs.request.action)
        let purpose = inputs.request.purpose.hl7Code
        purposes = Self.chain(purpose, PurposeCodes.tree, EntityUID.purpose)
        let fields: [Cedar.Record.Field] = [
            .init(name: "now", value: .datetime(inputs.now.datetime)), .init(name: "purpose", value: .entity(.purpose(purpose))),
            .init(name: "consent", value: .record(consented.record)),
        ]
        let emergency = inputs.emergency.map { Cedar.Record.Field(name: "emergency", value: .record($0.record)) }
        context = Cedar.Record(fields + [emergency].compactMap(\.self)) ?? .empty
        actions = library?.actions ?? Self.actions
        schema = library?.schema
    }

    private static func guardian(_ scope: ConsentScope) -> Entity {
        let until = DatetimeValue(milliseconds: Int64(scope.until.number) * day)
        return Entity(
            uid: .guardian(scope.grantee), attributes: ["patient": .entity(scope.patient), "until": .datetime(until)], parents: [])
    }

    func request(for record: EntityUID) -> Cedar.Request {
        Cedar.Request(principal: principal.uid, action: action, resource: record, context: context)
    }

    /// `nil` if they are not what the schema of the policies in force says.
    func entities(with records: some Sequence<Entity>) -> Entities? {
        let records = Array(records)
        let labels = Set(records.flatMap(\.parents)).filter { $0.type == "Label" }
        let chains = labels.flatMap { Self.chain($0.id.text, SensitivityCodes.tree, EntityUID.label) }
        // Two labels share those above them, which changes nothing.
        let own = records + [principal] + purposes + chains
        guard let entities = try? Entities(own + actions) else { return nil }
        guard let schema else { return entities }
        // The actions are the schema's own.
        let isValid = own.allSatisfy { (try? schema.validate($0, ancestors: entities.allAncestors(of: $0.uid))) != nil }
        return isValid ? entities : nil
    }

    func record(_ candidate: Candidate, _ facts: StoredFacts) -> Entity {
        let labels = facts.labels.map(Self.coding)
        let sensitive = labels.filter(SensitivityCodes.isSensitive).map { EntityUID.label(SensitivityCodes.name($0)) }
        var fields: [Cedar.Record.Field] = [
            .init(name: "category", value: .string(CedarString(facts.category.id))),
            .init(name: "labelled", value: .bool(facts.isLabelled)),
            .init(name: "mediaType", value: .string(CedarString(facts.mediaType.text))),
            .init(name: "confidentiality", value: .long(Self.confidentiality(labels, facts.isLabelled))),
            .init(name: "types", value: .set(ValueSet(facts.types.map { .string(CedarString($0.type.text)) }))),
            .init(name: "sensitivities", value: .set(ValueSet(sensitive.map(Value.entity)))),
            .init(name: "author", value: .entity(.organization(candidate.depositor))),
        ]
        if let days = facts.days {
            let (first, last) = (Int64(days.earliest.number), Int64(days.latest.number))
            fields.append(.init(name: "earliest", value: .datetime(DatetimeValue(milliseconds: first * Self.day))))
            fields.append(.init(name: "latest", value: .datetime(DatetimeValue(milliseconds: (last + 1) * Self.day - 1))))
        }
        let parents = labels.map { EntityUID.label(SensitivityCodes.name($0)) }
        return Entity(
            uid: .record(candidate.record), attributes: Cedar.Record(fields) ?? .empty, parents: Set(parents + [patient]))
    }

    private static let day: Int64 = 86_400_000

    /// Without a level a record counts as normal, and as restricted where no labeller looked.
    private static func confidentiality(_ labels: [Coding], _ isLabelled: Bool) -> Int64 {
        let stated = labels.compactMap(Confidentiality.init(label:)).max()
        let level = isLabelled ? stated ?? .normal : max(stated ?? .restricted, .restricted)
        return Int64(Confidentiality.allCases.firstIndex(of: level) ?? 5)
    }

    /// From "system|code".
    private static func coding(_ label: TextLine) -> Coding {
        let parts = label.text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2
            ? Coding(system: String(parts[0]), code: String(parts[1])) : Coding(system: "", code: label.text)
    }

    /// The code and all above it, each in the next.
    private static func chain(_ code: String, _ tree: CodeTree, _ name: (String) -> EntityUID) -> [Entity] {
        ([code] + tree.ancestors(of: code)).map { code in
            Entity(uid: name(code), parents: Set(tree.parent(of: code).map { [name($0)] } ?? []))
        }
    }

    private static func organization(_ identifier: String) -> EntityUID {
        EntityUID(type: "Organization", id: CedarString(identifier))
    }

    /// Those of "system|value" in a line, and an NPI, parted by spaces or commas. Others name nobody.
    private static func identifiers(in line: TextLine) -> [String] {
        let words = line.text.split { $0 == " " || $0 == "," }.map(String.init)
        let providers = zip(words, words.dropFirst()).filter { $0 == "NPI" && $1.utf8.allSatisfy { (48...57).contains($0) } }
        return words.filter { $0.contains("|") } + providers.map { "http://hl7.org/fhir/sid/us-npi|\($1)" }
    }

    /// Where no schema was published.
    private static let actions: [Entity] = {
        let disclose = EntityUID(type: "Action", id: "disclose")
        let names: [CedarString] = ["read", "search", "share", "export"]
        return [Entity(uid: disclose)] + names.map { Entity(uid: EntityUID(type: "Action", id: $0), parents: [disclose]) }
    }()
}

extension EmergencyFacts {
    fileprivate var record: Cedar.Record {
        func text(_ line: TextLine) -> Value { .string(CedarString(line.text)) }
        return [
            "nature": text(nature), "explanation": text(explanation), "recipient": text(recipient), "facility": text(facility),
            "discloser": text(discloser), "until": .datetime(until.datetime),
        ]
    }
}

extension Minute {
    fileprivate var datetime: DatetimeValue { DatetimeValue(milliseconds: secondsSince1970 * 1000) }
}
