/// What whoever releases a record must do with it. The list is closed: a set that names another obligation is not loaded, since nobody
/// would fulfil it.
package enum Obligation: String, CaseIterable, Comparable, Sendable {
    /// Hand over what was consented to, or a clear explanation of it (42 CFR 2.32).
    case consentCopy = "consent-copy"
    case notifyPatient = "notify-patient"
    /// The notice that accompanies disclosure (42 CFR 2.32).
    case part2Notice = "part2-notice"
    /// Somebody looks at it afterwards.
    case review

    package static func < (left: Obligation, right: Obligation) -> Bool { left.rawValue < right.rawValue }

    /// The number in formats: in the order of the names.
    package var code: UInt8 {
        switch self {
        case .consentCopy: 1
        case .notifyPatient: 2
        case .part2Notice: 3
        case .review: 4
        }
    }

    /// `nil` for a number that no obligation has.
    package init?(code: UInt8) {
        guard let obligation = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = obligation
    }
}
