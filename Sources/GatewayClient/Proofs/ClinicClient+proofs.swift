package import CryptoPrimitives
package import MedicalRecords
import MerkleLedger
package import SharingContract
import ZeroKnowledge

/// What a presentation that was checked shows and proves.
package struct ProvenPresentation: Sendable {
    /// One claims set.
    package struct Answer: Sendable {
        package let schema: ClaimsSchema
        package let issuer: Actor
        package let validity: Validity
        package let shown: [(field: ClaimField, value: ClaimValue)]
        /// When the ledger took in what stands for these claims.
        package let anchored: Minute
        /// The issuer's key was revoked since.
        package let isIssuerRevokedSince: Bool
    }

    /// A grant, which is one of some.
    package struct Consent: Sendable {
        package let actor: ActorState
        package let day: Day
        /// Among how many grants it is.
        package let candidateCount: Int
        /// How many of these were revoked since.
        package let revokedSince: Int
        /// How much of the ledger the patient's program looked at, and when that was written.
        package let size: UInt64
        package let time: Minute
    }

    package let request: ProofRequest
    package let answers: [Answer]
    package let consent: Consent?
}

extension ClinicClient {
    /// Requests whose time is over for so long are forgotten.
    private static let keptDays: UInt32 = 90
    private static let maximumRequests = 10_000

    /// Asks for a proof, and remembers that it did.
    package func requestProof(
        purpose: TextLine, minutes: UInt32, asked: [ProofRequest.Asked], conditions: [ProofCondition]
    ) throws(ClientError) -> ProofRequest {
        let now = session.now
        let request = ProofRequest(
            pin: session.pin, name: state.name, purpose: purpose, made: now, until: Minute(now.number + minutes), asked: asked,
            conditions: conditions, signingWith: session.keyring.actorKey())
        // A request that its reader would refuse is none.
        guard let read = try? ProofRequest(canonical: request.canonicalBytes), read == request else {
            throw .notPossible(.requestMeaningless)
        }
        try request.requireProvable()
        var requests = (state.proofRequests ?? []).filter {
            session.today < $0.request.value.until.day.adding(days: Self.keptDays)
        }
        guard requests.count < Self.maximumRequests else { throw .notPossible(.tooManyRequests) }
        requests.append(AskedProof(request: Stored(request)))
        state.proofRequests = requests
        try save()
        return request
    }

    /// Checks a presentation with what this profile has on its disk: its own requests and its copy of the ledger. The first that answers a
    /// request is taken, and no other.
    package func verify(_ presentation: Presentation) throws(ClientError) -> ProvenPresentation {
        guard let index = state.proofRequests?.firstIndex(where: { $0.request.value.hash == presentation.request }),
            let known = state.proofRequests?[index]
        else { throw .notFound(.proofRequest) }
        let request = known.request.value
        guard session.now < request.until else { throw .notPossible(.requestOver) }
        guard known.answer.map({ $0 == presentation.hash }) ?? true else { throw .notPossible(.answeredAlready) }
        guard presentation.answers.count == request.asked.count else { throw .notVerified(.proofNotGood) }
        var answers: [ProvenPresentation.Answer] = []
        for (asked, answer) in zip(request.asked, presentation.answers) { answers.append(try checked(answer, asked)) }
        let covering = try request.covering(presentation.covered, on: session.ledger)
        let statement = try request.statement(
            presentation.answers.map { .init(credential: $0.credential, values: $0.values) }, covering)
        let consent = try consent(request, presentation, covering)
        do {
            try RecordProof.verify(presentation.proof, of: statement)
        } catch {
            throw .notVerified(.proofNotGood)
        }
        if known.answer == nil {
            state.proofRequests?[index].answer = presentation.hash
            try save()
        }
        return ProvenPresentation(request: request, answers: answers, consent: consent)
    }

    private func consent(
        _ request: ProofRequest, _ presentation: Presentation, _ covering: Covering?
    ) throws(ClientError) -> ProvenPresentation.Consent? {
        guard let asked = request.consent, let covered = presentation.covered, let covering else { return nil }
        guard let actor = (try? session.ledger.state.actor(asked.actor)) ?? nil else { throw .notPossible(.ledgerBehind) }
        let ledger = session.ledger
        // A block with a grant in it is of a ledger that is not empty.
        let last = covered.size - 1
        return .init(
            actor: actor, day: asked.day, candidateCount: covering.candidates.count,
            revokedSince: ledger.revoked(of: ledger.liveGrants(at: covered.size, on: asked.day)[Int(covered.block)]),
            size: covered.size, time: try ledger.leaf(last).time)
    }

    /// Throws unless the claims are signed by a clinic that was admitted when their anchor came onto the ledger, and hold today.
    private func checked(
        _ answer: Presentation.Answer, _ asked: ProofRequest.Asked
    ) throws(ClientError) -> ProvenPresentation.Answer {
        let (ledger, credential, anchored) = (session.ledger, answer.credential, answer.anchored)
        guard anchored.leaf < ledger.size else { throw .notPossible(.ledgerBehind) }
        guard let logged = ledger.anchors.first(where: { $0.leaf == anchored.leaf }),
            let proof = try? InclusionProof(
                index: UInt64(anchored.index), size: UInt64(logged.publication.count), hashes: anchored.path),
            (try? proof.verify(.leaf(credential.anchor.bytes), against: logged.publication.root)) != nil
        else { throw .notVerified(.anchorNotPublished) }
        guard let issuer = (try? ledger.state.actor(credential.issuer)) ?? nil, issuer.actor.role == .clinic,
            issuer.admittedAt < logged.leaf, logged.time.day < issuer.actor.end,
            ledger.revocations[credential.issuer].map({ logged.leaf < $0 }) ?? true
        else { throw .notVerified(.issuerNotAdmitted) }
        try credential.verify(asked.schema, origin: session.origin)
        guard credential.validity.holds(on: session.today) else { throw .notPossible(.claimsOver) }
        let fields = asked.allShown.map { asked.schema.fields[Int($0)] }
        return ProvenPresentation.Answer(
            schema: asked.schema, issuer: issuer.actor, validity: credential.validity,
            shown: Array(zip(fields, answer.values)), anchored: logged.time, isIssuerRevokedSince: issuer.isRevoked)
    }
}
