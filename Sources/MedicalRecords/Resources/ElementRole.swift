/// What the reader takes from a top-level element of a resource. The name decides, whatever the type: FHIR R4 uses these names alike
/// in all types that have them.
enum ElementRole {
    case resourceType
    case id
    /// Codings that say what the resource is about.
    case code
    case category
    case date
    case meta
    case security
    /// `Composition.confidentiality`, a bare code of v3-Confidentiality.
    case confidentiality
    /// References that may say whose the resource is; `SubjectElement` knows for which types they do.
    case person
    /// Checked and passed over: narrative, and what in `meta` is no label.
    case ignored
    case other

    init(ofElement name: JSONString, in bytes: [UInt8]) {
        self = Self.roles.meaning(of: name, in: bytes) ?? .other
    }

    private static let roles: JSONNames<ElementRole> = {
        let names: [(ElementRole, [String])] = [
            (.resourceType, ["resourceType"]),
            (.id, ["id"]),
            (.code, ["code", "medicationCodeableConcept", "vaccineCode", "type", "procedureCode", "productCodeableConcept"]),
            (.category, ["category"]),
            (.date, dates),
            (.meta, ["meta"]),
            (.security, ["securityLabel"]),
            (.confidentiality, ["confidentiality"]),
            (.person, Array(SubjectElement.allNames)),
            (.ignored, ["text"]),
        ]
        return JSONNames(Dictionary(uniqueKeysWithValues: names.flatMap { role, names in names.map { ($0, role) } }))
    }()

    /// When something was, began, ended or was written down. Birth, expiry and planning are not among them.
    private static let dates = [
        "abatementDateTime", "abatementPeriod", "authored", "authoredOn", "billablePeriod", "collection", "created",
        "createdDateTime", "createdPeriod", "date", "dateAsserted", "dateTime", "dateWritten", "effectiveDateTime",
        "effectiveInstant", "effectivePeriod", "end", "executionPeriod", "identifiedDateTime", "identifiedPeriod", "issued",
        "lastOccurrence", "occurredDateTime", "occurredPeriod", "occurrenceDateTime", "occurrencePeriod", "onsetDateTime",
        "onsetPeriod", "performedDateTime", "performedPeriod", "period", "received", "receivedTime", "recorded", "recordedDate",
        "recordedOn", "sent", "start", "startDate", "started", "timingDateTime", "timingPeriod", "whenHandedOver",
        "whenPrepared",
    ]
}
