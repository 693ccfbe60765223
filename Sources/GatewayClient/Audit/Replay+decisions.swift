import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import SharingContract

extension Replay {
    /// Gathers the inputs anew from the ledger and its evidence, decides, and notes whatever is recorded otherwise.
    mutating func redo(_ decision: Decision, _ leaf: Leaf, _ index: UInt64, _ evidence: Evidence) throws(Finding) {
        guard let body = try? DecisionBody(canonical: evidence.body), let request = try? Request(canonical: body.request),
            let record = try? DecisionRecord(canonical: body.record)
        else { throw Finding(leaf: index, what: .decisionUnreadable) }
        let (inputs, engine) = anew(request, body, leaf.time)
        let known = record.records.map(candidate)
        let isErased = record.records.contains { hidden[$0.commitment] != nil }
        var redone = Redone(inputs, engine, record, known, inputs.grant.map(\.compartment))
        redone.compare(state)
        var differences = redone.differences
        if !isRequestSigned(body, request) { differences.append(.requestNotSigned) }
        if case .released(let release) = decision.outcome, !isInEmergency(release, request, inputs) {
            differences.append(.emergency)
        }
        if !agrees(decision, body, record) { differences.append(.outcome) }
        report.findings += differences.map { Finding(leaf: index, what: $0) }
        if isErased {
            report.erased += 1
        } else {
            report.decisions += 1
            if differences.isEmpty { report.same += 1 }
        }
        if case .released(let release) = decision.outcome {
            report.released += 1
            if release.emergency != nil { report.emergencyReleases += 1 }
        } else {
            report.refused += 1
        }
    }

    /// Names the emergency that its request names, and one at all if its grant opens in emergencies alone.
    private func isInEmergency(_ release: Decision.Release, _ request: Request, _ inputs: DecisionInputs) -> Bool {
        let plain = (try? Consent(canonical: inputs.consent))?.plain
        let needsOne = plain?.extras.contains(.emergencyOnly) ?? false
        return release.emergency == request.emergency && (release.emergency != nil || !needsOne)
    }

    private func anew(_ request: Request, _ body: DecisionBody, _ now: Minute) -> (DecisionInputs, DecisionEngine) {
        let (facts, consent) = grant(request, body)
        let emergency = request.emergency.flatMap { try? EmergencyFacts(declaredAt: $0, state) }
        let authorities = authorities(of: request.grant)
        let check = GrantCheck.check(
            request, at: now, facts, consent: consent, under: authorities, emergency: emergency, compile: consents.compile)
        let isCovered = (try? check.get()) != nil
        let inputs = DecisionInputs(
            now: now, requestHash: .labelled(.request, body.request), request: request, grant: facts, consent: consent,
            authorities: authorities, identifiers: identifiers(of: request.actor),
            isEmergencyDesk: isEmergencyDesk(request.actor, now.day), emergency: emergency,
            others: isCovered ? others(of: facts?.compartment, beside: request.grant, now.day) : [], policies: policies)
        return (inputs, DecisionEngine(inputs, cache: consents))
    }

    private func grant(_ request: Request, _ body: DecisionBody) -> (GrantFacts?, [UInt8]) {
        guard let grant = try? state.grant(request.grant), let terms = try? state.terms(of: request.grant) else { return (nil, []) }
        let bytes = RequestHash(of: body.request).releaseBytes(grant: request.grant)
        let isSigned = (try? grant.grant.release.verify(body.releaseSignature, .release, origin: pin.origin, bytes)) != nil
        let facts = GrantFacts(
            Self.scope(grant, terms), consent: terms.consent, compilation: terms.compilation, isRevoked: grant.revokedAt != nil,
            isReleaseSigned: isSigned, authority: terms.authority)
        return (facts, terms.consent)
    }

    /// The delegations that a grant hangs on, as they are at this leaf.
    private func authorities(of grant: Ed25519.PublicKey) -> [Authority] {
        guard let terms = try? state.terms(of: grant), let chain = try? state.authorities(of: terms) else { return [] }
        return chain.map { known in
            let facts = GrantFacts(
                Self.scope(known.state, known.terms), consent: known.terms.consent, compilation: known.terms.compilation,
                isRevoked: known.state.revokedAt != nil, isReleaseSigned: false, authority: known.terms.authority)
            return Authority(facts, consent: known.terms.consent)
        }
    }

    private static func scope(_ grant: GrantState, _ terms: GrantTerms) -> ConsentScope {
        ConsentScope(
            control: grant.grant.control, compartment: terms.compartment, grantee: terms.grantee, from: grant.grant.from,
            until: grant.grant.until, holder: terms.power.holder)
    }

    private func others(
        of compartment: Ed25519.PublicKey?, beside relied: Ed25519.PublicKey, _ day: Day
    ) -> [OtherConsent] {
        guard let compartment, let open = try? state.openGrants(of: compartment) else { return [] }
        return open.controls.compactMap { control in
            guard control != relied, let grant = try? state.grant(control), let terms = try? state.terms(of: control),
                terms.authority == nil
            else { return nil }
            let scope = Self.scope(grant, terms)
            guard consents.compile(terms.consent, scope).forbids(on: day, scope) else { return nil }
            return OtherConsent(scope, consent: terms.consent, compilation: terms.compilation)
        }
    }

