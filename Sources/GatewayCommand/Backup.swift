import ArgumentParser
import CryptoPrimitives
import DurableFiles
import Foundation
import GatewayAPI
import MerkleLedger
import RecordStorage
import SystemPackage

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies keys, ledger and records into a folder, and proves the copy.",
        discussion: """
            The gateway may go on serving. The copy is of one moment, is checked as the store is checked at its start, and has its name \
            only when all of it is on the disk. It holds what the gateway holds: sealed records, and keys under the passphrase.

            Example:
              cordon-gateway backup --folder /var/lib/cordon --to /mnt/backup/2027-01-01
            """)

    @Option(help: "Where keys, ledger and records are kept.") var folder: String
    @Option(help: "The new folder that becomes the backup.") var to: String
    @Flag(help: "Print JSON, for programs.") var json = false

    private struct Made: Encodable {
        let origin: String
        let entries: UInt64
        let root: String
        let payloads: Int
        let folder: String
    }

    func run() throws {
        let folder = GatewayFolder(folder)
        let description = try folder.description()
        guard let origin = TextLine(description.origin) else { throw Failure.localData("gateway.json names no ledger") }
        // Also so that nobody keeps backups for years whose passphrase is not the one he remembers.
        let keys = try folder.keys(passphrase: Passphrase.read())
        let contents = try BackupFolder.translating(folder.path) {
            try BackupFolder(FilePath(to)).make(of: folder, signer: GatewayFolder.signer(origin, keys.ledger))
        }
        guard json else {
            print(
                "Backed up \(contents.origin) with \(contents.size) entries and \(contents.payloads) records to \(to), and checked it."
            )
            return
        }
        try Output.json(
            Made(
                origin: contents.origin.text, entries: contents.size, root: "\(contents.root)", payloads: contents.payloads,
                folder: to))
    }
}

/// A backup: the files of a gateway's folder, and `backup.checkpoint`, which says what they come to.
struct BackupFolder {
    let path: FilePath

    init(_ path: FilePath) {
        self.path = path
    }

    private static let checkpointName = "backup.checkpoint"

    /// Made beside the gateway, whether it serves or not. Has its name only once it is whole, durable and proven.
    func make(of gateway: GatewayFolder, signer: consuming NoteSigner) throws -> StoreCopy.Contents {
        let writer = try FolderWriter(for: path)
        let copy = GatewayFolder(writer.path.string)
        for (file, target) in [(gateway.keyFile, copy.keyFile), (gateway.descriptionFile, copy.descriptionFile)] {
            try DurableFile.write(try DurableFile.read(file, atMost: 4_096), to: target)
        }
        if let restored = try gateway.restored() { try copy.write(restored) }
        try StoreCopy.copy(of: gateway.path, into: copy.path, progress: Progress.report)
        let contents = try StoreCopy.verify(copy.path, key: signer.verifierKey, checkpoint: nil, progress: Progress.report)
        let checkpoint = try Checkpoint(origin: contents.origin, size: contents.size, rootHash: contents.root)
        try DurableFile.write(try signer.sign(checkpoint).bytes, to: copy.path.appending(Self.checkpointName))
        try writer.commit()
        return contents
    }

    func checkpoint() throws -> SignedNote {
        guard let bytes = try? DurableFile.read(path.appending(Self.checkpointName), atMost: SignedNote.maximumSize),
            let note = try? SignedNote(bytes)
        else {
            throw Failure.localData(
                "\(path) is no backup: it has no checkpoint. The folder of a gateway is copied with `cordon backup`")
        }
        return note
    }

    /// Copies keys, description and store into a folder that is being made, and proves them there, before anybody relies on them.
    func copy(to target: GatewayFolder, key: VerifierKey) throws -> StoreCopy.Contents {
        let source = GatewayFolder(path.string)
        for (file, copy) in [(source.keyFile, target.keyFile), (source.descriptionFile, target.descriptionFile)] {
            try DurableFile.write(try DurableFile.read(file, atMost: 4_096), to: copy)
        }
        try StoreCopy.copy(of: path, into: target.path, progress: Progress.report)
        return try StoreCopy.verify(target.path, key: key, checkpoint: checkpoint(), progress: Progress.report)
    }

    /// Says what to do about files that cannot be read or written, and about a store that is not what it should be.
    static func translating<Result>(_ folder: FilePath, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch StoreError.differs(let difference) {
            throw Failure.notVerified("\(folder) does not agree with itself: \(difference). Nothing was put in place")
        } catch let error as StoreError {
            throw Failure(error, folder)
        } catch FileError.exists {
            throw Failure.refused("there is something of that name already; nothing is overwritten")
        } catch FileError.noSpace {
            throw Failure.localData("the disk is full; nothing was kept of the copy")
        } catch let error as FileError {
            throw Failure.localData("a file cannot be read or written (\(error)); nothing was kept of the copy")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.localData("\(folder) cannot be read or the copy not written: is the disk full?")
        }
    }
}
