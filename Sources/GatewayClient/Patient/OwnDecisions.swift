package import AccessPolicy
package import CryptoPrimitives
package import GatewayAPI
package import MedicalRecords
import SharingContract

/// Decides over the patient's own records as a gateway would: by the same engine, over the same consents and policies.
///
/// What opens in emergencies alone is decided as if there were one. What an organisation was admitted with is not known here. A consent in FHIR that names its reader by another identifier than the key may
/// let it read more.
package struct OwnDecisions: Sendable {
    /// A consent, signed or about to be.
    package struct Offer: Sendable {
        package let scope: ConsentScope
        let consent: [UInt8]
        let compilation: Hash
        let isRevoked: Bool
        package let category: UInt16
        /// The delegations that it was made under, the nearest first.
        let authorities: [Offer]

        /// - Parameters:
        ///   - isRevoked: whether it was at the time that is looked at.
        ///   - authorities: the delegations that it was made under, the nearest first.
        init(_ given: GivenGrant, isRevoked: Bool? = nil, under authorities: [Offer] = []) {
            scope = given.scope
            consent = given.body.value.consent
            compilation = given.body.value.compilation
            self.isRevoked = isRevoked ?? (given.revoked != nil)
            category = given.category
            self.authorities = authorities
        }

        init(_ consent: Consent, _ scope: ConsentScope) {
            self.scope = scope
            self.consent = consent.canonicalBytes
            compilation = ConsentCompiler.compile(consent, scope).hash
            isRevoked = false
            category = consent.category
            authorities = []
        }

        fileprivate func facts(isReleaseSigned: Bool, under authority: Offer?) -> GrantFacts {
            GrantFacts(
                scope, consent: consent, compilation: compilation, isRevoked: isRevoked, isReleaseSigned: isReleaseSigned,
                authority: authority?.scope.control)
        }
    }

    let origin: TextLine
    package internal(set) var now: Minute
    package let policies: PoliciesInForce?
    /// Those whose forbids count.
    var inForce: [Offer]
    private let compilations = ConsentCache()

    init(origin: TextLine, now: Minute, policies: PoliciesInForce?, inForce: [Offer]) {
        self.origin = origin
        self.now = now
        self.policies = policies
        self.inForce = inForce
    }

    /// Everything a decision under this offer depends on.
    package func inputs(_ offer: Offer, _ purpose: PurposeOfUse) -> DecisionInputs {
        let isForEmergencies = (try? Consent(canonical: offer.consent))?.plain?.extras.contains(.emergencyOnly) ?? false
        let request = Request(
            origin: origin, grant: offer.scope.control, filter: .all, purpose: purpose, staff: .none, actor: offer.scope.grantee,
            emergency: isForEmergencies ? 0 : nil, nonce: .zero)
        let others = inForce.filter { other in
            other.scope.compartment == offer.scope.compartment && other.scope.control != offer.scope.control
                && other.authorities.isEmpty
                && compilations.compile(other.consent, other.scope).forbids(on: now.day, other.scope)
        }
        return DecisionInputs(
            now: now, requestHash: Hash.labelled(.request, request.canonicalBytes), request: request,
            grant: offer.facts(isReleaseSigned: true, under: offer.authorities.first), consent: offer.consent,
            authorities: offer.authorities.indices.map { index in
                let (authority, above) = (offer.authorities[index], offer.authorities.dropFirst(index + 1).first)
                return Authority(authority.facts(isReleaseSigned: false, under: above), consent: authority.consent)
            }, isEmergencyDesk: isForEmergencies, emergency: isForEmergencies ? .supposed(offer.scope, now) : nil,
            others: others.map { OtherConsent($0.scope, consent: $0.consent, compilation: $0.compilation) },
            policies: policies)
    }

    /// What would be said of each record that the offer is about.
    func rulings(_ offer: Offer, _ purpose: PurposeOfUse, _ candidates: [Candidate]) -> [(candidate: Candidate, ruling: Ruling)] {
        var engine = DecisionEngine(inputs(offer, purpose), cache: compilations)
        let about = candidates.filter(engine.isAbout)
        return Array(zip(about, engine.rule(on: about)).map { ($0, $1) })
    }

    /// What could be read under it for any purpose, by record id.
    func readable(_ offer: Offer, _ candidates: [Candidate]) -> Set<Bytes32> {
        PurposeOfUse.allCases.reduce(into: []) { readable, purpose in
            for item in rulings(offer, purpose, candidates) where item.ruling.isAllowed {
                readable.insert(item.candidate.record)
            }
        }
    }

    /// Records that a restriction would hide: what somebody who may read everything would not get any more.
    func hidden(by restriction: Offer, from clinic: Ed25519.PublicKey?, _ candidates: [Candidate]) -> Set<Bytes32> {
        let everything = PlainConsent(
            actions: [.read], purposes: Set(PurposeOfUse.allCases), extras: [.unlabelled, .counsellingNotes])
        guard let everything else { return [] }
        let scope = restriction.scope
        let reader = Offer(
            Consent(everything, category: restriction.category),
            ConsentScope(
                control: scope.compartment, compartment: scope.compartment, grantee: clinic ?? scope.compartment, from: now.day,
                until: now.day.adding(days: 1)))
        let bare = OwnDecisions(origin: origin, now: now, policies: nil, inForce: [restriction])
        return Set(candidates.map(\.record)).subtracting(bare.readable(reader, candidates))
    }
}

