import MedicalRecords

/// How a Consent of FHIR R5 is told from one of R4, and which of its elements are known. What becomes of them is in the reader: the
/// decision is the root's type, the grantees are its recipients, and each exception reverses what it is in.
enum R5Consent {
    /// Beside those that both versions have. The basis in law and who controls or manages the records do not decide.
    static let members: Set<String> = [
        "subject", "date", "period", "grantor", "grantee", "manager", "controller", "regulatoryBasis", "policyBasis", "policyText",
        "decision",
    ]

    static func isR5(_ element: ConsentElement) throws(FHIRConsentError) -> Bool {
        let names = Set(try element.members().map(\.name))
        var hasListOfRules = false
        if case .list(_)? = element["provision"]?.value { hasListOfRules = true }
        let isR5 = hasListOfRules || !names.isDisjoint(with: members)
        guard !isR5 || names.isDisjoint(with: ConsentReader.r4) else { throw .mixedVersions }
        return isR5
    }
}
