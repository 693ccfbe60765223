import AccessPolicy
import SharingContract

extension GrantBody {
    func scope(of grant: Grant) -> ConsentScope {
        ConsentScope(
            control: grant.control, compartment: compartment, grantee: grantee, from: grant.from, until: grant.until,
            holder: power.holder)
    }

    /// Whether its consent means here what the patient's own program made of it.
    func isCompiled(of grant: Grant) -> Bool {
        ConsentCompiler.compile(consent, scope(of: grant)).hash == compilation
    }
}

extension GrantBody.Power {
    var holder: ConsentScope.Holder {
        switch self {
        case .none: .reader
        case .deciding, .passingOn: .delegate
        case .guardianship: .guardian
        }
    }
}
