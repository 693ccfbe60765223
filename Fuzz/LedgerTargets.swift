import CryptoPrimitives
import MerkleLedger

/// What a log or a witness sends: notes, checkpoints, keys, receipts, and the paths and bytes of tiles.
enum LedgerTargets {
    static let all = [
        FuzzTarget(name: "note", check: checkNote),
        FuzzTarget(name: "receipt", check: checkReceipt),
        FuzzTarget(name: "tile", check: checkTile),
    ]

    private static func checkNote(_ bytes: [UInt8]) {
        if let note = try? SignedNote(bytes) {
            require(note.bytes == bytes, "a note has one form")
            require((try? SignedNote(text: note.text, signatures: note.signatures)) == note, "a note is its text and signatures")
            if let key { _ = try? note.verified(by: [key]) }
            checkCheckpoint(note.text)
        }
        checkCheckpoint(bytes)
        if let signature = try? NoteSignature(line: bytes) {
            require(signature.line.utf8.elementsEqual(bytes), "a signature line has one form")
        }
        if let text = text(bytes), let key = try? VerifierKey(text) {
            require(key.description.utf8.elementsEqual(bytes), "a verifier key has one form")
        }
    }

    private static func checkCheckpoint(_ bytes: [UInt8]) {
        guard let checkpoint = try? Checkpoint(text: bytes) else { return }
        require(checkpoint.text == bytes, "a checkpoint has one form")
    }

    private static func checkReceipt(_ bytes: [UInt8]) {
        guard let receipt = try? LedgerReceipt(bytes) else { return }
        require(receipt.bytes == bytes, "a receipt has one form")
        guard let key, let checkpoint = try? Checkpoint(text: receipt.note.text) else { return }
        _ = try? receipt.proof.verify(Hash.leaf([]), against: checkpoint.rootHash)
        _ = try? receipt.verified(leaf: Array("entry 300".utf8), origin: checkpoint.origin, key: key)
    }

    /// A tile's path, or its bytes behind one byte that stands for its width.
    private static func checkTile(_ bytes: [UInt8]) {
        if let path = text(bytes) {
            if let coordinate = try? Tile.Coordinate(path: path) {
                require(coordinate.path.utf8.elementsEqual(bytes), "a tile has one path")
            }
            if let coordinate = try? Tile.Coordinate(entriesPath: path) {
                require(coordinate.entriesPath.utf8.elementsEqual(bytes), "a bundle has one path")
            }
        }
        guard let first = bytes.first else { return }
        let (width, rest) = (Int(first) + 1, Array(bytes.dropFirst()))
        if let bundle = try? EntryBundle(rest, width: width) {
            require(bundle.bytes == rest && bundle.leafHashes.count == width, "a bundle has one form")
        }
        if let coordinate = Tile.Coordinate(level: 0, index: 0, width: width), let tile = try? Tile(coordinate, bytes: rest) {
            require(tile.bytes == rest && tile.hashes.count == width, "a tile has one form")
        }
    }

    /// That of `fixtures/vectors/ledger`.
    private static let key = try? VerifierKey("cordon.example/ledger+0f555ec8+AarnOSjtNsxdzCWNU402PDay7tqRY6ospx12V0qUsg23")
}
