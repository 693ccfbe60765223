package import MedicalRecords

/// A FHIR R4 Consent, as far as it decides: who may see what, why and when. Whom it is about, who signed it and what it says in prose
/// stand elsewhere.
///
///     {"resourceType":"Consent","status":"active",
///      "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
///      "provision":{"type":"permit","purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}]}}
///
/// docs/consent.md says how it is read.
package struct FHIRConsent: Hashable, Sendable {
    /// Bytes of the document, as signed or as received.
    package static let maximumSize = 32_768
    /// Rules within rules, the root counted.
    package static let maximumDepth = 8
    package static let maximumRules = 256

    package enum Status: String, CaseIterable, Sendable {
        case draft, proposed, active, rejected, inactive
        case enteredInError = "entered-in-error"
    }

    /// `meta.versionId`.
    package let version: String?
    package let status: Status
    package let scope: [Coding]
    /// The codings of all categories.
    package let category: [Coding]
    package let policyRule: [Coding]
    package let provision: ConsentRule?
    /// What was there and is not understood: it may change the meaning of all the rest.
    package let doubts: [CompiledConsent.Review]

    package init(
        version: String? = nil, status: Status = .active, scope: [Coding] = [ConsentCodes.privacy], category: [Coding] = [],
        policyRule: [Coding] = [], provision: ConsentRule?, doubts: [CompiledConsent.Review] = []
    ) {
        self.version = version
        self.status = status
        self.scope = scope
        self.category = category
        self.policyRule = policyRule
        self.provision = provision
        self.doubts = doubts
    }
}

// What holds of all of it
extension FHIRConsent {
    /// Whether it is about privacy and in force, its period aside. Others say nothing to us, in neither direction.
    package var isCandidate: Bool { status == .active && isPrivacy }

    /// The scope says, and where there is none, as in R5, the category.
    private var isPrivacy: Bool {
        scope.isEmpty ? category.contains(where: ConsentCodes.isPrivacy) : scope.contains(ConsentCodes.privacy)
    }

    /// What the policy says that the root rule departs from: OPTIN or OPTOUT.
    private var policyBase: Set<ConsentRule.Kind> { Set(policyRule.compactMap(ConsentCodes.base)) }

    /// The rules with the type of the root filled in, if they can be computed.
    package func tree() -> Result<ConsentRule, NotComputable> {
        var reviews = doubts
        var root = provision ?? ConsentRule()
        let place = "provision"
        let policies = policyBase
        if policies.count > 1 {
            reviews.append(.init(place: "policyRule", reason: "it opts in and out at once"))
        }
        switch (root.kind, policies.first) {
        case (nil, nil): reviews.append(.init(place: place, reason: "nothing says whether it permits or denies"))
        case (let kind?, let policy?) where kind != policy:
            reviews.append(.init(place: place, reason: "the rule says \(kind.rawValue) and the policy says the opposite"))
        case (nil, let policy?):
            reviews += Self.doubtsOfUntyped(root, policy, place)
            root.kind = policy
        default: break
        }
        reviews += Self.doubts(below: root, place)
        if root.count > Self.maximumRules { reviews.append(.init(place: place, reason: "more than \(Self.maximumRules) rules")) }
        if root.depth > Self.maximumDepth {
            reviews.append(.init(place: place, reason: "rules nest deeper than \(Self.maximumDepth) levels"))
        }
        return reviews.isEmpty ? .success(root) : .failure(NotComputable(reviews: reviews))
    }

    /// A root without a type may narrow the policy, reverse it, or only say until when: HL7's own examples do all three. Only the last is
    /// left to be believed. A rule inside that repeats the policy shows that the policy was not meant to hold alone.
    private static func doubtsOfUntyped(
        _ root: ConsentRule, _ base: ConsentRule.Kind, _ place: String
    ) -> [CompiledConsent.Review] {
        var reviews: [CompiledConsent.Review] = []
        if !root.actors.isEmpty || root.hasDataCriteria || !root.purposes.isEmpty || !root.actions.isEmpty {
            reviews.append(.init(place: place, reason: "it has no type, so that it may narrow the policy or reverse it"))
        }
        for (index, rule) in root.rules.enumerated() where rule.kind == base {
            reviews.append(
                .init(place: "\(place).provision[\(index)]", reason: "an exception that says what the policy says already"))
        }
        return reviews
    }

    private static func doubts(below rule: ConsentRule, _ place: String) -> [CompiledConsent.Review] {
        rule.rules.enumerated().flatMap { index, inner in
            let place = "\(place).provision[\(index)]"
            let missing: [CompiledConsent.Review] =
                inner.kind == nil ? [.init(place: "\(place).type", reason: "an exception that does not say what it does")] : []
            return missing + doubts(below: inner, place)
        }
    }
}

/// Why nothing is decided by a consent: a person has to look at it.
package struct NotComputable: Error, Hashable, Sendable {
    package let reviews: [CompiledConsent.Review]
}
