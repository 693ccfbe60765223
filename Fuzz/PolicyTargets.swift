import AccessPolicy
import Cedar

/// Policies, schemas and entities in every form that they have.
enum PolicyTargets {
    static let all = [
        FuzzTarget(name: "policies", check: checkPolicies),
        FuzzTarget(name: "schema", check: checkSchema),
        FuzzTarget(name: "cedar-json", check: checkJSON),
        FuzzTarget(name: "consent", check: checkConsent),
    ]

    private static func checkPolicies(_ bytes: [UInt8]) {
        guard let set = try? PolicySet(parsing: bytes) else { return }
        for body in set.policies.values.map(\.body) + set.templates.values.map(\.body) { checkBody(body) }
    }

    private static func checkBody(_ body: PolicyBody) {
        require((try? PolicyBody(parsing: body.description)) == body, "a policy that was printed is read as it was")
        // A long chain of operands nests deeper in JSON than JSON is read.
        guard let again = try? PolicyBody(json: body.json) else { return }
        require(again == body, "a policy in JSON is the policy")
    }

    /// A schema; or one, a zero byte, and policies to be checked against it.
    private static func checkSchema(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
        guard let schema = text(parts[0]).flatMap({ try? Schema(cedar: $0) }) else { return }
        checkForms(schema)
        guard parts.count == 2, let set = try? PolicySet(parsing: parts[1]) else { return }
        let validator = Validator(schema)
        let isStrict = validator.validate(set, .strict).isValid
        require(!isStrict || validator.validate(set, .permissive).isValid, "what is strict is also permissive")
    }

    private static func checkForms(_ schema: Schema) {
        require((try? Schema(json: schema.fragment.json)) == schema, "a schema in JSON is the schema")
        guard let text = try? schema.fragment.cedarText() else { return }
        require((try? Schema(cedar: text)) == schema, "a schema that was printed is read as it was")
    }

    private static func checkJSON(_ bytes: [UInt8]) {
        if let body = try? PolicyBody(json: bytes) { checkBody(body) }
        if let set = try? PolicySet(json: bytes) {
            for body in set.policies.values.map(\.body) + set.templates.values.map(\.body) { checkBody(body) }
            require((try? PolicySet(json: set.json))?.json == set.json, "a set of policies has one form in JSON")
        }
        if let schema = try? Schema(json: bytes) { checkForms(schema) }
        if let entities = try? Entities(json: bytes) {
            guard let json = try? entities.json() else { fatalError("what was read from JSON can be written") }
            guard let again = try? Entities(json: json) else { fatalError("what was written is read") }
            require((try? again.json()) == json, "entities have one form in JSON")
        }
        _ = try? Record(json: bytes)
    }

    private static let patient = EntityUID(type: "Patient", id: "patient")
    private static let requests = ["TREAT", "BTG", "HRESCH"].map {
        ConsentRequest(now: 1_800_000_000_000, requester: ["Practitioner/1"], purposes: [$0])
    }

    /// A Consent in FHIR: it is signed in one form, it is read back, and its policies say what its rules say.
    private static func checkConsent(_ bytes: [UInt8]) {
        guard let consent = try? FHIRConsent(bytes) else { return }
        // Escapes can make it longer than a document may be.
        if let signed = try? consent.documentToSign(), signed.count <= FHIRConsent.maximumSize {
            guard let again = try? FHIRConsent(signed: signed) else { fatalError("what is signed is read") }
            require((try? again.documentToSign()) == signed, "a consent is signed in one form")
        }
        _ = Readback(consent, .init(grantee: "somebody")).lines
        guard consent.isCandidate, case .success(let root) = consent.tree() else { return }
        let audience = ConsentAudience(patient: patient)
        guard let policies = try? ConsentPolicies(root, audience) else { return }
        for body in [policies.permit, policies.forbid].compactMap({ $0 }) { checkBody(body) }
        for request in requests {
            let record = ConsentRecord(labels: ["HIV"], sensitivities: ["HIV"], types: ["Observation"], authors: ["Practitioner/1"])
            checkAgreement(consent, policies, request, record, audience)
        }
    }

    private static func checkAgreement(
        _ consent: FHIRConsent, _ policies: ConsentPolicies, _ request: ConsentRequest, _ record: ConsentRecord,
        _ audience: ConsentAudience
    ) {
        guard let situation = try? ConsentSituation(request, record, in: patient) else { return }
        func holds(_ body: PolicyBody?) -> Bool {
            guard let body else { return false }
            var set = PolicySet()
            guard (try? set.add(body.asPermit, id: "policy")) != nil else { return false }
            return set.authorize(situation.request, entities: situation.entities).decision == .allow
        }
        let found = (permits: holds(policies.permit), forbids: holds(policies.forbid))
        switch ConsentEvaluator(request, record, audience).verdict(consent) {
        case .permit: require(found == (true, false), "what the rules permit, the policies do")
        case .deny: require(found == (false, true), "what the rules deny, the policies do")
        case .silent, .notComputable: require(found == (false, false), "where the rules are silent, so are the policies")
        }
    }
}

extension PolicyBody {
    /// Whether its condition holds is then the decision.
    fileprivate var asPermit: PolicyBody {
        var body = self
        body.effect = .permit
        return body
    }
}
