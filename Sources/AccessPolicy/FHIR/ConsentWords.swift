import MedicalRecords

/// Words for the codes of a Consent, as a patient or a nurse would say them.
enum ConsentWords {
    private static let purposes: [String: String] = [
        "TREAT": "treatment", "HPAYMT": "payment", "HOPERAT": "running a clinic", "HRESCH": "research", "PUBHLTH": "public health",
        "PATRQT": "what you ask for yourself", "ETREAT": "emergency treatment", "BTG": "an emergency in which rules are set aside",
        "COC": "the coordination of care", "HMARKT": "marketing", "HLEGAL": "legal proceedings", "CLINTRCH": "clinical research",
        "CAREMGT": "the management of care", "POPHLTH": "the health of whole groups", "HDIRECT": "a directory",
        "PurposeOfUse": "any purpose",
    ]

    private static let topics: [String: String] = [
        "HIV": "HIV", "STD": "infections transmitted by sex", "SEX": "sexuality and reproduction", "GDIS": "inherited diseases",
        "ETH": "alcohol and drugs", "SUD": "alcohol and drugs", "ETHUD": "alcohol", "OPIOIDUD": "opioids",
        "SPI": "mental health, alcohol and drugs", "BH": "behaviour and development", "MH": "mental health", "PSY": "psychiatry",
        "PSYTHPN": "psychotherapy, as noted by the therapist", "COGN": "cognition", "DVD": "development",
        "EMOTDIS": "emotional disturbance", "SDV": "sexual assault and domestic violence", "VIO": "violence",
        "MST": "sexual trauma in the military", "SCA": "sickle cell disease", "SICKLE": "sickle cell disease",
        "TBOO": "what is not spoken of", "DEMO": "who you are and where you live", "REL": "religion", "RACE": "origin",
        "DIA": "diagnoses", "DRGIS": "medicines",
    ]

    private static let types: [String: String] = [
        "AllergyIntolerance": "allergies", "CarePlan": "care plans", "Condition": "diagnoses", "DiagnosticReport": "reports",
        "DocumentReference": "documents", "Encounter": "visits", "ImagingStudy": "images", "Immunization": "vaccinations",
        "MedicationRequest": "prescriptions", "MedicationStatement": "medicines that you take",
        "Observation": "results and observations",
        "Procedure": "procedures",
    ]

    static func purpose(_ coding: Coding) -> String {
        purposes[ConsentCodes.purposes(coding, .permit)[0]] ?? "a purpose called \"\(coding.code)\""
    }

    static func topic(_ coding: Coding) -> String {
        topics[ConsentCodes.labels(coding, .deny).last ?? ""] ?? "what is labelled \"\(coding.code)\""
    }

    static func recordClass(_ coding: Coding) -> String {
        switch ConsentCodes.recordClass(coding) {
        case .type(let type): types[type] ?? "records of the type \(type)"
        case .mediaType(let type): "files of the form \(type)"
        case .unknown: "records of a kind called \"\(coding.code)\""
        }
    }

    /// The levels of confidentiality: up to the highest for a permit, from the lowest for a denial.
    static func level(_ rank: Int64, _ kind: ConsentRule.Kind) -> String {
        let names = [
            "public", "hardly confidential", "moderately confidential", "normally confidential", "restricted", "very restricted",
        ]
        let name = names[Int(min(max(rank, 0), 5))]
        return kind == .permit ? "at most \(name)" : rank == 5 ? name : "\(name) or more"
    }

    /// `a, b or c`.
    static func list(_ words: [String], _ last: String = "or") -> String {
        guard words.count > 1, let end = words.last else { return words.first ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) \(last) \(end)"
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    /// `1 January 2027`, with the time in UTC where it is not midnight.
    static func day(_ milliseconds: Int64) -> String {
        let text = ConsentInstant.written(milliseconds)
        let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return text }
        let clock = text.count > 10 ? " at \(text.dropFirst(11).prefix(5)) UTC" : ""
        return "\(parts[2]) \(months[parts[1] - 1]) \(parts[0])\(clock)"
    }
}
