import CryptoPrimitives

/// Decides by grants alone: a record is released if a live grant covers its compartment and category, the requester, the action, the
/// purpose and the day. Nothing else permits, and whatever is missing or unreadable denies.
package enum PlainEngine {
    /// Stands in every decision record, so that a later engine is not taken for this one.
    package static let name = "plain/1"

    package static func decide(_ inputs: DecisionInputs) -> Verdict {
        let request = inputs.request
        guard let grant = inputs.grant, grant.control == request.grant else { return .denied(.unknownGrant) }
        guard grant.isReleaseSigned else { return .denied(.releaseNotSigned) }
        guard grant.grantee == request.actor else { return .denied(.notGrantee) }
        guard !grant.isRevoked else { return .denied(.revoked) }
        guard grant.from <= inputs.now.day else { return .denied(.notYet) }
        guard inputs.now.day < grant.until else { return .denied(.over) }
        guard let consent = try? Consent(canonical: grant.consent), let plain = consent.plain else {
            return .denied(.consentUnreadable)
        }
        guard plain.actions.contains(request.action) else { return .denied(.actionNotCovered) }
        guard plain.purposes.contains(request.purpose) else { return .denied(.purposeNotCovered) }
        let released = inputs.records.indices.filter { index in
            let record = inputs.records[index]
            return record.category == consent.category && !record.isRetracted
                && request.filter.wants(record.record, at: record.position)
        }
        return released.isEmpty ? .denied(.nothingToRelease) : .allowed(released)
    }
}

/// The answer, and for the patient and the auditor why.
package enum Verdict: Hashable, Sendable {
    /// Indices into the inputs' records, ascending, at least one.
    case allowed([Int])
    case denied(Reason)

    /// The requester is told none of these.
    package enum Reason: UInt8, CaseIterable, Sendable {
        case unknownGrant = 1
        case releaseNotSigned = 2
        case notGrantee = 3
        case revoked = 4
        case notYet = 5
        case over = 6
        case consentUnreadable = 7
        case actionNotCovered = 8
        case purposeNotCovered = 9
        case nothingToRelease = 10
    }
}

extension Verdict.Reason: CustomStringConvertible {
    /// For the patient.
    package var description: String {
        switch self {
        case .unknownGrant: "no such grant"
        case .releaseNotSigned: "the request did not carry the grant's own signature"
        case .notGrantee: "somebody else's grant"
        case .revoked: "you had ended the grant"
        case .notYet: "the grant had not begun"
        case .over: "the grant was over"
        case .consentUnreadable: "what you consented to could not be read"
        case .actionNotCovered: "you had not allowed this action"
        case .purposeNotCovered: "you had not allowed this purpose"
        case .nothingToRelease: "no records to show"
        }
    }
}
