package import Cedar
package import CryptoPrimitives

/// What a grant says around its consent, and a compilation depends on.
package struct ConsentScope: Hashable, Sendable {
    /// The grant's name, and so its policies'.
    package let control: Ed25519.PublicKey
    package let compartment: Ed25519.PublicKey
    package let grantee: Ed25519.PublicKey
    package let from: Day
    /// The first day on which the grant does not hold any more.
    package let until: Day

    package init(
        control: Ed25519.PublicKey, compartment: Ed25519.PublicKey, grantee: Ed25519.PublicKey, from: Day, until: Day
    ) {
        self.control = control
        self.compartment = compartment
        self.grantee = grantee
        self.from = from
        self.until = until
    }

    /// Whom the grant names.
    package var requester: EntityUID { .organization(grantee) }
    package var patient: EntityUID { .patient(compartment) }

    /// The name of the one policy of this effect. `part` tells which text and which place in it, such as `2/provision.0`.
    package func id(_ effect: Effect, _ part: String? = nil) -> PolicyID {
        CedarString("\(control)/\(effect.rawValue)\(part.map { "/\($0)" } ?? "")")
    }
}
