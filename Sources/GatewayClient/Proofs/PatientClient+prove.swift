import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import MerkleLedger
import SharingContract
import ZeroKnowledge

/// Which claims answer a request, before anything is shown.
package struct ProofDraft: Sendable {
    package let request: ProofRequest
    /// One for each claims set that is asked for.
    package let chosen: [HeldClaims]
    /// The grant that covers what is asked, if that is.
    package let consent: ChosenConsent?
    /// Conditions that this verifier was shown to hold of the same values before: each answer narrows down what is not shown.
    package let earlier: [String]
    /// Copies that are left after this one, the fewest of all that are shown.
    package let copiesLeft: Int
    /// All copies of each claims set that is chosen. To make them out takes long.
    fileprivate let credentials: [[Credential]]
}

extension PatientClient {
    /// Finds claims that answer the request. Throws if there are none, or if the request is not what it says.
    ///
    /// - Parameter references: resources to use, in the words of `proof make`; of others there is no choice.
    package func draft(_ request: ProofRequest, using references: [String]) async throws(ClientError) -> ProofDraft {
        try request.verify()
        guard request.pin.isSameLedger(as: session.pin) else { throw .notPossible(.otherLedger) }
        guard session.now < request.until else { throw .notPossible(.requestOver) }
        try request.requireProvable()
        let held = try await heldClaims().filter { $0.set.validity.holds(on: session.today) }
        var candidates: [[HeldClaims]] = []
        for asked in request.asked {
            let ofSchema = held.filter { $0.set.schema == asked.schema }
            let named = ofSchema.filter { references.contains($0.set.reference.text) }
            guard !ofSchema.isEmpty else { throw .notFound(.claims(kind: asked.schema.name)) }
            candidates.append(named.isEmpty ? ofSchema : named)
        }
        var credentials: [ClaimSet: [Credential]] = [:]
        let chosen = try request.choice(from: candidates) { claims throws(ClientError) in
            let copies = try self.credentials(claims)
            credentials[claims.set] = copies
            return copies.contains(where: isFresh)
        }
        guard let chosen else {
            let isUsedUp = try request.choice(from: candidates) { _ throws(ClientError) in true } != nil
            throw .notPossible(isUsedUp ? .copiesUsedUp : .cannotBeProven)
        }
        let consent = try request.consent.map { asked throws(ClientError) in try chosenConsent(asked) }
        let fields = request.conditions.flatMap(\.fields).map { chosen[Int($0.record)].subject(request, $0) }
        let subjects = Set(fields + [consent?.subject].compactMap(\.self))
        let copies = chosen.map { credentials[$0.set] ?? [] }
        return ProofDraft(
            request: request, chosen: chosen, consent: consent,
            earlier: wallet.given.filter { $0.verifier == request.verifier && subjects.contains($0.subject) }.map(\.condition),
            copiesLeft: copies.map { $0.count(where: isFresh) - 1 }.min() ?? 0, credentials: copies)
    }

    func copiesLeft(_ claims: HeldClaims) throws(ClientError) -> Int { try credentials(claims).count(where: isFresh) }

    private func isFresh(_ copy: Credential) -> Bool { !wallet.shown.contains(copy.anchor.description) }

    private func credentials(_ claims: HeldClaims) throws(ClientError) -> [Credential] {
        let holder = session.keyring.holderSecret().commitment(for: claims.issuer)
        guard let commitments = try? claims.set.commitments(holder: holder) else { throw .notVerified(.claimsOther) }
        return zip(claims.set.copies, commitments).map {
            Credential(issuer: claims.issuer, validity: claims.set.validity, signature: $0.signature, commitment: $1)
        }
    }

