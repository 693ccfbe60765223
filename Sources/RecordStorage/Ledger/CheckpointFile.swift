import CryptoPrimitives
import DurableFiles
import MerkleLedger
import SharingContract
import SystemPackage

/// The newest checkpoint, beside the database: how far the ledger had come at least.
///
/// To SQLite, whatever stands in its log behind a damaged frame was never written, and it goes on from the state before. Here it is seen
/// that somebody was told of more. The file is written before anybody is, and not synced: it outlives the process, and after a power
/// failure it may be an older one, or none that can be read.
struct CheckpointFile {
    static let name = "store.checkpoint"

    private let path: FilePath

    init(in folder: FilePath) {
        path = folder.appending(Self.name)
    }

    /// Without it a batch is as durable as with it, so nobody is refused because the disk takes no more.
    func write(_ checkpoint: SignedNote) {
        try? DurableFile.overwrite(checkpoint.bytes, at: path)
    }

    /// Throws unless the tree is the file's, or grew from it. A file that the ledger's key did not sign says nothing.
    func check(_ tiles: TileTable, of origin: TextLine, by key: VerifierKey) throws {
        guard let bytes = try? DurableFile.read(path, atMost: SignedNote.maximumSize),
            let checkpoint = try? Checkpoint.open(SignedNote(bytes), origin: origin, key: key).checkpoint
        else { return }
        guard checkpoint.size <= tiles.edge.size else { throw StoreError.differs(.olderThanCheckpoint) }
        guard try Tree.root(size: checkpoint.size, readTile: tiles.hashes) == checkpoint.rootHash else {
            throw StoreError.differs(.checkpoint)
        }
    }
}