    private func identifiers(of key: Ed25519.PublicKey) -> TextLine {
        guard let actor = try? state.actor(key), let evidence = export.evidence[actor.admittedAt],
            let body = try? ActorBody(canonical: evidence.body)
        else { return .none }
        return body.identifiers
    }

    private func isEmergencyDesk(_ key: Ed25519.PublicKey, _ day: Day) -> Bool {
        guard let actor = try? state.actor(key) else { return false }
        return actor.actor.role == .emergencyDesk && actor.isLive(on: day)
    }

    /// `nil` if the descriptor was erased, or never was.
    private func candidate(_ ruled: RuledRecord) -> Candidate? {
        descriptors[ruled.commitment].map { descriptor in
            Candidate(
                commitment: ruled.commitment, position: ruled.position, record: descriptor.record.value,
                depositor: descriptor.depositor, facts: descriptor.facts, isRetracted: descriptor.state == .enteredInError)
        }
    }

    /// The actor signed the HTTP message that carried exactly this request.
    private func isRequestSigned(_ body: DecisionBody, _ request: Request) -> Bool {
        let message = RequestRecords(request: body.request, releaseSignature: body.releaseSignature).canonicalBytes
        let base = String(decoding: body.signatureBase, as: UTF8.self)
        let digestLine = "\"content-digest\": \(ContentDigest(of: message).fieldValue)\n"
        return base.contains(digestLine) && (try? request.actor.verify(body.httpSignature, of: body.signatureBase)) != nil
    }

    /// What was released is what the record says, neither more nor less.
    private func agrees(_ decision: Decision, _ body: DecisionBody, _ record: DecisionRecord) -> Bool {
        let released = Set(body.released.map(\.descriptorCommitment))
        switch (decision.outcome, record.verdict) {
        case (.refused, .denied): return released.isEmpty
        case (.released, .allowed):
            return released == Set(record.released.map(\.record.commitment)) && released.count == body.released.count
        default: return false
        }
    }
}

/// A decision made again beside what was recorded of it.
private struct Redone {
    private let inputs: DecisionInputs
    private var engine: DecisionEngine
    private let record: DecisionRecord
    /// Of each listed record what is known; `nil` if it was erased.
    private let known: [Candidate?]
    private let compartment: Ed25519.PublicKey?
    private(set) var differences: [Replay.Finding.What] = []

    init(
        _ inputs: DecisionInputs, _ engine: DecisionEngine, _ record: DecisionRecord, _ known: [Candidate?],
        _ compartment: Ed25519.PublicKey?
    ) {
        self.inputs = inputs
        self.engine = engine
        self.record = record
        self.known = known
        self.compartment = compartment
    }

    mutating func compare(_ state: MemoryState) {
        note(.engine, unless: record.engine.text == DecisionEngine.name)
        note(.time, unless: record.now == inputs.now)
        note(.request, unless: record.requestHash == inputs.requestHash)
        note(.policies, unless: record.policies == inputs.policies?.root)
        note(.grant, unless: record.grant == inputs.grant)
        note(.authorities, unless: record.authorities == inputs.authorities.map(\.grant))
        note(.consents, unless: record.others == inputs.others.map(\.name))
        note(.records, unless: areRecordsRight(state))
        compareRulings()
        let expected = DecisionRecord.verdict(engine.refusal, record.rulings, record.records, record.moreHeldBack)
        note(.verdict, unless: record.verdict == expected)
    }

    private mutating func note(_ what: Replay.Finding.What, unless isRight: Bool) {
        if !isRight { differences.append(what) }
    }

    /// Every record is the newest version of one of the compartment's, at its place, and one that the grant is about; and none was only
    /// counted while there was room to name it.
    private func areRecordsRight(_ state: MemoryState) -> Bool {
        guard record.records.isEmpty && record.moreHeldBack == 0 || engine.refusal == nil else { return false }
        guard record.moreHeldBack == 0 || record.isFull else { return false }
        return zip(record.records, known).allSatisfy { ruled, candidate in
            guard let place = try? state.descriptor(ruled.commitment), place.compartment == compartment,
                place.position == ruled.position
            else { return false }
            // What was erased since is only known to have been there.
            guard let candidate else { return place.record == nil }
            guard let record = place.record, let versions = try? state.record(record)?.versions else { return false }
            return versions.last == ruled.commitment && engine.isAbout(candidate)
        }
    }

    private mutating func compareRulings() {
        let readable = zip(record.records, known).compactMap { ruled, candidate in candidate.map { (ruled, $0) } }
        let rulings = engine.rule(on: readable.map(\.1))
        let pairs = zip(readable, rulings).map { (record.rulings[$0.0.ruling], $1) }
        let isSame = pairs.allSatisfy { recorded, found in
            (recorded.decision, recorded.reasons, recorded.erring) == (found.decision, found.reasons, found.erring)
        }
        note(.rulings, unless: isSame)
        note(
            .obligations,
            unless: pairs.allSatisfy { ($0.obliging, $0.obligations) == ($1.obliging, $1.obligations) })
    }
}
