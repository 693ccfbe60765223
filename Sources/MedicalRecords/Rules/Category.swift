/// What a record is filed under. Grants, keys and consents go by category; the codes are part of formats and never change.
package enum Category: UInt16, CaseIterable, Sendable {
    case general = 1
    case medication = 2
    case laboratory = 3
    case imaging = 4
    case mentalHealth = 5
    case reproductive = 6
    case substanceUse = 7
    case genetic = 8
    case emergencySummary = 9
    /// HIV and other infections transmitted by sex.
    case sexualHealth = 10

    /// The name on the command line, in policies and in rules.
    package var id: String {
        switch self {
        case .general: "general"
        case .medication: "medication"
        case .laboratory: "laboratory"
        case .imaging: "imaging"
        case .mentalHealth: "mental-health"
        case .reproductive: "reproductive"
        case .substanceUse: "substance-use"
        case .genetic: "genetic"
        case .emergencySummary: "emergency-summary"
        case .sexualHealth: "sexual-health"
        }
    }

    /// The name to show to people.
    package var title: String {
        switch self {
        case .general: "General"
        case .medication: "Medication"
        case .laboratory: "Laboratory"
        case .imaging: "Imaging"
        case .mentalHealth: "Mental health"
        case .reproductive: "Reproductive health"
        case .substanceUse: "Substance use"
        case .genetic: "Genetics"
        case .emergencySummary: "Emergency summary"
        case .sexualHealth: "Sexual health"
        }
    }

    package var code: UInt16 { rawValue }

    /// `nil` for a code that no category has.
    package init?(code: UInt16) {
        self.init(rawValue: code)
    }

    /// `nil` for a name that no category has.
    package init?(id: String) {
        guard let category = Self.allCases.first(where: { $0.id == id }) else { return nil }
        self = category
    }
}
