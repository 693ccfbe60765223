package import Cedar

/// For whom and what a consent is made into policies.
package struct ConsentAudience: Hashable, Sendable {
    /// Whose records: the compartment.
    package let patient: EntityUID
    /// Whom the grant names, if there is one: nobody else is permitted anything.
    package let requester: EntityUID?
    /// The category of records that the grant opens.
    package let category: String?
    /// Whether every address that a consent may name is known, and of every request which persons and organizations it comes from and
    /// which wrote a record. A gateway knows clinics alone, by key and by number.
    package let knowsReferences: Bool

    /// Of a grant.
    package init(_ scope: ConsentScope, category: String) {
        patient = scope.patient
        requester = scope.requester
        self.category = category
        knowsReferences = false
    }

    /// Of somebody outside, who keeps records of his own and knows whose they are.
    package static let outside = ConsentAudience(patient: EntityUID(type: "Patient", id: "outside"))

    /// Of nobody in particular, where somebody outside asks and every reference is known.
    package init(patient: EntityUID) {
        self.patient = patient
        requester = nil
        category = nil
        knowsReferences = true
    }

    /// Whether a denial in these rules reaches others than the one whom the grant names. One that permits and names nobody means him.
    package func reachesOthers(_ root: ConsentRule) -> Bool {
        requester == nil || root.kind == .deny || root.namesRecipients
    }

    func knows(_ reference: ConsentReference) -> Bool {
        !reference.names.isEmpty && (knowsReferences || reference.isKnownToGateways)
    }
}

extension EntityUID {
    /// In the place of whoever or whatever a request does not state. It satisfies each denial and no permit.
    package static let unstatedOrganization = EntityUID(type: "Organization", id: "unstated")
    package static let unstatedPurpose = EntityUID(type: "Purpose", id: "unstated")

    static func organization(named name: String) -> EntityUID { EntityUID(type: "Organization", id: CedarString(name)) }
}
