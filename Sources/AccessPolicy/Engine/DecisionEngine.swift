import Cedar
import CryptoPrimitives
import MedicalRecords

/// Decides by Cedar over the patient's consents and the published policies: a record is released if the consent of the grant permits it,
/// and no live consent of the compartment and no policy forbids it. Whatever is missing, unreadable or fails denies.
package struct DecisionEngine: Sendable {
    /// Stands in every decision record, so that a later engine is not taken for this one.
    package static let name = "cedar/4.5 consents/\(ConsentCompiler.version) semantics/1"

    /// Why no record is even looked at.
    package let refusal: Verdict.Reason?
    private let inputs: DecisionInputs
    private let consent: Consent?
    private let consented: Consented
    /// Each has to be answered with a permit: what the grant says, and what each delegation lets be given.
    private let questions: [Question]
    /// Records that some policy names: what else is equal of them may still be decided otherwise.
    private let named: Set<EntityUID>
    /// By all that a ruling depends on.
    private var rulings: [Likeness: Ruling] = [:]

    private struct Question {
        /// They decide as one set of them all would.
        let policies: [PolicySet]
        /// Who is asked about in the place of who sent the request.
        var guardian: ConsentScope?
    }

    private struct Likeness: Hashable {
        let facts: [UInt8]
        let depositor: Ed25519.PublicKey
        let record: Bytes32?
    }

    /// - Parameter cache: what was compiled for other decisions.
    package init(_ inputs: DecisionInputs, cache: ConsentCache = ConsentCache()) {
        self.inputs = inputs
        consent = try? Consent(canonical: inputs.consent)
        let check = GrantCheck.check(
            inputs.request, at: inputs.now, inputs.grant, consent: inputs.consent, under: inputs.authorities,
            emergency: inputs.emergency, compile: cache.compile)
        let others = inputs.others.map { cache.compile($0.consent, $0.scope) }
        var consents = others
        switch check {
        case .failure(let denial):
            (refusal, consented, questions) = (denial.reason, Consented(), [Question(policies: [])])
        case .success(let relied):
            consented = relied.consented
            let forbidding = cache.forbidding(others)
            // Policies are named after their grant, so each has to be here once.
            let isEachOnce = forbidding != nil && !inputs.others.contains { $0.scope.control == inputs.request.grant }
            let isTrue = zip(inputs.others, others).allSatisfy { $0.compilation == $1.hash }
            refusal = isEachOnce && isTrue ? nil : .compilationDiffers
            questions =
                [Question(policies: [relied.grant.policies, forbidding ?? PolicySet()])]
                + relied.authorities.map { Question(policies: [$0.compiled.policies], guardian: $0.guardian) }
            consents += [relied.grant] + relied.authorities.map(\.compiled)
        }
        named = consents.reduce(into: inputs.policies?.library.namedRecords ?? []) { $0.formUnion($1.namedRecords) }
    }

    /// Whether the grant is about this record, and the request asks for it. Others are passed over as if they were not there.
    package func isAbout(_ candidate: Candidate) -> Bool {
        refusal == nil && !candidate.isRetracted && inputs.request.filter.wants(candidate.record, at: candidate.position)
            && (try? StoredFacts(canonical: candidate.facts)).map { $0.category.code == consent?.category } ?? true
    }

    /// What is said of each, in order. They are all denied if the grant does not cover the request.
    package mutating func rule(on candidates: [Candidate]) -> [Ruling] {
        var unknown: [Likeness: Candidate] = [:]
        let likenesses = candidates.map(likeness)
        for (likeness, candidate) in zip(likenesses, candidates) where rulings[likeness] == nil {
            unknown[likeness] = unknown[likeness] ?? candidate
        }
        if !unknown.isEmpty { rulings.merge(decide(unknown)) { $1 } }
        return likenesses.map { rulings[$0] ?? .denied }
    }

    private func likeness(of candidate: Candidate) -> Likeness {
        Likeness(
            facts: candidate.facts, depositor: candidate.depositor,
            record: named.contains(.record(candidate.record)) ? candidate.record : nil)
    }

    private func decide(_ candidates: [Likeness: Candidate]) -> [Likeness: Ruling] {
        guard refusal == nil, let grant = inputs.grant else { return [:] }
        return evaluate(candidates, of: grant.compartment)
    }

    /// The work of a ruling where there is no record to rule on, or no grant to rule by. The time it takes must not tell whether there was
    /// one that is held back.
    package func ruleOnNothing() {
        let candidate = Candidate(
            commitment: inputs.requestHash, position: 0, record: .zero, depositor: inputs.request.actor, facts: Self.standIn,
            isRetracted: false)
        _ = evaluate([likeness(of: candidate): candidate], of: inputs.request.actor)
    }

    private static let standIn: [UInt8] = {
        let facts = RecordFacts(
            category: .general, mediaType: .fhirJSON, types: [.init(type: "Observation", count: 1)], labels: [], isLabelled: true,
            days: nil, codes: [])
        return facts.flatMap { StoredFacts($0) }?.canonicalBytes ?? []
    }()

    private func evaluate(_ candidates: [Likeness: Candidate], of compartment: Ed25519.PublicKey) -> [Likeness: Ruling] {
        let answers = questions.map { evaluate(candidates, of: compartment, $0) }
        guard let first = answers.first, answers.count > 1 else { return answers.first ?? [:] }
        return first.keys.reduce(into: [:]) { rulings, likeness in
            rulings[likeness] = Ruling(all: answers.map { $0[likeness] ?? .denied })
        }
    }

    private func evaluate(
        _ candidates: [Likeness: Candidate], of compartment: Ed25519.PublicKey, _ question: Question
    ) -> [Likeness: Ruling] {
        let (library, grants) = (inputs.policies?.library, question.policies)
        let situation = RequestEntities(inputs, of: compartment, consented, library, guardian: question.guardian)
        var readable: [Likeness: Entity] = [:]
        for (likeness, candidate) in candidates {
            guard let facts = try? StoredFacts(canonical: candidate.facts) else { continue }
            readable[likeness] = situation.record(candidate, facts)
        }
        guard let entities = situation.entities(with: readable.values) else { return [:] }
        return readable.compactMapValues { record in
            let request = situation.request(for: record.uid)
            guard let library else { return Ruling(grants: grants.authorize(request, entities: entities)) }
            // A set with another schema than this program's may mean something else by what is said here.
            guard (try? library.schema.validate(request)) != nil else { return nil }
            return library.rule(on: request, entities: entities, grants: grants)
        }
    }
}
