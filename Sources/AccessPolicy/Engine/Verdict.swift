/// The answer, and for the patient and the auditor why.
package enum Verdict: Hashable, Sendable {
    /// Every record that its ruling allows is released, and there is one.
    case allowed
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
        case compilationDiffers = 11
        case permitsNothing = 12
        /// There are records, and each was ruled out.
        case heldBack = 13
        /// The emergency that the request names is none, another's, used, or over; or the grant wants one and none is named.
        case emergencyNotInForce = 14
        /// The delegation that the grant hangs on is not there, or is none.
        case authorityUnknown = 15
        case authorityRevoked = 16
        case authorityOver = 17
        /// The grant gives what its delegation does not.
        case beyondAuthority = 18
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
        case .compilationDiffers: "what you consented to is not what was made of it"
        case .permitsNothing: "what you signed hides records and shows none"
        case .heldBack: "every record was held back"
        case .emergencyNotInForce: "there was no emergency that allowed it, or it was over"
        case .authorityUnknown: "nobody may decide for you in the way it says"
        case .authorityRevoked: "you had ended what it was given under"
        case .authorityOver: "what it was given under did not hold that day"
        case .beyondAuthority: "more than whoever gave it may decide about"
        }
    }
}