extension EmergencyFacts {
    /// An emergency in which everything is as it should be: what a grant for emergencies would open then.
    fileprivate static func supposed(_ scope: ConsentScope, _ now: Minute) -> EmergencyFacts? {
        guard let words = TextLine("supposed") else { return nil }
        return EmergencyFacts(
            grant: scope.control, desk: scope.grantee, until: Minute(now.number + 1), isUsed: false, explanation: words,
            recipient: words, facility: words, discloser: words, nature: words)
    }
}

extension Candidate {
    package init(_ record: StoredRecord) {
        self.init(
            commitment: record.descriptorCommitment, position: record.position, record: record.descriptor.record.value,
            depositor: record.descriptor.depositor, facts: record.descriptor.facts,
            isRetracted: record.descriptor.state == .enteredInError)
    }
}

extension PatientClient {
    /// Decides by what is in force now.
    ///
    /// - Parameter hasPolicies: whether those of statute and institution count, beside what the patient said.
    package func ownDecisions(hasPolicies: Bool = true) async throws(ClientError) -> OwnDecisions {
        let delegated = try await liveDelegatedGrants()
        return OwnDecisions(
            origin: session.origin, now: session.now, policies: hasPolicies ? try await session.policiesInForce() : nil,
            inForce: (state.grants.filter { $0.isInForce(on: session.today) } + delegated).map { offer($0) })
    }

    /// - Parameter isRevoked: whether it was at the time that is looked at.
    func offer(_ given: GivenGrant, isRevoked: Bool? = nil) -> OwnDecisions.Offer {
        var chain: [OwnDecisions.Offer] = []
        var next = given.body.value.authority?.grant
        while let control = next, let authority = self.given(control) {
            chain.append(OwnDecisions.Offer(authority))
            next = authority.body.value.authority?.grant
        }
        return OwnDecisions.Offer(given, isRevoked: isRevoked, under: chain)
    }

    /// The offer that a proposal would be. Its keys are not those that it would get: nothing is decided by them.
    func offer(_ proposed: ProposedGrant, number: Int = 0) -> OwnDecisions.Offer {
        let compartment = session.keyring.compartmentKey(proposed.category).publicKey
        return OwnDecisions.Offer(
            proposed.consent,
            ConsentScope(
                control: session.keyring.controlKey(state.nextGrant + UInt64(number)).publicKey, compartment: compartment,
                grantee: proposed.grantee?.actor.key ?? compartment, from: proposed.from, until: proposed.until))
    }
}
