package import Cedar

/// Why a library of policies is not loaded. One fault is enough: a part of a library would permit what the whole forbids.
package enum LibraryError: Error, Hashable, Sendable {
    package struct Place: Hashable, Sendable {
        package let file: String
        package let position: SourcePosition
    }

    case noPolicies
    case tooMany(limit: Int)
    case unreadable(file: String, reason: String)
    case annotationMissing(String, Place)
    case annotationUnknown(String, Place)
    case obligationUnknown(String, Place)
    /// Only grants permit; a permit of a library obliges, and says to what.
    case permits(String, Place)
    /// What forbids releases nothing, so there is nothing to be obliged to.
    case obligingForbid(String, Place)
    case template(String, Place)
    case duplicateID(String, Place)
    /// Longer than 255 bytes, or with characters that no line has.
    case idNotALine(Place)
    case arithmetic(String, Place)
    case argumentNotLiteral(String, Place)
    /// Strict validation against the schema, with its words.
    case invalid(String, Place, reason: String)
    /// No request can meet it.
    case impossible(String, Place)
}

extension LibraryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noPolicies: "there are no policies"
        case .tooMany(let limit): "there are more than \(limit) policies"
        case .unreadable(let file, let reason): "\(file): \(reason)"
        case .annotationMissing(let name, let place): "\(place): the policy has no @\(name)(\"…\")"
        case .annotationUnknown(let name, let place): "\(place): nobody reads the annotation @\(name)"
        case .obligationUnknown(let name, let place):
            "\(place): there is no obligation \"\(name)\"; there are \(Obligation.allCases.map(\.rawValue).joined(separator: ", "))"
        case .permits(let id, let place):
            "\(place): \(id) permits, and only a patient's grant may; a policy that obliges has @oblige(\"…\")"
        case .obligingForbid(let id, let place): "\(place): \(id) forbids, so nobody can be obliged by it"
        case .template(let id, let place): "\(place): \(id) has a slot, and nothing would fill it"
        case .duplicateID(let id, let place): "\(place): there is another policy \(id)"
        case .idNotALine(let place): "\(place): the @id is not one line of at most 255 bytes"
        case .arithmetic(let id, let place): "\(place): \(id) computes, which can overflow; compare instead"
        case .argumentNotLiteral(let id, let place):
            "\(place): \(id) makes a value from a text that is not written there, which can fail"
        case .invalid(let id, let place, let reason): "\(place): \(id): \(reason)"
        case .impossible(let id, let place): "\(place): no request can meet \(id)"
        }
    }
}

extension LibraryError.Place: CustomStringConvertible {
    package var description: String { "\(file), \(position)" }
}
