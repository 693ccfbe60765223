/// Who can unwrap a file key: the secret side of a `Recipient`.
///
/// Who holds several, such as a keyring, is an identity too: it asks each in turn and answers with the first key.
package protocol Identity: ~Copyable {
    /// The file key from the first stanza that is for this identity; `nil` if none is.
    ///
    /// Stanzas of other types are passed over, whatever is in them. Those of its own type must all be well formed before it tries any.
    borrowing func unwrap(_ stanzas: [Stanza]) throws(HeaderError) -> FileKey?
}
