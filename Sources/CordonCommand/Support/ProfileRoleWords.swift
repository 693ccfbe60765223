import GatewayClient

extension ProfileRole {
    var article: String {
        switch self {
        case .patient, .clinic, .member: "a"
        case .auditor, .emergencyDesk: "an"
        }
    }

    var words: String {
        switch self {
        case .patient: "patient"
        case .clinic: "clinic"
        case .auditor: "auditor"
        case .emergencyDesk: "emergency desk"
        case .member: "member"
        }
    }
}
