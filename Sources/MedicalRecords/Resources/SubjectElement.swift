/// The element in which a resource type says whose the resource is: R4's patient compartment, cut to the parameters that mean the
/// patient as such and not as payer, author or informant.
struct SubjectElement {
    let name: String
    /// Whether it names nothing but the patient, or the group, device or place that stands for one.
    let isExclusive: Bool

    private init(_ name: String, isExclusive: Bool = true) {
        self.name = name
        self.isExclusive = isExclusive
    }

    static func all(of resourceType: String) -> [SubjectElement] {
        exceptions[resourceType].map { [$0] } ?? usual
    }

    static let allNames = Set((usual + exceptions.values).map(\.name))

    private static let usual = [SubjectElement("subject"), SubjectElement("patient")]

    private static let exceptions = [
        "Appointment": SubjectElement("participant", isExclusive: false),
        "AppointmentResponse": SubjectElement("actor", isExclusive: false),
        "AuditEvent": SubjectElement("entity", isExclusive: false),
        "Coverage": SubjectElement("beneficiary"),
        "EnrollmentRequest": SubjectElement("candidate"),
        "Group": SubjectElement("member", isExclusive: false),
        "Person": SubjectElement("link", isExclusive: false),
        "Provenance": SubjectElement("target", isExclusive: false),
        "ResearchSubject": SubjectElement("individual"),
        "Schedule": SubjectElement("actor", isExclusive: false),
        "SupplyRequest": SubjectElement("deliverTo", isExclusive: false),
        "Task": SubjectElement("for"),
    ]
}
