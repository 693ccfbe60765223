package import Cedar

/// The policies of statute and institution, with the schema that they were checked against. They forbid or oblige; only grants permit.
///
/// A set of which one policy is not understood in full is not loaded at all.
package struct PolicyLibrary: Sendable {
    package struct Source: Sendable {
        /// Such as `statute/part2.cedar`.
        package let name: String
        package let bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// As many as a decision can name.
    package static let maximumPolicies = 1_000

    package let schema: Schema
    /// The schema's.
    let actions: [Entity]
    /// By id.
    package let policies: [LibraryPolicy]
    private let forbidding: PolicySet
    private let obliging: PolicySet
    private let obligations: [PolicyID: [Obligation]]
    /// Records that a policy names: none can be taken for another then.
    let namedRecords: Set<EntityUID>

    /// - Parameter sources: files of policies, in any order: it changes nothing.
    package init(schema source: Source, policies sources: [Source]) throws(LibraryError) {
        schema = try Self.schema(source)
        actions = schema.actionEntities
        var policies: [String: LibraryPolicy] = [:]
        for source in sources {
            for body in try Self.bodies(source) {
                let policy = try LibraryPolicy(body, in: source.name)
                guard policies.updateValue(policy, forKey: policy.id) == nil else { throw .duplicateID(policy.id, policy.place) }
            }
        }
        guard !policies.isEmpty else { throw .noPolicies }
        guard policies.count <= Self.maximumPolicies else { throw .tooMany(limit: Self.maximumPolicies) }
        namedRecords = policies.values.reduce(into: []) { $0.formUnion($1.policy.body.entities(of: "Record")) }
        self.policies = policies.values.sorted { $0.id < $1.id }
        forbidding = try Self.set(self.policies.filter(\.forbids))
        obliging = try Self.set(self.policies.filter { !$0.forbids })
        obligations = Dictionary(uniqueKeysWithValues: self.policies.map { ($0.policy.id, $0.obligations) })
        for set in [forbidding, obliging] { try Self.validate(set, policies, schema) }
    }

    private static func schema(_ source: Source) throws(LibraryError) -> Schema {
        guard let text = String(validating: source.bytes, as: UTF8.self) else {
            throw .unreadable(file: source.name, reason: "it is not UTF-8")
        }
        do throws(SchemaError) {
            return try Schema(cedar: text)
        } catch {
            throw .unreadable(file: source.name, reason: "\(error)")
        }
    }

    private static func bodies(_ source: Source) throws(LibraryError) -> [PolicyBody] {
        do throws(ParseError) {
            return try PolicyBody.all(in: source.bytes)
        } catch {
            throw .unreadable(file: source.name, reason: "\(error)")
        }
    }

    private static func set(_ policies: [LibraryPolicy]) throws(LibraryError) -> PolicySet {
        var set = PolicySet()
        for policy in policies {
            do throws(PolicySetError) {
                try set.add(policy.policy)
            } catch {
                throw .invalid(policy.id, policy.place, reason: "\(error)")
            }
        }
        return set
    }

    private static func validate(_ set: PolicySet, _ policies: [String: LibraryPolicy], _ schema: Schema) throws(LibraryError) {
        let report = Validator(schema).validate(set, .strict)
        if let first = report.errors.first, let policy = policies[first.policy.description] {
            // All that is wrong at that place: of an unknown name, what follows from it comes first.
            let problems = report.errors.filter { $0.policy == first.policy && $0.position == first.position }.map {
                "\($0.problem)"
            }
            let place = LibraryError.Place(file: policy.file, position: first.position)
            throw .invalid(policy.id, place, reason: problems.joined(separator: "; "))
        }
        if let policy = report.impossible.first.flatMap({ policies[$0.description] }) { throw .impossible(policy.id, policy.place) }
        guard report.isValid, report.impossible.isEmpty else { throw .noPolicies }
    }
}

extension LibraryPolicy {
    var place: LibraryError.Place { .init(file: file, position: policy.body.position) }
}

extension PolicyLibrary {
    /// Denies unless a grant permits, nothing forbids and nothing fails: in Cedar alone a policy that fails would be passed over.
    ///
    /// - Parameter grants: what the patient's live consents permit and forbid. Their ids are none of this library's.
    package func rule(on request: Cedar.Request, entities: Entities, grants: [PolicySet]) -> Ruling {
        let situation = Situation(request, entities)
        let parts = [[forbidding], grants, [obliging]].map { $0.authorize(situation) }
        let erring = parts.flatMap(\.diagnostics.errors).map(\.id).sorted()
        let forbids = parts[0].diagnostics.reasons
        let granted = parts[1]
        guard forbids.isEmpty, granted.decision == .allow, erring.isEmpty else {
            // A library that forbids says so together with a consent that does.
            let denying = granted.decision == .deny ? granted.diagnostics.reasons : []
            return Ruling(decision: .deny, reasons: (forbids + denying).sorted(), erring: erring, obliging: [], obligations: [])
        }
        let obliging = parts[2].diagnostics.reasons
        return Ruling(
            decision: .allow, reasons: granted.diagnostics.reasons, erring: [], obliging: obliging,
            obligations: Set(obliging.flatMap { obligations[$0] ?? [] }).sorted())
    }
}
