import AccessPolicy
import Cedar
import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

/// The examples that docs/formats.md names in sections 4.4 to 4.6.
@Suite struct PolicyExamples {
    static let origin = line("north.example/ledger")

    @Test func `facts are as the document says`() throws {
        // Of rules that never change.
        let laboratory = try #require(StoredFacts(try Self.laboratory(), rules: SHA256.hash([3])))
        let bare = try #require(StoredFacts(try Self.bare()))
        let relabelled = try laboratory.relabelled(
            adding: [Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "STD")],
            removing: [Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "HIV")],
            because: line("the result was another patient's"))
        let difference = try FormatFile("facts.json").difference(from: [
            ("laboratory", try Self.example(laboratory)), ("bare", try Self.example(bare)),
            ("relabelled", try Self.example(relabelled)),
        ])
        #expect(difference == nil)
    }

    @Test func `requests and decision records are as the document says`() throws {
        let difference = try FormatFile("requests.json").difference(from: [
            ("consent", try Self.example(Self.consent())),
            ("restriction", try Self.example(Self.restriction())),
            ("consent in FHIR", try Self.example(try #require(Consent(fhir: Self.document, category: Category.laboratory.code)))),
            ("compilation", Self.shown(ConsentCompiler.compile(try Self.consent(), Self.scope))),
            ("request", try Self.example(Self.request(.all))),
            ("filtered request", try Self.example(Self.request(try Self.filter()))),
            ("release", try Self.example(try Self.record(Self.request(.all)))),
            ("delegated", try Self.example(try Self.record(Self.request(.all), isDelegated: true))),
            ("refusal", try Self.example(try Self.record(Self.request(.all), isRevoked: true))),
            ("unknown grant", try Self.example(try Self.record(Self.request(.all), hasGrant: false))),
            ("emergency consent", try Self.example(Self.emergencyConsent())),
            ("emergency compilation", Self.shown(ConsentCompiler.compile(try Self.emergencyConsent(), Self.scope))),
            ("emergency request", try Self.example(Self.emergencyRequest)),
            ("emergency release", try Self.example(try Self.record(Self.emergencyRequest, isEmergency: true))),
            ("held back", try Self.example(try Self.record(Self.request(.all), hides: true))),
        ])
        #expect(difference == nil)
    }
}

// What the examples are of.
extension PolicyExamples {
    static func laboratory() throws -> RecordFacts {
        let types = [RecordFacts.TypeCount(type: "DiagnosticReport", count: 1), .init(type: "Observation", count: 12)]
        let labels = [
            Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "HIV"),
            Coding(system: "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", code: "R"),
        ]
        let first = try #require(ClinicalDay(year: 1961, month: 4, day: 12))
        let last = try #require(ClinicalDay(year: 2026, month: 11, day: 21))
        return try #require(
            RecordFacts(
                category: .laboratory, mediaType: .fhirJSON, types: types, labels: labels, isLabelled: true,
                days: DaySpan(earliest: first, latest: last), codes: []))
    }

    static func bare() throws -> RecordFacts {
        try #require(
            RecordFacts(
                category: .general, mediaType: .pdf, types: [], labels: [], isLabelled: false, days: nil, codes: []))
    }

    static func consent() throws -> Consent {
        try #require(Consent(actions: [.read], purposes: [.treatment, .emergencyTreatment], category: Category.laboratory.code))
    }

    static func request(_ filter: Filter) -> AccessPolicy.Request {
        AccessPolicy.Request(
            origin: origin, grant: publicKey("grant"), filter: filter, purpose: .treatment, staff: line("Dr. Okafor"),
            actor: publicKey("lakeside"), nonce: SHA256.hash([9]).value)
    }

    static func emergencyConsent() throws -> Consent {
        let plain = PlainConsent(actions: [.read], purposes: [.emergencyTreatment], extras: .emergencyOnly)
        return Consent(try #require(plain), category: Category.laboratory.code)
    }

    static var emergencyRequest: AccessPolicy.Request {
        AccessPolicy.Request(
            origin: origin, grant: publicKey("grant"), filter: .all, purpose: .emergencyTreatment, staff: line("Dr. Adams"),
            actor: publicKey("lakeside"), emergency: 12, nonce: SHA256.hash([9]).value)
    }

    static func filter() throws -> Filter {
        try #require(Filter(records: [SHA256.hash([1]).value, SHA256.hash([2]).value], after: 1_539))
    }

    static func restriction() -> Consent {
        Consent(Restriction(.label(line("HIV")), from: publicKey("lakeside")), category: Category.laboratory.code)
    }

    static let document = Array(#"{"resourceType":"Consent","status":"active"}"#.utf8)

    static var scope: ConsentScope {
        ConsentScope(
            control: publicKey("grant"), compartment: publicKey("ana/laboratory"), grantee: publicKey("lakeside"),
            from: Day(20_778), until: Day(20_808))
    }

    static func record(
        _ request: AccessPolicy.Request, isRevoked: Bool = false, hasGrant: Bool = true, hides: Bool = false,
        isEmergency: Bool = false, isDelegated: Bool = false
    ) throws -> DecisionRecord {
        let consent = try (isEmergency ? emergencyConsent() : consent()).canonicalBytes
        let grant = GrantFacts(
            scope, consent: consent, compilation: ConsentCompiler.compile(consent, scope).hash, isRevoked: isRevoked,
            isReleaseSigned: true, authority: isDelegated ? publicKey("delegation") : nil)
        let facts = [try #require(StoredFacts(try laboratory())).canonicalBytes, DecisionCase.facts()]
        let candidates = [(UInt8(1), 0), (3, 1)].map { number, kind in
            Candidate(
                commitment: SHA256.hash([number]), position: 1_536 + UInt64(number) * 7, record: SHA256.hash([1, number]).value,
                depositor: publicKey("hillside"), facts: facts[kind], isRetracted: false)
        }
        let hide = DecisionCase.other("hide", restriction(), from: 20_778, until: 20_808)
        let inputs = DecisionInputs(
            now: Minute(20_778 * Minute.perDay + 600), requestHash: .labelled(.request, request.canonicalBytes), request: request,
            grant: hasGrant ? grant : nil, consent: hasGrant ? consent : [],
            authorities: isDelegated ? [DecisionCase.authority()] : [], isEmergencyDesk: isEmergency,
            emergency: isEmergency ? DecisionCase.emergency(until: 20_778 * Minute.perDay + 660) : nil, others: hides ? [hide] : [],
            policies: hides ? try Published.inForce() : nil)
        var engine = DecisionEngine(inputs)
        var draft = DecisionDraft()
        let about = candidates.filter(engine.isAbout)
        draft.add(about, engine.rule(on: about))
        return draft.record(inputs, refusal: engine.refusal)
    }
}

// The fields, by the names of the document.
extension PolicyExamples {
    static func example(_ facts: StoredFacts) throws -> Shown {
        try TestSupport.example(
            facts,
            [
                "version": 2, "category": facts.category.code, "media type": facts.mediaType,
                "types": facts.types.map { fields(["type": $0.type, "count": $0.count]) },
                "labels": facts.givenLabels.map { fields(["label": $0.text, "origins": $0.origins.rawValue]) },
                "rules": facts.rules, "by a person": facts.isByPerson, "relabelling": facts.relabelling,
                "days": facts.days.map { fields(["earliest": Self.number($0.earliest), "latest": Self.number($0.latest)]) },
            ],
            more: ["from": facts.days?.earliest.description, "to": facts.days?.latest.description])
    }

    /// Days since 0001-01-01, which is 719,162 days before 1970-01-01.
    private static func number(_ day: ClinicalDay) -> Int { Int(day.number) + 719_162 }

    static func example(_ consent: Consent) throws -> Shown {
        let tag: UInt8
        let content: Shown
        switch consent.content {
        case .plain(let plain):
            tag = 1
            content = fields([
                "actions": 1, "purposes": plain.purposes.reduce(0 as UInt16) { $0 | 1 << UInt16($1.rawValue) },
                "extras": plain.extras.rawValue,
            ])
        case .restriction(let restriction):
            tag = 2
            content = shown(restriction)
        case .fhir(let document):
            tag = 3
            content = fields(["document": document])
        }
        return try TestSupport.example(consent, ["category": consent.category, "tag": tag, "content": content])
    }

    private static func shown(_ restriction: Restriction) -> Shown {
        let target: Shown =
            switch restriction.target {
            case .everything: fields(["tag": 0])
            case .label(let label): fields(["tag": 1, "label": label])
            case .record(let record): fields(["tag": 2, "record": record])
            }
        return fields(["target": target, "clinic": restriction.clinic])
    }

    static func example(_ request: AccessPolicy.Request) throws -> Shown {
        try TestSupport.example(
            request,
            [
                "origin": request.origin, "grant": request.grant, "action": request.action.rawValue,
                "filter": fields(["records": request.filter.records, "after": request.filter.after]),
                "purpose": request.purpose.rawValue, "staff": request.staff, "actor": request.actor,
                "emergency": request.emergency, "nonce": request.nonce,
            ],
            more: ["hash": Hash.labelled(.request, request.canonicalBytes)])
    }

    private static func shown(_ compiled: CompiledConsent) -> Shown {
        var set = PolicySet()
        for policy in [compiled.permit, compiled.forbid].compactMap(\.self) { try? set.add(policy) }
        return fields(["policies": String(decoding: set.json, as: UTF8.self), "hash": compiled.hash])
    }

    static func example(_ record: DecisionRecord) throws -> Shown {
        try TestSupport.example(
            record,
            [
                "version": 2, "engine": record.engine, "now": record.now, "policies": record.policies,
                "request": record.requestHash, "grant": record.grant.map(shown), "authorities": record.authorities.map(shown),
                "consents": record.others.map {
                    fields(["control": $0.control, "consent": $0.consent, "compilation": $0.compilation])
                },
                "rulings": record.rulings.map(shown),
                "records": record.records.map {
                    fields(["commitment": $0.commitment, "position": $0.position, "ruling": $0.ruling])
                },
                "more held back": record.moreHeldBack, "verdict": shown(record.verdict),
            ])
    }

    private static func shown(_ grant: GrantFacts) -> Shown {
        fields([
            "control": grant.control, "compartment": grant.compartment, "grantee": grant.grantee, "consent": grant.consent,
            "compilation": grant.compilation, "from": grant.from, "until": grant.until, "revoked": grant.isRevoked,
            "release signed": grant.isReleaseSigned, "holder": grant.holder.rawValue, "authority": grant.authority,
        ])
    }

    private static func shown(_ ruling: Ruling) -> Shown {
        fields([
            "allows": ruling.decision == .allow, "reasons": ruling.reasons.map(\.text), "erring": ruling.erring.map(\.text),
            "obliging": ruling.obliging.map(\.text), "obligations": Shown.list(ruling.obligations.map { .number(UInt64($0.code)) }),
        ])
    }

    private static func shown(_ verdict: Verdict) -> Shown {
        switch verdict {
        case .allowed: fields(["released": true])
        case .denied(let reason): fields(["released": false, "reason": reason.rawValue])
        }
    }
}