    /// Shows and proves what the draft says. Each copy that is shown is used up by it, also if nobody ever reads what comes out.
    ///
    /// - Parameter conditions: how the request's conditions read, to be remembered.
    package func present(_ draft: ProofDraft, conditions: [String]) async throws(ClientError) -> Presentation {
        let request = draft.request
        var answers: [Presentation.Answer] = []
        var witness = Witness()
        let copies = try await freshCopies(draft)
        for (asked, (claims, fresh)) in zip(request.asked, zip(draft.chosen, copies)) {
            let values = asked.allShown.map { claims.set.values[Int($0)] }
            answers.append(.init(credential: fresh.credential, values: values, anchored: fresh.anchored))
            try append(claims, fresh.copy, to: &witness)
        }
        let covered = draft.consent.map { append($0, of: request, to: &witness) }
        let statement = try request.statement(
            answers.map { .init(credential: $0.credential, values: $0.values) },
            try request.covering(covered, on: session.ledger))
        // Before the proof is out: a copy that a lost presentation showed is not shown again.
        for answer in answers { wallet.shown.insert(answer.credential.anchor.description) }
        wallet.used = (wallet.used ?? []).union(draft.chosen.map(\.subject))
        for (condition, words) in zip(request.conditions, conditions) {
            for field in condition.fields {
                let claims = draft.chosen[Int(field.record)]
                wallet.remember(
                    GivenProof(
                        verifier: request.verifier, time: session.now.number, subject: claims.subject(request, field),
                        condition: words, last: claims.set.validity.last.number))
            }
            guard case .covered = condition, let consent = draft.consent else { continue }
            wallet.remember(
                GivenProof(
                    verifier: request.verifier, time: session.now.number, subject: consent.subject, condition: words,
                    last: consent.grant.until.number))
        }
        try save()
        await backUpIfPossible()
        return Presentation(
            request: request.hash, answers: answers, covered: covered, proof: try statement.verifiedProof(witness))
    }

    private func append(
        _ claims: HeldClaims, _ copy: ClaimSet.Copy, to witness: inout Witness
    ) throws(ClientError) {
        let holder = session.keyring.holderSecret()
        let set = claims.set
        let attributes = SG3072.SecretScalars(count: set.schema.attributeCount) { index in
            switch index {
            case ClaimAttribute.schema: SG3072.SecretScalar(set.schema.scalar)
            case ClaimAttribute.holder: holder.secret()
            case ClaimAttribute.last: SG3072.SecretScalar(set.validity.scalar)
            default: SG3072.SecretScalar(set.values[index - ClaimAttribute.field(0)].scalar)
            }
        }
        do throws(FormatError) {
            witness.append(blinding: holder.blinding(for: claims.issuer) + (try copy.opening()), attributes: attributes)
        } catch {
            throw .notVerified(.claimsOther)
        }
    }

    private struct FreshCopy {
        let credential: Credential
        let copy: ClaimSet.Copy
        let anchored: Presentation.Anchored
    }

    /// For each claims set a copy that was shown to nobody, and where its anchor stands. Trees are fetched whole, and each once: which leaf is
    /// looked for, the gateway does not learn.
    private func freshCopies(_ draft: ProofDraft) async throws(ClientError) -> [FreshCopy] {
        let chosen = draft.chosen
        let fresh: [[(credential: Credential, copy: ClaimSet.Copy)]] = zip(draft.credentials, chosen).map { credentials, claims in
            zip(credentials, claims.set.copies).filter { isFresh($0.0) }
        }
        var found: [Int: FreshCopy] = [:]
        for logged in session.ledger.anchors {
            let waiting = chosen.indices.filter { found[$0] == nil && logged.leaf > chosen[$0].deposit }
            guard !waiting.isEmpty else { continue }
            let tree = try await session.anchorTree(logged.leaf)
            let places = tree.places(of: Set(waiting.flatMap { fresh[$0].map(\.credential.anchor) }))
            for index in waiting {
                // In the order of the copies: the tree's would say how many were left.
                for (credential, copy) in fresh[index] {
                    guard let place = places[credential.anchor] else { continue }
                    let anchored = Presentation.Anchored(leaf: logged.leaf, index: UInt32(place), path: tree.path(to: place))
                    found[index] = FreshCopy(credential: credential, copy: copy, anchored: anchored)
                    break
                }
            }
        }
        let copies = chosen.indices.compactMap { found[$0] }
        guard copies.count == chosen.count else { throw .notPossible(.claimsNotPublished) }
        return copies
    }
}

extension HeldClaims {
    fileprivate func subject(_ request: ProofRequest, _ field: ProofCondition.Field) -> String {
        "\(subject)/\(request.claimField(field).name)"
    }
}

extension Statement {
    /// A proof, which verifies: what a faulty processor made could give the witness away.
    func verifiedProof(_ witness: borrowing Witness) throws(ClientError) -> [UInt8] {
        let proof: [UInt8]
        do throws(ProverError) {
            proof = try RecordProof.prove(self, witness)
        } catch {
            throw .notPossible(.cannotBeProven)
        }
        guard (try? RecordProof.verify(proof, of: self)) != nil else { throw .notPossible(.proofFaulty) }
        return proof
    }
}

extension AnchorTree {
    fileprivate func places(of wanted: Set<Hash>) -> [Hash: Int] {
        var places: [Hash: Int] = [:]
        for (place, hash) in hashes.enumerated() where wanted.contains(hash) { places[hash] = place }
        return places
    }
}
