/// Why a header gave no file key. None of the cases carries input.
package enum HeaderError: Error, Equatable {
    /// The bytes are not an age v1 header in its one canonical form, or the file ends before the payload's nonce does, or a stanza
    /// of the identity's own type is not what its specification demands.
    case malformed
    /// The header is for a passphrase whose work factor is above `Passphrase.maximumWorkFactor`, or needs more memory than there is.
    case tooCostly
    /// No stanza is for this identity, or the one that is was changed: the two look alike.
    case noIdentityMatches
    /// The header is not the one its file key authenticated. Nothing more is said, on purpose.
    case notAuthentic
}
