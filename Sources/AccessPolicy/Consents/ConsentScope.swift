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
    package let holder: Holder

    /// What the grantee is. The number stands in decisions.
    package enum Holder: UInt8, CaseIterable, Sendable {
        /// Somebody who may read.
        case reader = 0
        /// A person who may also let others read.
        case delegate = 1
        /// The same in the patient's place, until a day: the law has its own word on what a guardian sees.
        case guardian = 2
    }

    package init(
        control: Ed25519.PublicKey, compartment: Ed25519.PublicKey, grantee: Ed25519.PublicKey, from: Day, until: Day,
        holder: Holder = .reader
    ) {
        self.control = control
        self.compartment = compartment
        self.grantee = grantee
        self.from = from
        self.until = until
        self.holder = holder
    }

    /// Whom the grant names.
    package var requester: EntityUID { holder == .guardian ? .guardian(grantee) : .organization(grantee) }

    /// As if the same were for this requester: what a delegation lets its holder give.
    func given(to requester: Ed25519.PublicKey) -> ConsentScope {
        ConsentScope(control: control, compartment: compartment, grantee: requester, from: from, until: until)
    }

    package var patient: EntityUID { .patient(compartment) }

    /// The name of the one policy of this effect. `part` tells which text and which place in it, such as `2/provision.0`.
    package func id(_ effect: Effect, _ part: String? = nil) -> PolicyID {
        CedarString("\(control)/\(effect.rawValue)\(part.map { "/\($0)" } ?? "")")
    }
}
