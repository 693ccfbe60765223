/// Why someone asks for records. A purpose is part of every request; an unknown one is refused. Codes are of HL7's v3-ActReason, under
/// PurposeOfUse.
package enum PurposeOfUse: UInt8, CaseIterable, Sendable {
    case treatment = 1
    case payment = 2
    case operations = 3
    case research = 4
    case breakGlass = 5
    case publicHealth = 6
    case patientRequest = 7
    case emergencyTreatment = 8
    case coordination = 9
    case marketing = 10

    package static let system = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

    /// The name on the command line and in policies.
    package var id: String {
        switch self {
        case .treatment: "treatment"
        case .payment: "payment"
        case .operations: "operations"
        case .research: "research"
        case .breakGlass: "break-glass"
        case .publicHealth: "public-health"
        case .patientRequest: "patient-request"
        case .emergencyTreatment: "emergency-treatment"
        case .coordination: "coordination"
        case .marketing: "marketing"
        }
    }

    /// HL7's code.
    package var hl7Code: String {
        switch self {
        case .treatment: "TREAT"
        case .payment: "HPAYMT"
        case .operations: "HOPERAT"
        case .research: "HRESCH"
        case .breakGlass: "BTG"
        case .publicHealth: "PUBHLTH"
        case .patientRequest: "PATRQT"
        case .emergencyTreatment: "ETREAT"
        case .coordination: "COC"
        case .marketing: "HMARKT"
        }
    }

    package var code: UInt8 { rawValue }

    package init?(code: UInt8) {
        self.init(rawValue: code)
    }

    package init?(id: String) {
        guard let purpose = Self.allCases.first(where: { $0.id == id }) else { return nil }
        self = purpose
    }

    package init?(hl7Code: String) {
        guard let purpose = Self.allCases.first(where: { $0.hl7Code == hl7Code }) else { return nil }
        self = purpose
    }
}
