package import AccessPolicy
package import CryptoPrimitives
package import MedicalRecords

/// What people often let others read, by name. None of them opens what is sensitive by its kind, nor files that nobody has looked into: that
/// takes a word of its own.
package struct GrantTemplate: Hashable, Sendable {
    package let name: String
    /// For whom it is meant, as a person would say it.
    package let whom: String
    package let categories: [Category]
    package let purposes: [PurposeOfUse]
    /// For how long, from the day of signing on.
    package let days: UInt32
    package let extras: PlainConsent.Extras

    init(
        name: String, whom: String, categories: [Category], purposes: [PurposeOfUse], days: UInt32, extras: PlainConsent.Extras = []
    ) {
        self.name = name
        self.whom = whom
        self.categories = categories
        self.purposes = purposes
        self.days = days
        self.extras = extras
    }

    package static let all = [
        GrantTemplate(
            name: "gp", whom: "your family doctor", categories: [.general, .medication, .laboratory, .imaging],
            purposes: [.treatment, .coordination], days: 365),
        GrantTemplate(
            name: "specialist", whom: "a doctor you were sent to", categories: [.general, .medication, .laboratory, .imaging],
            purposes: [.treatment], days: 90),
        GrantTemplate(
            name: "hospital-stay", whom: "a hospital, for one stay",
            categories: [.general, .medication, .laboratory, .imaging, .emergencySummary], purposes: [.treatment], days: 30),
        GrantTemplate(
            name: "pharmacy", whom: "a pharmacy", categories: [.medication], purposes: [.treatment, .payment], days: 365),
        GrantTemplate(
            name: "laboratory", whom: "a laboratory that compares with earlier results", categories: [.laboratory],
            purposes: [.treatment], days: 90),
        GrantTemplate(
            name: "therapist", whom: "who treats your mental health", categories: [.mentalHealth, .medication],
            purposes: [.treatment], days: 180),
        GrantTemplate(
            name: "emergency", whom: "an emergency desk, which declares each emergency", categories: [.emergencySummary],
            purposes: [.emergencyTreatment], days: 365, extras: .emergencyOnly),
        GrantTemplate(name: "insurer", whom: "who pays for your care", categories: [.general], purposes: [.payment], days: 90),
        GrantTemplate(
            name: "researcher", whom: "a study", categories: [.general, .medication, .laboratory], purposes: [.research], days: 365),
    ]

    package static func named(_ name: String) throws(ClientError) -> GrantTemplate {
        guard let template = all.first(where: { $0.name == name.lowercased() }) else { throw .notFound(.template(name)) }
        return template
    }

    /// The same for less: some of its categories, some of its purposes. None means all.
    ///
    /// Throws `wider` if that would be more.
    package func narrowed(to categories: [Category], _ purposes: Set<PurposeOfUse>) throws(ClientError) -> GrantTemplate {
        if let other = categories.first(where: { !self.categories.contains($0) }) {
            throw .notPossible(.widerThanTemplate(name, other.id))
        }
        if let other = purposes.first(where: { !self.purposes.contains($0) }) {
            throw .notPossible(.widerThanTemplate(name, other.id))
        }
        return GrantTemplate(
            name: name, whom: whom, categories: self.categories.filter { categories.isEmpty || categories.contains($0) },
            purposes: self.purposes.filter { purposes.isEmpty || purposes.contains($0) }, days: days, extras: extras)
    }

    /// Its last day, or an earlier one.
    package func end(_ until: Day?, from today: Day) throws(ClientError) -> Day {
        let last = today.adding(days: days)
        guard let until else { return last }
        guard until <= last else { throw .notPossible(.dateTooLate(last: last)) }
        return until
    }
}
