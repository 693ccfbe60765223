import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import SharingContract

/// What takes its time to judge of a grant, and needs nothing of the store.
struct CheckedGrant: Sendable {
    let body: GrantBody
    /// The consent, if it is here what was signed: another gateway, or another program, may have compiled otherwise.
    private let compiled: CompiledConsent?
    /// Whether the commitment says what the grant says, or there is none.
    private let isProven: Bool

    /// `nil` for what is no grant.
    init?(_ call: PostEntry) {
        guard case .grant(let grant) = call.entry.event, let body = try? GrantBody(canonical: call.evidence.body) else {
            return nil
        }
        let scope = ConsentScope(
            control: grant.control, compartment: body.compartment, grantee: body.grantee, from: grant.from, until: grant.until,
            holder: body.power.holder)
        let compiled = ConsentCompiler.compile(body.consent, scope)
        self.compiled = compiled.hash == body.compilation ? compiled : nil
        isProven = GrantCommitment.isProven(
            grant.commitment, body.proof, GrantAttributes(consent: body.consent, scope, isUnderAuthority: body.authority != nil),
            of: grant.control, origin: call.entry.origin)
        self.body = body
    }

    /// The consent as it is here; throws if something of the grant does not hold.
    func requireGood() throws(APIError) -> CompiledConsent {
        guard let compiled else {
            throw APIError(.compilationDiffers, "the consent means something else to this gateway than what was signed")
        }
        guard isProven else {
            throw APIError(.commitmentNotProven, "what the grant carries for proofs of consent does not say what the grant says")
        }
        return compiled
    }
}
