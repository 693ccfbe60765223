import CryptoPrimitives

/// A signature line of a note. C2SP `signed-note`, "Signatures".
/// ```
/// — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
/// ```
/// An em dash, a space, the key's name, a space, and in base 64 the key ID and what the key's kind of signature consists of.
package struct NoteSignature: Hashable, Sendable {
    package let name: KeyName
    package let keyID: KeyID
    /// At least one byte. What they mean, only the key says.
    package let bytes: [UInt8]

    private static let prefix = "— "

    init(by key: VerifierKey, bytes: [UInt8]) {
        precondition(!bytes.isEmpty, "a signature has bytes")
        self.name = key.name
        self.keyID = key.keyID
        self.bytes = bytes
    }

    /// Parses a line without its newline.
    package init(line: some Collection<UInt8>) throws(NoteError) {
        guard line.starts(with: Self.prefix.utf8) else { throw .malformed }
        let fields = line.dropFirst(Self.prefix.utf8.count)
            .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard fields.count == 2, let name = KeyName(utf8: fields[0]), let content = Base64.decode(Array(fields[1]).span),
            content.count > KeyID.count, let keyID = KeyID(Array(content.prefix(KeyID.count)))
        else { throw .malformed }
        self.name = name
        self.keyID = keyID
        self.bytes = Array(content.dropFirst(KeyID.count))
    }

    /// The line without its newline.
    package var line: String { "\(Self.prefix)\(name) \(Base64.encode(keyID.bytes + bytes))" }
}
