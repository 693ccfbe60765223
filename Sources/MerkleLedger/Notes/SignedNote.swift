import CryptoPrimitives

/// A text and the signatures under it. C2SP `signed-note`.
/// ```
/// This is an example message.
///
/// — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
/// ```
/// The text ends in a newline and may have empty lines; the last empty line of the note parts it from one or more signature lines.
/// All of it is UTF-8 without control characters other than the newline. What is signed is the text with its last newline.
///
/// Whose text it is, nobody knows before `verified(by:)`.
package struct SignedNote: Hashable, Sendable {
    /// Room for a checkpoint with sixteen signatures of 5 kB, as post-quantum ones are: the least number C2SP lets a verifier stop at.
    package static let maximumSize = 1 << 17
    static let maximumSignatureCount = 100

    package let text: [UInt8]
    /// As they stand in the note: also of unknown keys, and again where they repeat.
    package let signatures: [NoteSignature]

    /// Throws unless text and signatures make up a note within the bounds.
    package init(text: [UInt8], signatures: [NoteSignature]) throws(NoteError) {
        self.text = text
        self.signatures = signatures
        guard Self.isText(text), (1...Self.maximumSignatureCount).contains(signatures.count), bytes.count <= Self.maximumSize
        else { throw .malformed }
    }

    package init(_ bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.maximumSize, let split = Self.lastEmptyLine(of: bytes), Self.isText(bytes[..<split]) else {
            throw .malformed
        }
        var lines = LineReader(bytes[(split + 1)...])
        var signatures: [NoteSignature] = []
        while let line = lines.next() {
            guard signatures.count < Self.maximumSignatureCount else { throw .malformed }
            signatures.append(try NoteSignature(line: line))
        }
        guard lines.rest.isEmpty, !signatures.isEmpty else { throw .malformed }
        self.text = Array(bytes[..<split])
        self.signatures = signatures
    }

    package var bytes: [UInt8] {
        var bytes = text + [.newline]
        for signature in signatures {
            bytes += signature.line.utf8
            bytes.append(.newline)
        }
        return bytes
    }

    /// The note with one more signature below the others.
    package func adding(_ signature: NoteSignature) throws(NoteError) -> SignedNote {
        try SignedNote(text: text, signatures: signatures + [signature])
    }

    /// Which of the keys signed the text, in the order of their signatures. Throws if none did, or if one of them is said to have
    /// signed and did not.
    package func verified(by keys: [VerifierKey]) throws(NoteError) -> [VerifierKey] {
        var verified: [VerifierKey] = []
        for signature in signatures {
            let candidates = keys.filter { $0.name == signature.name && $0.keyID == signature.keyID }
            guard let key = candidates.first else { continue }
            guard candidates.count == 1 else { throw .ambiguousKeys }
            // A second signature of one key adds nothing, whatever it is.
            if verified.contains(key) { continue }
            try key.verify(signature, of: text)
            verified.append(key)
        }
        guard !verified.isEmpty else { throw .unverified }
        return verified
    }

    /// Whether the bytes can be the text of a note.
    static func isText(_ bytes: some Collection<UInt8>) -> Bool {
        var last: UInt8?
        for byte in bytes {
            guard byte >= 0x20 || byte == .newline else { return false }
            last = byte
        }
        return last == .newline && String(validating: bytes, as: UTF8.self) != nil
    }

    /// The index of the second of the last two newlines that follow each other.
    private static func lastEmptyLine(of bytes: [UInt8]) -> Int? {
        bytes.indices.dropFirst().last { bytes[$0] == .newline && bytes[$0 - 1] == .newline }
    }
}

package enum NoteError: Error {
    /// The bytes are no note, checkpoint, signature line or key of the kinds we know.
    case malformed
    /// The checkpoint is of another log than the one asked for.
    case otherOrigin
    /// Two of the keys to verify by have the same name and key ID, and a signature claims to be by them.
    case ambiguousKeys
    /// Too few of the keys to verify by have signed: none, or fewer than the quorum asks for.
    case unverified
    /// A signature that claims to be by one of the keys is not. Then the others do not count either.
    case notAuthentic
}
