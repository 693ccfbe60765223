package import CryptoPrimitives

/// An emergency as the ledger and the desk's declaration have it: what policies see under `context.emergency`, and what a request that
/// names it is held against.
package struct EmergencyFacts: Hashable, Sendable {
    /// By its control key.
    package let grant: Ed25519.PublicKey
    package let desk: Ed25519.PublicKey
    /// The first minute in which it does not hold any more.
    package let until: Minute
    /// A release has named it before.
    package let isUsed: Bool
    package let explanation: TextLine
    package let recipient: TextLine
    package let facility: TextLine
    package let discloser: TextLine
    package let nature: TextLine

    package init(
        grant: Ed25519.PublicKey, desk: Ed25519.PublicKey, until: Minute, isUsed: Bool, explanation: TextLine,
        recipient: TextLine, facility: TextLine, discloser: TextLine, nature: TextLine
    ) {
        self.grant = grant
        self.desk = desk
        self.until = until
        self.isUsed = isUsed
        self.explanation = explanation
        self.recipient = recipient
        self.facility = facility
        self.discloser = discloser
        self.nature = nature
    }

    /// Whether this request may rely on it.
    func covers(_ request: Request, at now: Minute) -> Bool {
        grant == request.grant && desk == request.actor && !isUsed && now < until
    }
}

/// Why there was no time to ask: a closed list, so that reviews can be counted by it.
package enum EmergencyReason: UInt8, CaseIterable, Sendable {
    case unconscious = 1
    case cannotCommunicate = 2
    case lifeThreatening = 3
    case seriousHarm = 4
    case massCasualty = 5

    /// The name on the command line.
    package var id: String {
        switch self {
        case .unconscious: "unconscious"
        case .cannotCommunicate: "cannot-communicate"
        case .lifeThreatening: "life-threatening"
        case .seriousHarm: "serious-harm"
        case .massCasualty: "mass-casualty"
        }
    }

    /// As a person would say it.
    package var words: String {
        switch self {
        case .unconscious: "the patient is unconscious"
        case .cannotCommunicate: "the patient cannot communicate"
        case .lifeThreatening: "the patient's life is in danger"
        case .seriousHarm: "serious harm without treatment"
        case .massCasualty: "an accident with many casualties"
        }
    }

    package init?(id: String) {
        guard let reason = Self.allCases.first(where: { $0.id == id }) else { return nil }
        self = reason
    }
}
