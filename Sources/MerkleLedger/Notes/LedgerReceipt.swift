package import CryptoPrimitives

/// Proof to carry away that a log has an entry. C2SP `tlog-proof`, stored as `.tlog-proof`.
/// ```
/// c2sp.org/tlog-proof@v1
/// extra AAEC
/// index 0
/// lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=
///
/// example.com/log
/// 2
/// +sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=
///
/// — example.com/log D1VeyOPg…
/// ```
/// The line `extra` is absent when there is no extra data; nothing vouches for that data. Then the index, the hashes of the
/// inclusion proof, the leaf's sibling first, an empty line, and the checkpoint with its signatures.
package struct LedgerReceipt: Hashable, Sendable {
    /// Room for a note, the longest proof and as much extra data.
    package static let maximumSize = 2 * SignedNote.maximumSize

    package let proof: InclusionProof
    package let note: SignedNote
    package let extra: [UInt8]

    private static let header = "c2sp.org/tlog-proof@v1"

    /// Throws unless the note is a checkpoint of the proof's size and the whole is within the bound.
    package init(proof: InclusionProof, note: SignedNote, extra: [UInt8] = []) throws(ReceiptError) {
        guard let checkpoint = try? Checkpoint(text: note.text), checkpoint.size == proof.size else { throw .malformed }
        self.proof = proof
        self.note = note
        self.extra = extra
        guard bytes.count <= Self.maximumSize else { throw .malformed }
    }

    package init(_ bytes: [UInt8]) throws(ReceiptError) {
        guard bytes.count <= Self.maximumSize else { throw .malformed }
        var lines = LineReader(bytes[...])
        guard let header = lines.next(), header.elementsEqual(Self.header.utf8) else { throw .malformed }
        var extra: [UInt8] = []
        if let line = lines.next(after: "extra ") {
            guard let content = Base64.decode(Array(line).span), !content.isEmpty else { throw .malformed }
            extra = content
        }
        guard let indexLine = lines.next(after: "index "), let index = UInt64(decimal: indexLine) else { throw .malformed }
        let hashes = try Self.hashes(&lines)
        guard let note = try? SignedNote(Array(lines.rest)), let checkpoint = try? Checkpoint(text: note.text),
            let proof = try? InclusionProof(index: index, size: checkpoint.size, hashes: hashes)
        else { throw .malformed }
        try self.init(proof: proof, note: note, extra: extra)
    }

    package var bytes: [UInt8] {
        var lines = [Self.header]
        if !extra.isEmpty { lines.append("extra \(Base64.encode(extra))") }
        lines.append("index \(proof.index)")
        lines += proof.hashes.map { Base64.encode($0.bytes) }
        return Array((lines + ["", ""]).joined(separator: "\n").utf8) + note.bytes
    }

    /// Throws unless the log with this origin and key has `leaf` at the receipt's index.
    package func verified(
        leaf: [UInt8], origin: TextLine, key: VerifierKey
    ) throws(ReceiptError) -> VerifiedReceipt {
        let checkpoint: VerifiedCheckpoint
        do {
            checkpoint = try Checkpoint.open(note, origin: origin, key: key)
        } catch {
            throw .checkpoint(error)
        }
        do {
            try proof.verify(Hash.leaf(leaf), against: checkpoint.checkpoint.rootHash)
        } catch {
            throw .notIncluded
        }
        return VerifiedReceipt(index: proof.index, checkpoint: checkpoint)
    }

    /// The lines up to the empty one.
    private static func hashes(_ lines: inout LineReader) throws(ReceiptError) -> [Hash] {
        var hashes: [Hash] = []
        while let line = lines.next() {
            if line.isEmpty { return hashes }
            guard hashes.count < UInt64.bitWidth, let hash = Base64.decode(Array(line).span).flatMap({ Hash($0) }) else {
                throw .malformed
            }
            hashes.append(hash)
        }
        throw .malformed
    }
}

package enum ReceiptError: Error, Equatable {
    /// The bytes are no receipt, or its parts do not belong together.
    case malformed
    /// The checkpoint in it is not one of the log.
    case checkpoint(NoteError)
    /// The tree of the checkpoint does not have the leaf at this index.
    case notIncluded
}

/// That a log has a leaf at an index, as its checkpoint says.
package struct VerifiedReceipt: Hashable, Sendable {
    package let index: UInt64
    package let checkpoint: VerifiedCheckpoint

    fileprivate init(index: UInt64, checkpoint: VerifiedCheckpoint) {
        self.index = index
        self.checkpoint = checkpoint
    }
}
