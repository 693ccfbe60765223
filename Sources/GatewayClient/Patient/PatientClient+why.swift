package import AccessPolicy
package import CryptoPrimitives
package import GatewayAPI
package import MedicalRecords
package import SharingContract

/// Why somebody may read, or was let read, and why not: whole, for the patient alone.
package struct Reasons: Sendable {
    /// A policy that decided, with whose it is.
    package enum Clause: Sendable {
        case grant(GivenGrant)
        case restriction(GivenGrant)
        /// A grant that forbids something itself.
        case exception(GivenGrant)
        case policy(LibraryPolicy)
        /// A policy that is not known here by that name, as it was replaced since.
        case unknown(String)

        /// Whose consent it is.
        package var grant: GivenGrant? {
            switch self {
            case .grant(let grant), .restriction(let grant), .exception(let grant): grant
            case .policy, .unknown: nil
            }
        }
    }

    /// What was said of some records together.
    package struct Part: Sendable {
        package let records: [Hash]
        package let isAllowed: Bool
        /// What permitted, or what forbade; empty if nothing permitted.
        package let clauses: [Clause]
        /// Policies that could not be evaluated. Each denies.
        package let failing: [Clause]
        package let obliging: [Clause]
        package let obligations: [Obligation]
        /// By grant, where in its consent in FHIR the rule stands that decided of the first of these records. Absent where that record is
        /// not there any more, and where the reader is named by something else than his key.
        package let rules: [Ed25519.PublicKey: String]
    }

    package let parts: [Part]
    /// Held back beside those that are listed.
    package let moreHeldBack: Int
    /// What the reader's other grants lack, the nearest first.
    package let misses: [Miss]

    package struct Miss: Sendable {
        package let grant: GivenGrant
        package let unmet: [NearestMiss.Unmet]
    }
}

extension PatientClient {
    /// A decision of the log, and what led to it.
    package struct ExplainedDecision: Sendable {
        package let leaf: UInt64
        package let time: Minute
        package let request: Request
        package let actorName: TextLine?
        package let grant: GivenGrant?
        package let verdict: Verdict
        /// Whether policies of statute and institution were in force.
        package let hasPolicies: Bool
        package let reasons: Reasons
    }

    /// Explains an entry of the log. Throws `notFound` if it is no decision about this patient that the gateway tells of.
    package func why(entry leaf: UInt64) async throws(ClientError) -> ExplainedDecision {
        try await sync()
        _ = try await liveDelegatedGrants()
        for category in openCategories() {
            let key = session.keyring.compartmentKey(category)
            let page = try await session.call(FetchHistory(from: leaf), with: key)
            guard let item = page.items.first, item.leaf == leaf else { continue }
            return try await explain(item)
        }
        throw .notFound(.decision)
    }

    private func explain(_ item: EvidencePage.Item) async throws(ClientError) -> ExplainedDecision {
        let leaf = try session.ledger.leaf(item.leaf)
        guard case .decision = leaf.entry.event else { throw .notFound(.decision) }
        guard bodyCommitment(kind: .decision, salt: item.evidence.salt, body: item.evidence.body) == leaf.entry.bodyCommitment,
            let body = try? DecisionBody(canonical: item.evidence.body), let request = try? Request(canonical: body.request),
            let record = try? DecisionRecord(canonical: body.record)
        else { throw .notVerified(.evidenceOther(leaf: item.leaf)) }
        let policies = try await session.policiesInForce()
        // What was in force then may have been replaced since.
        let library = policies?.root == record.policies ? policies?.library : nil
        let name = (try? session.ledger.state.actor(request.actor)).flatMap { $0?.actor.name }
        let misses = try await misses(of: request, record, before: leaf, at: item.leaf)
        let candidates = try await candidates(of: request)
        let reasons = Reasons(
            parts: record.rulings.indices.map { index in
                let records = record.records.filter { $0.ruling == index }.map(\.commitment)
                let first = records.first.flatMap { candidates[$0] }
                return part(record.rulings[index], records, library, first, request.purpose, at: leaf.time)
            }, moreHeldBack: Int(record.moreHeldBack), misses: misses)
        return ExplainedDecision(
            leaf: item.leaf, time: leaf.time, request: request, actorName: name,
            grant: given(request.grant), verdict: record.verdict, hasPolicies: record.policies != nil,
            reasons: reasons)
    }

    /// What the reader's grants lacked then, where nothing permitted. Held against a record of the category, if there is one yet.
    private func misses(
        of request: Request, _ record: DecisionRecord, before leaf: Leaf, at index: UInt64
    ) async throws(ClientError) -> [Reasons.Miss] {
        guard case .denied = record.verdict, record.rulings.allSatisfy(\.deciding.isEmpty),
            let relied = given(request.grant),
            let candidate = try await candidates(relied.category).first
        else { return [] }
        var decisions = try await ownDecisions()
        decisions.now = leaf.time
        let own = state.grants.filter { $0.leaf.map { $0 < index } == true && !$0.isRestriction && $0.grantee == request.actor }
        return misses(of: own, decisions, request.purpose, candidate) { $0.revoked.map { $0 < index } == true }
    }

