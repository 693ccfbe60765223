package import CryptoPrimitives

/// The head of a log: how many leaves its tree has, and the tree's root. C2SP `tlog-checkpoint`.
/// ```
/// example.com/behind-the-sofa
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// ```
/// Three lines, then any number of extension lines, none of them empty. As the text of a note this is what a log signs, and after
/// a line with the time what a cosigner signs.
///
/// A value of this type says nothing of who signed it: see `open(_:origin:key:)`.
package struct Checkpoint: Hashable, Sendable {
    package let origin: TextLine
    package let size: UInt64
    package let rootHash: Hash
    /// Lines of a foreign log, each with its newline. Ours have none, since nobody could check them.
    package let extensionLines: [UInt8]

    /// Throws if the origin is empty, or if the tree is and the root is not that of the empty tree.
    package init(origin: TextLine, size: UInt64, rootHash: Hash) throws(NoteError) {
        try self.init(origin: origin, size: size, rootHash: rootHash, extensionLines: [])
    }

    private init(origin: TextLine, size: UInt64, rootHash: Hash, extensionLines: [UInt8]) throws(NoteError) {
        guard !origin.isEmpty, size > 0 || rootHash == .emptyTree else { throw .malformed }
        self.origin = origin
        self.size = size
        self.rootHash = rootHash
        self.extensionLines = extensionLines
    }

    package init(text: [UInt8]) throws(NoteError) {
        guard text.count <= SignedNote.maximumSize, SignedNote.isText(text) else { throw .malformed }
        var lines = LineReader(text[...])
        guard let originLine = lines.next(), let sizeLine = lines.next(), let rootLine = lines.next(),
            let origin = TextLine(utf8: Array(originLine)), let size = UInt64(decimal: sizeLine),
            let rootHash = Base64.decode(Array(rootLine).span).flatMap({ Hash($0) })
        else { throw .malformed }
        let extensionLines = Array(lines.rest)
        while let line = lines.next() {
            guard !line.isEmpty else { throw .malformed }
        }
        try self.init(origin: origin, size: size, rootHash: rootHash, extensionLines: extensionLines)
    }

    package var text: [UInt8] {
        Array("\(origin)\n\(size)\n\(Base64.encode(rootHash.bytes))\n".utf8) + extensionLines
    }
}

/// A checkpoint that its log has signed.
package struct VerifiedCheckpoint: Hashable, Sendable {
    package let checkpoint: Checkpoint
    /// The checkpoint with all its signatures, to be kept as evidence and shown to others.
    package let note: SignedNote

    fileprivate init(_ checkpoint: Checkpoint, note: SignedNote) {
        self.checkpoint = checkpoint
        self.note = note
    }
}

extension Checkpoint {
    /// Throws unless the note is a checkpoint of this origin, signed by the log's key. Signatures of others are not looked at.
    package static func open(
        _ note: SignedNote, origin: TextLine, key: VerifierKey
    ) throws(NoteError) -> VerifiedCheckpoint {
        // A cosigner's key says that a tree is consistent, not whose it is.
        guard key.kind == .ed25519 else { throw .unverified }
        _ = try note.verified(by: [key])
        let checkpoint = try Checkpoint(text: note.text)
        guard checkpoint.origin == origin else { throw .otherOrigin }
        return VerifiedCheckpoint(checkpoint, note: note)
    }
}
