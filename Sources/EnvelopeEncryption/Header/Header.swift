internal import CryptoPrimitives

/// The header of an age v1 file: the file key, wrapped once for each recipient, and a MAC under the file key.
///
///     age-encryption.org/v1                                       version
///     -> X25519 VHDLrYyXpMjkq+fKlbkpTWPAD7hiyCuVlF54PRRS9SI        stanzas, at least one
///     3BZND9v3rDmJN+zJr1aNeewMelu2qE51ZABfxjraUYE
///     --- Uf17ROdkC22vBXXofT/1dApR4+tSPOv9bBWl5d/eNIU              HMAC-SHA-256 of all that stands before, "---" included
///
/// A header is kept apart from the payload it belongs to. One payload may have many headers, each for another recipient; any of them
/// followed by the payload is an age file. To share is to `unwrap` one and to `wrap` another.
package struct Header: Sendable {
    /// In bytes. Longer input is refused before it is looked at. Room for `maximumStanzaCount` stanzas of every kind.
    package static let maximumSize = 256 * 1024
    package static let maximumStanzaCount = 128

    /// Space, 43 characters of base 64 and the line feed, which the MAC leaves out.
    private static let authenticationCodeSize = 45

    package let stanzas: [Stanza]
    package let bytes: [UInt8]
    private let authenticationCode: Bytes32
}

extension Header {
    /// Parses exactly `bytes`.
    package init(_ bytes: [UInt8]) throws(HeaderError) {
        let header = try Header(startOf: bytes)
        guard header.bytes.count == bytes.count else { throw .malformed }
        self = header
    }

    /// Parses the header that `file` starts with. The payload begins at `bytes.count`.
    package init(startOf file: [UInt8]) throws(HeaderError) {
        var parser = HeaderParser(file)
        (stanzas, authenticationCode) = try parser.parse()
        bytes = Array(file.prefix(parser.position))
    }

    /// The file key, if one of the stanzas is for `identity` and the header is as its author wrote it.
    package func unwrap(with identity: borrowing some Identity & ~Copyable) throws(HeaderError) -> FileKey {
        guard let fileKey = try identity.unwrap(stanzas) else { throw .noIdentityMatches }
        try verify(under: fileKey)
        return fileKey
    }

    private func verify(under fileKey: borrowing FileKey) throws(HeaderError) {
        var hmac = HMAC(key: fileKey.deriveKey(info: "header"))
        hmac.update(bytes.span.extracting(droppingLast: Self.authenticationCodeSize))
        let isSame = hmac.finalizeSecret().isEqual(to: authenticationCode.withBytes { SecretBytes(copying: $0) })
        guard isSame else { throw .notAuthentic }
    }
}

extension Header {
    /// Wraps the file key for one recipient, be it a public key or a passphrase.
    package static func wrap(
        _ fileKey: borrowing FileKey, to recipient: borrowing some Recipient & ~Copyable
    ) throws(WrapError) -> Header {
        Header(stanzas: [try recipient.wrap(fileKey)], authenticatedWith: fileKey)
    }

    /// Wraps the file key for several recipients of one type.
    ///
    /// One type, because a file is as safe as its weakest stanza: next to an X25519 stanza, a post-quantum one protects nothing. And a
    /// passphrase, which must stand alone, cannot be in an array.
    package static func wrap<R: Recipient>(_ fileKey: borrowing FileKey, to recipients: [R]) throws(WrapError) -> Header {
        guard (1...maximumStanzaCount).contains(recipients.count) else { throw .recipientCount }
        var stanzas: [Stanza] = []
        for recipient in recipients { stanzas.append(try recipient.wrap(fileKey)) }
        return Header(stanzas: stanzas, authenticatedWith: fileKey)
    }

    init(stanzas: [Stanza], authenticatedWith fileKey: borrowing FileKey) {
        var bytes = Array("age-encryption.org/v1\n".utf8)
        for stanza in stanzas { stanza.encode(to: &bytes) }
        bytes += "---".utf8
        let code = HMAC.authenticationCode(for: bytes, key: fileKey.deriveKey(info: "header"))
        bytes += " \(Base64.encode(code.bytes, .unpadded))\n".utf8
        self.init(stanzas: stanzas, bytes: bytes, authenticationCode: code.value)
    }
}
