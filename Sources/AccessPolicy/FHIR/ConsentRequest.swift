/// Who asks for what. What is empty is not stated.
package struct ConsentRequest: Hashable, Sendable {
    /// Milliseconds since 1970.
    package var now: Int64
    /// Every name of whoever asks, and of the groups and organizations that he is a member of.
    package var requester: Set<String>
    /// Codes of v3-ActReason, others as "system|code". One that matches is enough.
    package var purposes: Set<String>
    /// As the schema calls it: `read`.
    package var action: String

    package init(now: Int64, requester: Set<String>, purposes: Set<String>, action: String = "read") {
        self.now = now
        self.requester = requester
        self.purposes = purposes
        self.action = action
    }
}

/// What is known of a record; `nil` is not known.
package struct ConsentRecord: Hashable, Sendable {
    package var category: String
    package var isLabelled: Bool
    /// 0 for U to 5 for V.
    package var confidentiality: Int64
    /// Names of all labels that it carries.
    package var labels: Set<String>
    /// Of these, the ones that speak of a topic.
    package var sensitivities: Set<String>
    /// Of resources in it; none of a file that nobody looks into.
    package var types: Set<String>
    package var mediaType: String
    /// Every name of who wrote it. Empty is not known.
    package var authors: Set<String>
    /// Midnights, in milliseconds since 1970.
    package var earliest: Int64?
    package var latest: Int64?
    package var codes: Set<String>?
    package var resources: Set<String>?
    package var refersTo: Set<String>?
    package var dependsOn: Set<String>?

    package init(
        category: String = "general", isLabelled: Bool = true, confidentiality: Int64 = 3, labels: Set<String> = [],
        sensitivities: Set<String> = [], types: Set<String> = [], mediaType: String = "application/fhir+json",
        authors: Set<String> = []
    ) {
        self.category = category
        self.isLabelled = isLabelled
        self.confidentiality = confidentiality
        self.labels = labels
        self.sensitivities = sensitivities
        self.types = types
        self.mediaType = mediaType
        self.authors = authors
    }
}
