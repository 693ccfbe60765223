package import CryptoPrimitives

/// The end of a grant, by the patient's control key.
package struct Revocation: Hashable, Sendable {
    package let grant: Ed25519.PublicKey

    package init(grant: Ed25519.PublicKey) {
        self.grant = grant
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        grant = try reader.value()
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(grant)
    }
}

package struct RevocationBody: Body, Hashable {
    package static let kind = Event.Kind.revocation
    package static let maximumSize = 256 + 32

    package let reason: TextLine
    /// The recipient list that came with the revocation, without the grant's recipient.
    package let recipientList: Hash

    package init(reason: TextLine, recipientList: Hash) {
        self.reason = reason
        self.recipientList = recipientList
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        reason = try reader.text()
        recipientList = try reader.value()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.text(reason)
        writer.value(recipientList)
    }
}
