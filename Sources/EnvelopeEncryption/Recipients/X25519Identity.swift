package import CryptoPrimitives

/// The secret side of an `X25519Recipient`. Written "AGE-SECRET-KEY-1…".
package struct X25519Identity: ~Copyable, Sendable {
    private static let text = Bech32(prefix: "AGE-SECRET-KEY-", byteCount: X25519.PrivateKey.count, letterCase: .upper)

    private let privateKey: X25519.PrivateKey

    package init(_ privateKey: consuming X25519.PrivateKey) {
        self.privateKey = privateKey
    }

    package static func random() -> X25519Identity {
        X25519Identity(.random())
    }

    package var recipient: X25519Recipient { X25519Recipient(privateKey.publicKey) }
}

extension X25519Identity: Identity {
    package borrowing func unwrap(_ stanzas: [Stanza]) throws(HeaderError) -> FileKey? {
        var wraps: [Wrap] = []
        for stanza in stanzas where stanza.type == X25519Recipient.stanzaType { wraps.append(try Wrap(stanza)) }
        for wrap in wraps {
            if let fileKey = try unwrap(wrap) { return fileKey }
        }
        return nil
    }

    private borrowing func unwrap(_ wrap: Wrap) throws(HeaderError) -> FileKey? {
        let sharedSecret: SecretBytes
        do {
            sharedSecret = try privateKey.sharedSecret(with: wrap.share)
        } catch {
            // An all-zero secret, which anyone knows: the specification says to abort.
            throw .malformed
        }
        let wrapKey = X25519Recipient.wrapKey(
            sharedSecret: sharedSecret, share: wrap.share, recipient: privateKey.publicKey)
        return FileKey(unwrapping: wrap.body, under: wrapKey)
    }

    private struct Wrap {
        let share: X25519.PublicKey
        let body: [UInt8]

        init(_ stanza: Stanza) throws(HeaderError) {
            guard stanza.arguments.count == 1, let share = Base64.decode(stanza.arguments[0], .unpadded),
                let share = X25519.PublicKey(share), stanza.body.count == FileKey.wrappedSize
            else { throw .malformed }
            self.share = share
            body = stanza.body
        }
    }
}

extension X25519Identity {
    /// `nil` unless the text is "AGE-SECRET-KEY-1…" in upper case.
    package init?(text: borrowing SecretBytes) {
        guard let scalar = Self.text.decode(text) else { return nil }
        self.init(X25519.PrivateKey(scalar))
    }

    /// The identity as text for stock age. Whoever has it can open everything this identity can.
    package borrowing func exportedText() -> SecretBytes {
        privateKey.withBytes { Self.text.encodeSecret($0) }
    }
}
