/// Who a file key can be wrapped for.
package protocol Recipient: ~Copyable, Sendable {
    borrowing func wrap(_ fileKey: borrowing FileKey) throws(WrapError) -> Stanza
}

package enum WrapError: Error, Equatable {
    /// The recipient's public key is none: a point of small order, or no key of ML-KEM.
    case unusableRecipient
    /// No recipients, or more than `Header.maximumStanzaCount`.
    case recipientCount
    /// The passphrase's work factor needs more memory than the machine gives.
    case outOfMemory
}
