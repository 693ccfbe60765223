import AccessPolicy
import CryptoPrimitives
import Foundation
import MedicalRecords
import TestSupport

/// A request that is allowed, and one change at a time that makes it denied.
struct DecisionCase {
    var now = Minute(20_778 * Minute.perDay + 600)
    var grant = "grant"
    var requested = "grant"
    var grantee = "lakeside"
    var actor = "lakeside"
    var identifiers = ""
    var isEmergencyDesk = false
    /// The leaf that the request names, and what is there.
    var named: UInt64?
    var emergency: EmergencyFacts?
    var purpose = PurposeOfUse.treatment
    var purposes: Set<PurposeOfUse> = [.treatment, .payment]
    var extras: PlainConsent.Extras = []
    var from: UInt32 = 20_778
    var until: UInt32 = 20_800
    var isRevoked = false
    var isReleaseSigned = true
    var hasGrant = true
    var consent: [UInt8]?
    /// What the patient signed as its compilation; the right one when left out.
    var compilation: Hash?
    var others: [OtherConsent] = []
    /// The delegation that the grant says it is made under.
    var authority: String?
    var authorities: [Authority] = []
    var holder = ConsentScope.Holder.reader
    var policies: PoliciesInForce?
    var filter = Filter.all
    var records = (1...3 as ClosedRange<UInt64>).map { record($0) }

    static func facts(
        category: MedicalRecords.Category = .laboratory, labels: [String] = [], isLabelled: Bool = true, days: DaySpan? = nil
    ) -> [UInt8] {
        let codings = labels.map { label in
            label.contains("|")
                ? Coding(system: String(label.split(separator: "|")[0]), code: String(label.split(separator: "|")[1]))
                : Coding(system: SensitivityCodes.system, code: label)
        }
        let facts = RecordFacts(
            category: category, mediaType: .fhirJSON, types: [.init(type: "Observation", count: 1)], labels: codings.sorted(),
            isLabelled: isLabelled, days: days, codes: [])
        return facts.flatMap { StoredFacts($0) }?.canonicalBytes ?? []
    }

    static func record(_ position: UInt64, facts: [UInt8] = facts(), isRetracted: Bool = false) -> Candidate {
        Candidate(
            commitment: SHA256.hash([UInt8(position & 0xff), UInt8(position >> 8 & 0xff)]), position: position,
            record: SHA256.hash([1, UInt8(position & 0xff), UInt8(position >> 8 & 0xff)]).value, depositor: publicKey("hillside"),
            facts: facts, isRetracted: isRetracted)
    }

    static func other(
        _ name: String, _ consent: Consent, to clinic: String = "hillside", from: UInt32 = 20_000, until: UInt32 = 20_100
    ) -> OtherConsent {
        let scope = ConsentScope(
            control: publicKey(name), compartment: publicKey("ana/laboratory"), grantee: publicKey(clinic), from: Day(from),
            until: Day(until))
        let bytes = consent.canonicalBytes
        return OtherConsent(scope, consent: bytes, compilation: ConsentCompiler.compile(bytes, scope).hash)
    }

    static func emergency(
        _ grant: String = "grant", by desk: String = "lakeside", until: UInt32, isUsed: Bool = false,
        recipient: String = "Dr. Adams",
        facility: String = "Lakeside Hospital", discloser: String = "North Consortium", nature: String = "cardiac arrest",
        explanation: String = "unconscious, no relatives"
    ) -> EmergencyFacts {
        EmergencyFacts(
            grant: publicKey(grant), desk: publicKey(desk), until: Minute(until), isUsed: isUsed, explanation: line(explanation),
            recipient: line(recipient), facility: line(facility), discloser: line(discloser), nature: line(nature))
    }

    static func restriction(_ name: String, _ target: Restriction.Target, from clinic: String? = nil) -> OtherConsent {
        other(name, Consent(Restriction(target, from: clinic.map { publicKey($0) }), category: 3))
    }

    /// A delegation of the laboratory records, for treatment and payment from the grant's first day on.
    static func authority(_ change: (inout DecisionCase) -> Void = { _ in }) -> Authority {
        var delegation = DecisionCase()
        (delegation.grant, delegation.grantee, delegation.holder) = ("delegation", "delegation/release", .delegate)
        delegation.isReleaseSigned = false
        change(&delegation)
        let inputs = delegation.inputs
        guard let grant = inputs.grant else { preconditionFailure("a delegation is a grant") }
        return Authority(grant, consent: inputs.consent)
    }

    var request: Request {
        Request(
            origin: line("north.example"), grant: publicKey(requested), filter: filter, purpose: purpose, staff: line("Dr. Okafor"),
            actor: publicKey(actor), emergency: named, nonce: .zero)
    }

    var scope: ConsentScope {
        ConsentScope(
            control: publicKey(grant), compartment: publicKey("ana/laboratory"), grantee: publicKey(grantee), from: Day(from),
            until: Day(until), holder: holder)
    }

    var consentBytes: [UInt8] {
        consent ?? PlainConsent(actions: [.read], purposes: purposes, extras: extras).map { Consent($0, category: 3) }?
            .canonicalBytes ?? []
    }

    var inputs: DecisionInputs {
        let bytes = consentBytes
        let facts = GrantFacts(
            scope, consent: bytes, compilation: compilation ?? ConsentCompiler.compile(bytes, scope).hash, isRevoked: isRevoked,
            isReleaseSigned: isReleaseSigned, authority: authority.map { publicKey($0) })
        return DecisionInputs(
            now: now, requestHash: .labelled(.request, request.canonicalBytes), request: request, grant: hasGrant ? facts : nil,
            consent: hasGrant ? bytes : [], authorities: authorities, identifiers: line(identifiers),
            isEmergencyDesk: isEmergencyDesk, emergency: emergency, others: others, policies: policies)
    }

    /// Decided as a gateway does.
    var decided: DecisionRecord { decided(by: ConsentCache()) }

    func decided(by cache: ConsentCache) -> DecisionRecord {
        let inputs = inputs
        var engine = DecisionEngine(inputs, cache: cache)
        var draft = DecisionDraft()
        let candidates = records.filter(engine.isAbout)
        draft.add(candidates, engine.rule(on: candidates))
        return draft.record(inputs, refusal: engine.refusal)
    }

    /// Positions of what is released.
    var released: [UInt64] { decided.released.map(\.record.position) }

    func changed(_ change: (inout DecisionCase) throws -> Void) rethrows -> DecisionCase {
        var copy = self
        try change(&copy)
        return copy
    }
}

/// The policies of the repository, and what a test adds to them.
enum Published {
    private static let folder = Fixtures.repository.appending(path: "policies")

    static func library(_ extra: String = "") throws -> PolicyLibrary {
        func source(_ name: String) throws -> PolicyLibrary.Source {
            .init(name: name, bytes: Array(try Data(contentsOf: folder.appending(path: name))))
        }
        let names = try ["statute", "institution"].flatMap { kind in
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: kind).path).map { "\(kind)/\($0)" }
        }
        return try PolicyLibrary(
            schema: source("schema.cedarschema"),
            policies: try names.map(source) + [.init(name: "extra.cedar", bytes: Array(extra.utf8))])
    }

    static func inForce(_ extra: String = "") throws -> PoliciesInForce {
        PoliciesInForce(root: SHA256.hash(Array(extra.utf8)), library: try library(extra))
    }
}
