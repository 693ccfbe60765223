package import MedicalRecords

/// Why a document is no Consent that can be read.
package enum FHIRConsentError: Error, Hashable, Sendable {
    case tooLarge
    case json(JSONError)
    case notConsent
    /// R4 or R5, and not some of each.
    case mixedVersions
    /// Something else stands where `expected` should.
    case malformed(place: String, expected: String)
    /// It is a Consent, and not written in the one way in which it is signed.
    case notAsSigned
}

extension FHIRConsentError {
    package var review: CompiledConsent.Review {
        switch self {
        case .malformed(let place, let expected): .init(place: place, reason: "\(expected) is missing or wrong")
        default: .init(reason: "\(self)")
        }
    }
}

extension FHIRConsentError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge: "larger than \(FHIRConsent.maximumSize) bytes"
        case .json(let error): "not the JSON that it should be, at byte \(error.offset)"
        case .notConsent: "not a FHIR Consent"
        case .mixedVersions: "elements of FHIR R4 and of R5 at once"
        case .malformed(let place, let expected): "\(place): \(expected) is missing or wrong"
        case .notAsSigned: "not written as a consent is signed"
        }
    }
}
