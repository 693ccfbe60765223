package import CryptoPrimitives

/// A third party's word that, at a time, a checkpoint was that of the largest consistent tree it saw. C2SP `tlog-cosignature`.
///
/// In a signature line its bytes are the time, eight bytes big-endian, and an Ed25519 signature over
/// ```
/// cosignature/v1
/// time 1679315147
/// <all lines of the checkpoint>
/// ```
struct Cosignature: Hashable, Sendable {
    /// Not negative.
    let secondsSince1970: Int64
    let signature: Ed25519.Signature

    init(secondsSince1970: Int64, signature: Ed25519.Signature) {
        precondition(secondsSince1970 >= 0, "a cosignature's time is not before 1970")
        self.secondsSince1970 = secondsSince1970
        self.signature = signature
    }

    /// Reads a line whose name and key ID are those of a cosigner. What is no cosignature is none of that cosigner's.
    init(_ line: NoteSignature) throws(NoteError) {
        var reader = CanonicalReader(line.bytes)
        guard let secondsSince1970 = (try? reader.integer(UInt64.self)).flatMap({ Int64(exactly: $0) }),
            let signature = (try? reader.fixed(reader.remaining)).flatMap(Ed25519.Signature.init)
        else { throw .notAuthentic }
        self.secondsSince1970 = secondsSince1970
        self.signature = signature
    }

    var bytes: [UInt8] {
        var writer = CanonicalWriter()
        writer.integer(UInt64(secondsSince1970))
        writer.fixed(signature.bytes)
        return writer.bytes
    }

    /// The signed bytes for a checkpoint's text.
    static func message(_ text: [UInt8], at secondsSince1970: Int64) -> [UInt8] {
        Array("cosignature/v1\ntime \(secondsSince1970)\n".utf8) + text
    }
}

/// The key of a third party that checks a log's consistency.
///
/// One key pair belongs to one name: the signed bytes do not say which cosigner signed them.
package struct Cosigner: ~Copyable, Sendable {
    package let verifierKey: VerifierKey
    private let key: Ed25519.PrivateKey

    package init(name: KeyName, key: consuming Ed25519.PrivateKey) {
        verifierKey = VerifierKey(name: name, kind: .cosignature, publicKey: key.publicKey)
        self.key = key
    }

    /// The line to add to the checkpoint's note. The caller has seen that the checkpoint extends every one it cosigned before.
    package borrowing func cosign(_ checkpoint: Checkpoint, secondsSince1970: Int64) -> NoteSignature {
        let signature = key.sign(Cosignature.message(checkpoint.text, at: secondsSince1970))
        return NoteSignature(by: verifierKey, bytes: Cosignature(secondsSince1970: secondsSince1970, signature: signature).bytes)
    }
}
