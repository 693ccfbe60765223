package import CryptoPrimitives
package import MedicalRecords

extension ConsentRecord {
    /// As a gateway knows it; `nil` if its facts cannot be read.
    package init?(_ candidate: Candidate) {
        guard let facts = try? StoredFacts(canonical: candidate.facts) else { return nil }
        let labels = facts.labels.compactMap { Coding(description: $0.text) }
        self.init(
            category: facts.category.id, isLabelled: facts.isLabelled,
            confidentiality: Int64(Confidentiality.allCases.firstIndex(of: facts.confidentiality) ?? 5),
            labels: Set(labels.map(SensitivityCodes.name)),
            sensitivities: Set(labels.filter(SensitivityCodes.isSensitive).map(SensitivityCodes.name)),
            types: Set(facts.types.map(\.type.text)), mediaType: facts.mediaType.text, authors: [candidate.depositor.description])
        guard let days = facts.days else { return }
        earliest = Int64(days.earliest.number) * ConsentInstant.day
        latest = Int64(days.latest.number) * ConsentInstant.day
    }
}

extension ConsentVerdict {
    /// What a signed Consent in FHIR says of a record, and where it says so.
    package init?(
        of document: [UInt8], _ scope: ConsentScope, category: UInt16, _ candidate: Candidate, for purpose: PurposeOfUse,
        at now: Minute
    ) {
        guard let category = Category(code: category), let consent = try? FHIRConsent(signed: document),
            let record = ConsentRecord(candidate)
        else { return nil }
        let request = ConsentRequest(
            now: now.secondsSince1970 * 1_000, requester: [scope.grantee.description], purposes: [purpose.hl7Code])
        self = ConsentEvaluator(request, record, ConsentAudience(scope, category: category.id)).verdict(consent)
    }

    /// Of the rule that decided.
    package var place: String? {
        switch self {
        case .permit(let place), .deny(let place): place
        case .silent, .notComputable: nil
        }
    }
}