    /// Records that are there now, by commitment, of the category that the grant opens.
    private func candidates(of request: Request) async throws(ClientError) -> [Hash: Candidate] {
        guard let relied = state.grants.first(where: { $0.control == request.grant }) else { return [:] }
        return Dictionary(try await candidates(relied.category).map { ($0.commitment, $0) }, uniquingKeysWith: { $1 })
    }

    private func part(
        _ ruling: Ruling, _ records: [Hash], _ library: PolicyLibrary?, _ first: Candidate?, _ purpose: PurposeOfUse, at now: Minute
    ) -> Reasons.Part {
        func clauses(_ ids: [String]) -> [Reasons.Clause] { ids.map { clause($0, library) } }
        let deciding = clauses(ruling.deciding)
        let grants = deciding.compactMap(\.grant)
        let rules = first.map { first in
            grants.compactMap { grant in grant.rule(on: first, purpose, at: now).map { (grant.control, $0) } }
        }
        return Reasons.Part(
            records: records, isAllowed: ruling.isAllowed, clauses: deciding, failing: clauses(ruling.failing),
            obliging: clauses(ruling.demanding), obligations: ruling.obligations,
            rules: Dictionary(rules ?? [], uniquingKeysWith: { $1 }))
    }

    /// Consents are named by their grant's key, policies by themselves.
    private func clause(_ id: String, _ library: PolicyLibrary?) -> Reasons.Clause {
        if let policy = library?.policies.first(where: { $0.id == id }) { return .policy(policy) }
        let parts = id.split(separator: "/")
        guard parts.count >= 2, let control = Ed25519.PublicKey(hexadecimal: parts[0]), let grant = given(control) else {
            return .unknown(id)
        }
        if grant.isRestriction { return .restriction(grant) }
        return parts[1] == "permit" ? .grant(grant) : .exception(grant)
    }
}

extension PatientClient {
    /// What a request for one record would meet with now.
    package struct Prospect: Sendable {
        package let record: StoredRecord
        package let category: UInt16
        package let isAllowed: Bool
        /// Whether some grant would allow it, if nothing forbade it.
        package let hasGrant: Bool
        package let reasons: Reasons
    }

    /// Whether an organisation would get a record now, and why. Decided by the engine under each of its live grants: one is enough.
    package func why(record start: String, for reader: ActorState, purpose: PurposeOfUse) async throws(ClientError) -> Prospect {
        try await sync()
        let (category, record) = try await record(start)
        let decisions = try await ownDecisions()
        let candidate = Candidate(record)
        let all = state.grants + (try await liveDelegatedGrants())
        let own = all.filter { $0.leaf != nil && !$0.isRestriction && $0.grantee == reader.actor.key }
        var parts: [Reasons.Part] = []
        for grant in own where grant.category == category && grant.isInForce(on: session.today) {
            for (_, ruling) in decisions.rulings(offer(grant), purpose, [candidate]) {
                parts.append(
                    part(
                        ruling, [record.descriptorCommitment], decisions.policies?.library, candidate, purpose, at: decisions.now))
            }
        }
        let allowed = parts.filter(\.isAllowed)
        let misses = misses(of: own, decisions, purpose, candidate) { $0.revoked != nil }
        // Under a grant that does not cover the request nothing is looked for that forbids it besides, and there may be.
        let hidden = liveRestrictions.filter { hides($0, candidate, from: reader.actor.key, decisions) }
        if parts.allSatisfy(\.clauses.isEmpty), !hidden.isEmpty {
            let clauses = hidden.map { Reasons.Clause.restriction($0) }
            parts.append(
                Reasons.Part(
                    records: [record.descriptorCommitment], isAllowed: false, clauses: clauses, failing: [], obliging: [],
                    obligations: [], rules: [:]))
        }
        return Prospect(
            record: record, category: category, isAllowed: !allowed.isEmpty, hasGrant: misses.count < own.count,
            reasons: Reasons(parts: allowed.isEmpty ? parts : allowed, moreHeldBack: 0, misses: allowed.isEmpty ? misses : []))
    }

    private func hides(
        _ grant: GivenGrant, _ candidate: Candidate, from reader: Ed25519.PublicKey, _ decisions: OwnDecisions
    ) -> Bool {
        guard let restriction = grant.restriction, restriction.clinic ?? reader == reader else { return false }
        return (try? StoredFacts(canonical: candidate.facts))?.category.code == grant.category
            && decisions.hidden(by: OwnDecisions.Offer(grant), from: restriction.clinic, [candidate]).contains(candidate.record)
    }

    /// What each of these grants lacks. The nearest is the one that lacks least; of those, the one signed last.
    private func misses(
        of grants: [GivenGrant], _ decisions: OwnDecisions, _ purpose: PurposeOfUse, _ candidate: Candidate,
        isRevoked: (GivenGrant) -> Bool
    ) -> [Reasons.Miss] {
        let misses = grants.compactMap { grant -> Reasons.Miss? in
            let inputs = decisions.inputs(offer(grant, isRevoked: isRevoked(grant)), purpose)
            let miss = NearestMiss(inputs, candidate)
            return miss.flatMap { $0.unmet.isEmpty ? nil : Reasons.Miss(grant: grant, unmet: $0.unmet) }
        }
        return misses.sorted { ($0.unmet.count, $1.grant.number) < ($1.unmet.count, $0.grant.number) }
    }
}
