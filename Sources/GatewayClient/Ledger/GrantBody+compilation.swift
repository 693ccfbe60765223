import AccessPolicy
import SharingContract

extension GrantBody {
    func scope(of grant: Grant) -> ConsentScope {
        ConsentScope(control: grant.control, compartment: compartment, grantee: grantee, from: grant.from, until: grant.until)
    }

    /// Whether its consent means here what the patient's own program made of it.
    func isCompiled(of grant: Grant) -> Bool {
        ConsentCompiler.compile(consent, scope(of: grant)).hash == compilation
    }
}
