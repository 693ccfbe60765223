/// How a resource refers to whom it is about.
package enum PatientReference: Hashable, Sendable {
    /// The reference as written: `Patient/1`, an absolute URL, `urn:uuid:…`, or `Patient?identifier=…`.
    case literal(String)
    /// By a number alone.
    case logical(Identifier)
}
