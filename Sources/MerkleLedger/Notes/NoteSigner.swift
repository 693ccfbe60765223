package import CryptoPrimitives

/// The key by which a log signs its checkpoints. C2SP `signed-note`, "Ed25519 signatures".
///
/// A log must never sign two checkpoints that no consistency proof connects. That is for the caller to keep: sign what is durable,
/// and nothing else.
package struct NoteSigner: ~Copyable, Sendable {
    package let verifierKey: VerifierKey
    private let key: Ed25519.PrivateKey

    package init(name: KeyName, key: consuming Ed25519.PrivateKey) {
        verifierKey = VerifierKey(name: name, kind: .ed25519, publicKey: key.publicKey)
        self.key = key
    }

    package borrowing func sign(_ checkpoint: Checkpoint) throws(NoteError) -> SignedNote {
        try sign(checkpoint.text)
    }

    /// Throws unless this can be the text of a note.
    package borrowing func sign(_ text: [UInt8]) throws(NoteError) -> SignedNote {
        try SignedNote(text: text, signatures: [NoteSignature(by: verifierKey, bytes: key.sign(text).bytes)])
    }
}
