package import CryptoPrimitives

/// What a verifier knows a signer of notes by. C2SP `signed-note`, "Verifier keys".
/// ```
/// example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
/// ```
/// The name, the key ID, which follows from the rest, and in base 64 one byte for the kind and the 32 of the public key.
package struct VerifierKey: Hashable, Sendable {
    /// What the key signs.
    package enum Kind: UInt8, Sendable {
        /// The text of a note.
        case ed25519 = 0x01
        /// A checkpoint and a time: `Cosignature`.
        case cosignature = 0x04
    }

    package let name: KeyName
    package let kind: Kind
    package let publicKey: Ed25519.PublicKey
    package let keyID: KeyID

    private static let maximumSize = KeyName.maximumSize + 64

    package init(name: KeyName, kind: Kind, publicKey: Ed25519.PublicKey) {
        self.name = name
        self.kind = kind
        self.publicKey = publicKey
        keyID = KeyID(name: name, kind: kind, publicKey: publicKey)
    }

    package init(_ text: String) throws(NoteError) {
        guard text.utf8.count <= Self.maximumSize else { throw .malformed }
        // Base 64 has a `+` of its own, so only the first two part fields.
        let fields = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let name = KeyName(utf8: fields[0]), let content = Base64.decode(Array(fields[2]).span),
            let kind = content.first.flatMap(Kind.init), let publicKey = Ed25519.PublicKey(Array(content.dropFirst()))
        else { throw .malformed }
        self.init(name: name, kind: kind, publicKey: publicKey)
        guard fields[1].elementsEqual(keyID.description.utf8) else { throw .malformed }
    }

    /// Throws unless this key made the signature, over a note with this text.
    func verify(_ signature: NoteSignature, of text: [UInt8]) throws(NoteError) {
        switch kind {
        case .ed25519:
            guard let signature = Ed25519.Signature(signature.bytes) else { throw .notAuthentic }
            try verify(signature, of: text)
        case .cosignature:
            let cosignature = try Cosignature(signature)
            try verify(cosignature.signature, of: Cosignature.message(text, at: cosignature.secondsSince1970))
        }
    }

    private func verify(_ signature: Ed25519.Signature, of message: [UInt8]) throws(NoteError) {
        do {
            try publicKey.verify(signature, of: message)
        } catch {
            throw .notAuthentic
        }
    }
}

extension VerifierKey: CustomStringConvertible {
    package var description: String {
        "\(name)+\(keyID)+\(Base64.encode([kind.rawValue] + publicKey.bytes))"
    }
}

/// Four bytes that tell the keys of one name apart, and one key's kinds of signature. C2SP `signed-note`, "Signatures".
///
/// Anyone can make a key with a given ID: it says which key to try, never that the signature is good.
package struct KeyID: Hashable, Sendable {
    static let count = 4

    package let bytes: [UInt8]

    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// SHA-256(name || 0x0A || kind || public key), cut to four bytes.
    init(name: KeyName, kind: VerifierKey.Kind, publicKey: Ed25519.PublicKey) {
        bytes = Array(SHA256.hash(name.utf8, [.newline, kind.rawValue], publicKey.bytes).bytes.prefix(Self.count))
    }
}

extension KeyID: CustomStringConvertible {
    /// Eight lower-case hexadecimal digits.
    package var description: String { Hexadecimal.encode(bytes) }
}
