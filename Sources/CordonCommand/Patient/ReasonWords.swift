import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

/// Why, in words that a nurse understands.
struct ReasonWords {
    private let patient: PatientClient

    init(_ patient: PatientClient) {
        self.patient = patient
    }

    func words(_ explained: PatientClient.ExplainedDecision) -> String {
        let who = explained.actorName?.text ?? "Somebody"
        let staff = explained.request.staff.text.isEmpty ? "" : " (\(explained.request.staff))"
        let category = explained.grant.map { " \(Names.category($0.category)) records" } ?? " records"
        let under = explained.grant.map { ", under \($0.title)" } ?? ""
        let head = "\(explained.time)  \(who)\(staff) asked for\(category) for \(explained.request.purpose.id)\(under)."
        var lines = [head]
        if case .denied(let reason) = explained.verdict { lines.append("Refused: \(reason).") }
        lines += parts(explained.reasons)
        if explained.reasons.moreHeldBack > 0 {
            lines.append("\(Names.counted(explained.reasons.moreHeldBack, "more record")) held back, likewise.")
        }
        lines += misses(explained.reasons)
        if !explained.hasPolicies { lines.append("No policies of law or house were published then: your grants alone decided.") }
        return lines.joined(separator: "\n")
    }

    func words(_ prospect: PatientClient.Prospect, _ reader: ActorState, _ purpose: PurposeOfUse) -> String {
        let may = prospect.isAllowed ? "may read" : "may not read"
        let record = prospect.record.descriptor.record.description.prefix(12)
        let head = "\(reader.actor.name) \(may) record \(record) of \(Names.category(prospect.category)) for \(purpose.id) today."
        if prospect.record.descriptor.state == .enteredInError {
            return "\(head)\nWho deposited it has retracted it: it goes to nobody."
        }
        let told = prospect.reasons.parts.filter { !$0.clauses.isEmpty || !$0.failing.isEmpty }
        let nothing = prospect.hasGrant || prospect.isAllowed ? [] : ["Nothing allows it."]
        return ([head] + nothing + told.flatMap(clauses) + misses(prospect.reasons)).joined(separator: "\n")
    }

    private func parts(_ reasons: Reasons) -> [String] {
        reasons.parts.flatMap { part in
            let what = Names.counted(part.records.count, "record")
            return [part.isAllowed ? "Shown: \(what)." : "Held back: \(what)."] + clauses(part)
        }
    }

    private func clauses(_ part: Reasons.Part) -> [String] {
        var lines = part.clauses.flatMap { ["  \(words($0))"] + rule(behind: $0, part).map { "    \($0)" } }
        lines += part.failing.map { "  could not be computed, so nothing is shown: \(words($0))" }
        if part.clauses.isEmpty, part.failing.isEmpty, !part.isAllowed { lines.append("  no grant allows it") }
        if !part.obligations.isEmpty {
            let duties = part.obligations.map(\.words).joined(separator: "; ")
            lines.append("  who got it has duties: \(duties) (\(part.obliging.map(name).joined(separator: ", ")))")
        }
        return lines
    }

    /// What the consent in FHIR says at the place that decided.
    private func rule(behind clause: Reasons.Clause, _ part: Reasons.Part) -> [String] {
        guard let grant = clause.grant, let place = part.rules[grant.control], case .fhir(let document)? = grant.consent?.content,
            let consent = try? FHIRConsent(signed: document)
        else { return [] }
        let names = (try? ReadBack.names(patient.session)) ?? [:]
        let setting = Readback.Setting(
            grantee: grant.granteeName.text, category: Names.category(grant.category), until: grant.until, name: { names[$0] })
        return ["\(Readback.sentence(at: place, of: consent, setting) ?? "there") (\(place))"]
    }

    private func name(_ clause: Reasons.Clause) -> String {
        switch clause {
        case .policy(let policy): "\(policy.id), \(policy.basis)"
        case .unknown(let id): id
        case .grant(let grant), .restriction(let grant), .exception(let grant): grant.title
        }
    }

    func words(_ clause: Reasons.Clause) -> String {
        switch clause {
        case .grant(let grant): return "allowed by \(grant.title): \(terms(grant))"
        case .exception(let grant): return "forbidden by what stands in \(grant.title): \(terms(grant))"
        case .restriction(let grant):
            let hidden = grant.restriction.map { RestrictionWords.words($0, grant.category, patient.session) } ?? ""
            return "you have hidden it (restriction \(grant.number)): \(hidden)"
        case .policy(let policy):
            let whose = policy.basis.hasPrefix("institution") ? "a rule of the consortium forbids it" : "the law forbids it"
            return "\(whose) (\(policy.id), \(policy.basis)): \(PolicyWords.sentence(policy))"
        case .unknown(let id): return "decided by \(id), which is not in force any more"
        }
    }

