package import AccessPolicy
import CryptoPrimitives
import MedicalRecords
package import SharingContract

extension GivenGrant {
    /// What was signed. `nil` only for what another version of this program wrote.
    package var consent: Consent? { try? Consent(canonical: body.value.consent) }

    /// What it hides, if it hides and allows nothing.
    package var restriction: Restriction? {
        guard case .restriction(let restriction)? = consent?.content else { return nil }
        return restriction
    }

    package var isRestriction: Bool { restriction != nil }

    /// Where in its consent in FHIR the rule stands that decides of a record.
    func rule(on candidate: Candidate, _ purpose: PurposeOfUse, at now: Minute) -> String? {
        guard case .fhir(let document)? = consent?.content else { return nil }
        return ConsentVerdict(of: document, scope, category: category, candidate, for: purpose, at: now)?.place
    }
    /// Whether its holder may also decide.
    package var isDelegation: Bool { body.value.power != .none }

    package var power: GrantBody.Power { body.value.power }

    /// Whom it is for. Each of a person's delegations has a key of its own, so a person is known by the inbox.
    var holder: Ed25519.PublicKey { person?.value.inbox ?? grantee }

    /// Whether it allows or hides something on this day.
    func isInForce(on day: Day) -> Bool {
        guard leaf != nil, revoked == nil else { return false }
        // A restriction's window is for those who only see the ledger.
        return from <= day && (day < until || isRestriction)
    }

    /// Everything that its policies depend on.
    package var scope: ConsentScope {
        ConsentScope(
            control: control, compartment: body.value.compartment, grantee: body.value.grantee, from: from, until: until,
            holder: power.holder)
    }
}
