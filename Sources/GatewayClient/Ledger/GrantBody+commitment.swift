package import AccessPolicy
import CryptoPrimitives
package import SharingContract

extension GrantAttributes {
    package init(_ grant: Grant, _ body: GrantBody) {
        self.init(consent: body.consent, body.scope(of: grant), isUnderAuthority: body.authority != nil)
    }
}

extension GrantBody {
    /// Whether the commitment says what the grant says, or there is none: programs that prove no consent make grants without.
    func isProven(of grant: Grant, origin: TextLine) -> Bool {
        GrantCommitment.isProven(grant.commitment, proof, GrantAttributes(grant, self), of: grant.control, origin: origin)
    }

    /// Whether all that its signer's program made of its consent is what this program makes of it.
    func isSound(of grant: Grant, origin: TextLine) -> Bool {
        isCompiled(of: grant) && isProven(of: grant, origin: origin)
    }
}
