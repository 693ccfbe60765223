/// What a profile is.
package enum ProfileRole: UInt8, CaseIterable, Sendable {
    case patient = 1
    case clinic = 2
    case auditor = 3
    case emergencyDesk = 4
    /// A member that runs no gateway from this profile.
    case member = 5
}
