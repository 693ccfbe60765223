package import MedicalRecords

/// The codes of other systems that a Consent may use, and what they mean here.
package enum ConsentCodes {
    package static let privacy = Coding(system: "http://terminology.hl7.org/CodeSystem/consentscope", code: "patient-privacy")

    private static let loinc = "http://loinc.org"
    private static let actCodes: Set<String> = [
        SensitivityCodes.system, "http://hl7.org/fhir/v3/ActCode", "urn:oid:2.16.840.1.113883.5.4",
        "http://terminology.hl7.org/ValueSet/v3-InformationSensitivityPolicy",
        "http://terminology.hl7.org/ValueSet/v3-ActInformationSensitivityPolicy",
    ]
    private static let actReasons: Set<String> = [
        PurposeOfUse.system, "http://hl7.org/fhir/v3/ActReason", "urn:oid:2.16.840.1.113883.5.8",
    ]
    private static let confidentialities: Set<String> = [
        Confidentiality.system, "http://hl7.org/fhir/v3/Confidentiality", "urn:oid:2.16.840.1.113883.5.25",
        "http://terminology.hl7.org/ValueSet/v3-Confidentiality",
        "http://terminology.hl7.org/ValueSet/v3-ConfidentialityClassification",
    ]
    private static let participations: Set<String> = [
        "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "http://hl7.org/fhir/v3/ParticipationType",
    ]
    private static let resourceTypes: Set<String> = [
        "http://hl7.org/fhir/resource-types", "http://hl7.org/fhir/fhir-types", "http://hl7.org/fhir/ValueSet/resource-types",
    ]
    private static let mediaTypes: Set<String> = ["urn:ietf:bcp:13"]

    /// As a category: a consent to share, or not to share, records.
    static func isPrivacy(_ category: Coding) -> Bool {
        if category == privacy { return true }
        if category.system == loinc { return ["59284-0", "57016-8", "57017-6", "64292-6"].contains(category.code) }
        return actCodes.contains(category.system) && ["INFA", "INFAO", "INFASO", "IDSCL"].contains(category.code)
    }

    /// The policy from which the rules depart.
    static func base(_ policy: Coding) -> ConsentRule.Kind? {
        guard actCodes.contains(policy.system) else { return nil }
        switch policy.code {
        case "OPTIN", "OPTINR": return .permit
        case "OPTOUT", "OPTOUTE": return .deny
        default: return nil
        }
    }
}

// Roles
extension ConsentCodes {
    /// Custodian or author: such an actor limits the data and not the requester.
    static func isAuthor(_ roles: [Coding]) -> Bool {
        roles.contains { participations.contains($0.system) && ["CST", "AUT"].contains($0.code) }
    }

    /// Whether the role is to receive. It is if none is stated.
    static func isRecipient(_ roles: [Coding]) -> Bool {
        roles.isEmpty || roles.contains { participations.contains($0.system) && ["IRCP", "PRCP"].contains($0.code) }
    }

    static let recipient = Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code: "IRCP")
}

// Names, as policies have them
extension ConsentCodes {
    /// A code that only the wrong system makes unknown would let slip what a denial means: a denial takes it for the known one, too.
    static func purposes(_ purpose: Coding, _ kind: ConsentRule.Kind) -> [String] {
        if actReasons.contains(purpose.system) { return [purpose.code] }
        return [purpose.description] + (kind == .deny && PurposeCodes.tree.contains(purpose.code) ? [purpose.code] : [])
    }

    static func labels(_ label: Coding, _ kind: ConsentRule.Kind) -> [String] {
        if actCodes.contains(label.system) { return [label.code] }
        let isRetired = confidentialities.contains(label.system)
        let isKnown = SensitivityCodes.tree.contains(label.code)
        return [SensitivityCodes.name(label)] + (isKnown && (isRetired || kind == .deny) ? [label.code] : [])
    }

    /// The code's place on the scale, 0 for U to 5 for V; `nil` for a label that is none of it.
    package static func rank(_ label: Coding) -> Int64? {
        guard confidentialities.contains(label.system), let level = Confidentiality(rawValue: label.code) else { return nil }
        return Confidentiality.allCases.firstIndex(of: level).map(Int64.init)
    }

    /// The levels of confidentiality among labels. A denial takes a level for one in whatever system it stands.
    static func ranks(_ labels: [Coding], _ kind: ConsentRule.Kind) -> [Int64] {
        labels.compactMap { label in
            rank(
                kind == .deny && !actCodes.contains(label.system) ? Coding(system: Confidentiality.system, code: label.code) : label
            )
        }
    }

    /// The names of the other labels.
    static func topics(_ labels: [Coding], _ kind: ConsentRule.Kind) -> Set<String> {
        Set(labels.filter { rank($0) == nil }.flatMap { Self.labels($0, kind) })
    }

    enum Class: Hashable {
        case type(String)
        case mediaType(String)
        /// Nobody here can tell what is of it.
        case unknown
    }

    static func recordClass(_ coding: Coding) -> Class {
        // Every resource is of these two.
        let isAbstract = ["Resource", "DomainResource"].contains(coding.code)
        if resourceTypes.contains(coding.system), !isAbstract { return .type(coding.code) }
        return mediaTypes.contains(coding.system) ? .mediaType(coding.code) : .unknown
    }
}

// Actions
extension ConsentCodes {
    private static let actions = "http://terminology.hl7.org/CodeSystem/consentaction"
    /// Those of `Action::"disclose"`.
    static let disclosures: Set<String> = ["export", "read", "search", "share"]

    /// What a concept covers of what can be done here. A permit covers what it says; a denial also what cannot be done without it.
    static func actions(_ concept: [Coding], _ kind: ConsentRule.Kind) -> Set<String> {
        let covered = concept.map { coding -> Set<String> in
            guard coding.system == actions else { return kind == .permit ? [] : disclosures }
            switch (coding.code, kind) {
            case ("access", .permit): return ["read", "search"]
            case ("disclose", .permit): return ["export", "share"]
            case ("correct", .deny): return []
            case (_, .permit): return []
            case (_, .deny): return disclosures
            }
        }
        if concept.isEmpty, kind == .deny { return disclosures }
        return covered.reduce([]) { $0.union($1) }
    }
}
