import CryptoPrimitives
import DurableFiles
import MerkleLedger
import SystemPackage

/// The snapshot beside the database.
struct SnapshotFile {
    static let name = "store.snapshot"

    let path: FilePath

    init(in folder: FilePath) {
        path = folder.appending(Self.name)
    }

    /// `nil` where there is none. One that is not this member's, or not a snapshot, is an error: somebody put it there.
    func read(by member: Ed25519.PublicKey, of ledger: KeyName) throws -> Snapshot? {
        guard DurableFile.exists(path) else { return nil }
        guard let bytes = try? DurableFile.read(path, atMost: Snapshot.maximumSize), let snapshot = try? Snapshot(canonical: bytes),
            (try? snapshot.verifySignature(by: member)) != nil
        else { throw StoreError.differs(.snapshot) }
        guard KeyName(snapshot.origin.text) == ledger else { throw StoreError.differs(.otherLedger) }
        return snapshot
    }

    func write(_ snapshot: Snapshot) throws {
        try DurableFile.write(snapshot.canonicalBytes, to: path)
    }
}

/// How much a store proves before it opens.
package enum StartCheck: Sendable {
    /// What came after the last snapshot. Everything where there is none, or where it is of a ledger shorter than this, of which all can
    /// be checked in little time.
    case sinceSnapshot(ofAtLeast: UInt64)
    /// Everything. A snapshot that is not good is replaced; one that is must be extended by what is here.
    case all
}
