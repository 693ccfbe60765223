/// The codes of v3-Confidentiality that form its scale. A resource without one counts as `normal`.
package enum Confidentiality: String, CaseIterable, Sendable {
    case unrestricted = "U"
    case low = "L"
    case moderate = "M"
    case normal = "N"
    case restricted = "R"
    case veryRestricted = "V"

    package static let system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

    package var label: Coding { Coding(system: Self.system, code: rawValue) }

    /// `nil` for a label of another kind, and for the retired codes of this system that name a topic.
    package init?(label: Coding) {
        guard label.system == Self.system else { return nil }
        self.init(rawValue: label.code)
    }
}

extension Confidentiality: Comparable {
    package static func < (left: Confidentiality, right: Confidentiality) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .unrestricted: 0
        case .low: 1
        case .moderate: 2
        case .normal: 3
        case .restricted: 4
        case .veryRestricted: 5
        }
    }
}