    private func terms(_ grant: GivenGrant) -> String {
        let purposes = grant.purposes.isEmpty ? "as your consent says" : Names.purposes(grant.purposes)
        let may = grant.isDelegation ? "may decide who reads, and read," : "may read"
        return "\(grant.granteeName) \(may) \(Names.category(grant.category)), \(purposes), until \(Names.written(grant.until))"
    }

    private func misses(_ reasons: Reasons) -> [String] {
        guard let nearest = reasons.misses.first else { return [] }
        let lines = reasons.misses.prefix(3).map { miss in
            "  grant \(miss.grant.number) (\(Names.category(miss.grant.category))): \(miss.unmet.map(Self.words).joined(separator: ", and "))"
        }
        let left = reasons.misses.count - lines.count
        let more = left > 0 ? ["  and \(Names.counted(left, "grant")) further off"] : []
        return ["Nearest to it came grant \(nearest.grant.number):"] + lines + more
    }

    static func words(_ unmet: NearestMiss.Unmet) -> String {
        switch unmet {
        case .over(let day): "it was over on \(Names.written(day))"
        case .notYet(let day): "it begins on \(Names.written(day))"
        default: "\(unmet)"
        }
    }
}

/// The same for programs.
struct ReasonAnswer: Encodable {
    struct Part: Encodable {
        let records: [String]
        let isShown: Bool
        let by: [Clause]
        let failing: [Clause]
        let obligations: [String]
        /// Of grants by a consent in FHIR, where in it the rule stands that decided, by the grant's id.
        let rules: [String: String]
    }

    struct Clause: Encodable {
        /// `grant`, `restriction`, `exception`, `policy` or `unknown`.
        let kind: String
        let number: UInt64?
        let policy: String?
        let basis: String?
    }

    struct Miss: Encodable {
        let grant: UInt64
        let lacks: [String]
    }

    let parts: [Part]
    let moreHeldBack: Int
    let nearest: [Miss]

    init(_ reasons: Reasons) {
        parts = reasons.parts.map { part in
            Part(
                records: part.records.map(\.description), isShown: part.isAllowed, by: part.clauses.map(Self.clause),
                failing: part.failing.map(Self.clause), obligations: part.obligations.map(\.rawValue),
                rules: Dictionary(uniqueKeysWithValues: part.rules.map { ($0.key.description, $0.value) }))
        }
        moreHeldBack = reasons.moreHeldBack
        nearest = reasons.misses.map { Miss(grant: $0.grant.number, lacks: $0.unmet.map(ReasonWords.words)) }
    }

    private static func clause(_ clause: Reasons.Clause) -> Clause {
        switch clause {
        case .grant(let grant): Clause(kind: "grant", number: grant.number, policy: nil, basis: nil)
        case .restriction(let grant): Clause(kind: "restriction", number: grant.number, policy: nil, basis: nil)
        case .exception(let grant): Clause(kind: "exception", number: grant.number, policy: nil, basis: nil)
        case .policy(let policy): Clause(kind: "policy", number: nil, policy: policy.id, basis: policy.basis)
        case .unknown(let id): Clause(kind: "unknown", number: nil, policy: id, basis: nil)
        }
    }
}

struct DecisionAnswer: Encodable {
    let entry: UInt64
    let time: String
    let who: String?
    let staff: String
    let purpose: String
    let grant: UInt64?
    let refused: String?
    let reasons: ReasonAnswer

    init(_ explained: PatientClient.ExplainedDecision, _ patient: PatientClient) {
        (entry, time) = (explained.leaf, explained.time.description)
        (who, staff) = (explained.actorName?.text, explained.request.staff.text)
        (purpose, grant) = (explained.request.purpose.id, explained.grant?.number)
        if case .denied(let reason) = explained.verdict { refused = reason.description } else { refused = nil }
        reasons = ReasonAnswer(explained.reasons)
    }
}

struct ProspectAnswer: Encodable {
    let record: String
    let category: String
    let reader: String
    let purpose: String
    let isAllowed: Bool
    let reasons: ReasonAnswer

    init(_ prospect: PatientClient.Prospect, _ reader: ActorState, _ purpose: PurposeOfUse, _ patient: PatientClient) {
        record = prospect.record.descriptor.record.description
        category = Names.category(prospect.category)
        self.reader = reader.actor.name.text
        self.purpose = purpose.id
        isAllowed = prospect.isAllowed
        reasons = ReasonAnswer(prospect.reasons)
    }
}

extension GivenGrant {
    /// By its number, or by who made it in the patient's place.
    fileprivate var title: String {
        madeBy.map { "the grant to \(granteeName) that \($0) made for you" } ?? "grant \(number)"
    }
}
