/// Why bytes are not what they claim to be. None of the cases carries input.
package enum FormatError: Error, Equatable {
    /// The bytes end before the value does.
    case truncated
    /// Bytes follow after the value.
    case trailingBytes
    /// A length or count is above what the format allows, or the whole is.
    case tooLarge
    /// A tag, kind or version that this format does not have.
    case unknownTag
    /// A second way to write a value that has one, such as an unsorted list or a control character in a name.
    case notCanonical
}
