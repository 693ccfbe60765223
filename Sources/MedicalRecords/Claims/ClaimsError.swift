/// Why nothing is claimed of a resource. Names of our fields only: nothing of what the resource says.
package enum ClaimsError: Error, Hashable, Sendable {
    case json(JSONError)
    /// It has a `modifierExtension` where claims are read, or `implicitRules`: something that nobody here knows may change the meaning of
    /// the rest.
    case modified
    /// What stands in the element of this field is of no kind that FHIR gives it: a text for a number, an object for a text.
    case wrongKind(field: String)
}
