package import Cedar
package import CryptoPrimitives

/// A consent as policies: at most one permit and one forbid, both about one compartment. The same bytes in the same grant always give the
/// same compilation, so that whoever relies on one can make it again.
package struct CompiledConsent: Sendable {
    /// Why a consent, or a part of it, could not be computed. It permits nothing then, and a person should look at it.
    package struct Review: Hashable, Sendable {
        /// Where in the text, such as `provision.provision[1].type`; empty for all of it.
        package let place: String
        package let reason: String

        package init(place: String = "", reason: String) {
            self.place = place
            self.reason = reason
        }
    }

    /// Counts for requests that rely on this grant alone.
    package let permit: Policy?
    /// Counts for every request on the compartment.
    package let forbid: Policy?
    /// Both, for requests that rely on this grant.
    let policies: PolicySet
    /// The forbid alone, for all others.
    let forbidding: PolicySet
    /// Records that either names.
    let namedRecords: Set<EntityUID>
    package let consented: Consented
    package let review: [Review]
    /// Whether the forbid holds until it is revoked, beyond the grant's last day.
    package let isLasting: Bool
    /// SHA-256 of the policies in Cedar's JSON format for policy sets, without spaces, by id.
    package let hash: Hash

    /// - Parameter permit: gets an annotation `@covers` that says what is consented to by name.
    package init(
        _ scope: ConsentScope, permit: (part: String?, body: PolicyBody)? = nil, forbid: (part: String?, body: PolicyBody)? = nil,
        consented: Consented = Consented(), review: [Review] = [], isLasting: Bool = false
    ) {
        var set = PolicySet()
        func policy(_ effect: Effect, _ part: String?, _ body: PolicyBody?) -> Policy? {
            let id = scope.id(effect, part)
            // Decisions name it, in a line.
            guard var body, body.effect == effect, TextLine(id.text) != nil else { return nil }
            if effect == .permit { body.annotations["covers"] = CedarString(consented.words) }
            guard let policy = Policy(id: id, body), (try? set.add(policy)) != nil else { return nil }
            return policy
        }
        let made = (
            permit: policy(.permit, permit?.part, permit?.body), forbid: policy(.forbid, forbid?.part, forbid?.body)
        )
        // What cannot be evaluated is not half of a consent.
        let isWhole = (made.permit != nil) == (permit != nil) && (made.forbid != nil) == (forbid != nil)
        self.permit = isWhole ? made.permit : nil
        self.forbid = made.forbid
        self.consented = isWhole ? consented : Consented()
        self.review = isWhole ? review : review + [Review(reason: "it nests too deep to be decided by")]
        self.isLasting = isLasting
        if !isWhole, let permit = made.permit { try? set.remove(permit.id) }
        hash = SHA256.hash(set.json)
        policies = set
        namedRecords = set.policies.values.reduce(into: []) { $0.formUnion($1.body.entities(of: "Record")) }
        forbidding = PolicySet(all: [made.forbid].compactMap(\.self)) ?? PolicySet()
    }

    /// Whether its forbid counts on this day, unless it was revoked.
    package func forbids(on day: Day, _ scope: ConsentScope) -> Bool {
        forbid != nil && scope.from <= day && (isLasting || day < scope.until)
    }
}

extension CompiledConsent: Equatable {
    package static func == (one: CompiledConsent, other: CompiledConsent) -> Bool {
        (one.permit, one.forbid, one.consented) == (other.permit, other.forbid, other.consented)
            && (one.review, one.isLasting, one.hash) == (other.review, other.isLasting, other.hash)
    }
}

extension PolicySet {
    /// `nil` if two have the same name, or one nests too deep.
    init?(all policies: some Sequence<Policy>) {
        self.init()
        for policy in policies { guard (try? add(policy)) != nil else { return nil } }
    }
}
