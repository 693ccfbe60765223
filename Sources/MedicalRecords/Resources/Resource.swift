/// One FHIR resource of a source: where its bytes stand, and what rules, facts and identity checks need of it.
package struct Resource: Sendable {
    package let type: String
    package let id: String?
    /// The exact bytes of the resource in its source, from brace to brace.
    package let range: Range<Int>
    /// The entry's `fullUrl`, in a bundle.
    package internal(set) var fullURL: JSONString?

    /// What the resource is about: `code`, `vaccineCode`, `medicationCodeableConcept` and their like.
    package let codes: [Coding]
    package let categories: [Coding]
    /// Every other coding in it, wherever it stands: reasons, values, diagnoses, contained resources.
    package let otherCodings: [Coding]
    /// The labels it came with: `meta.security`, a document's `confidentiality` and `securityLabel`, and inline labels of its elements.
    package let statedLabels: [Coding]

    /// Whose it says it is, by the elements that `SubjectElement` names for its type.
    package let subjects: [Subject]
    /// From the first to the last of its clinical dates.
    package let days: DaySpan?

    var isBundle: Bool { type == "Bundle" }

    package struct Subject: Hashable, Sendable {
        package let reference: PatientReference
        /// Whether the element can only be about a person or thing in care, so that a reference nobody can follow is not to be passed
        /// over as one to something else.
        let isExclusive: Bool
    }
}
