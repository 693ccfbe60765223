import ArgumentParser
import CryptoPrimitives
import DurableFiles
import Foundation
import GatewayAPI
import MerkleLedger
import RecordGateway
import RecordStorage
import SharingContract
import SystemPackage

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Puts a backup in place, read-only, or begins a ledger in the place of a lost one.",
        discussion: """
            Everything is checked before it is put in place. A restored gateway shows what it has and takes no entries, for it may be \
            behind what its clients saw. Then there are two ways on.

            If nothing was written after the backup, say so with --nothing-lost. Clients that saw a longer ledger will not believe \
            this one again: every command of theirs ends with code 5.

            Else begin a successor with --successor: a new ledger, whose first entry names the old one and how far it is known to have \
            come. It begins with the policies of the old one, and empty: organisations apply again, patients enrol and grant again, and records are deposited again by those \
            who made them.

            What was erased after the backup is in the backup. Name what is left of a newer state with --newer, and it is erased again.

            Example:
              cordon-gateway restore --folder /var/lib/cordon --from /mnt/backup/2027-01-01 --newer north.audit
              cordon-gateway restore --folder /var/lib/cordon --nothing-lost
              cordon-gateway restore --folder /var/lib/new --from /mnt/backup/2027-01-01 --newer north.audit --successor
            """)

    @Option(help: "Where keys, ledger and records will be kept.") var folder: String
    @Option(help: "The folder of the backup.") var from: String?
    @Option(help: "What is left of a newer state: an auditor's export, or the old gateway's folder.") var newer: String?
    @Flag(help: "Begin a new ledger in the place of the one in the backup.") var successor = false
    @Option(help: "Under which address clients reach the successor. The old one when left out.") var address: String?
    @Option(help: "The successor's name, such as north.example/ledger-2. Made from the member's name when left out.")
    var origin: String?
    @Flag(help: "Vouch that a restored ledger is all there was, so that it takes entries again.") var nothingLost = false
    @Flag(help: "Print JSON, for programs.") var json = false

    fileprivate struct Restored: Encodable {
        let origin: String
        let entries: UInt64
        /// Entries that the ledger is known to have had.
        let known: UInt64
        let erasedAgain: Int
        let isReadOnly: Bool
        /// The successor's name.
        let successor: String?
    }

    func validate() throws {
        guard nothingLost == (from == nil), !nothingLost || (newer == nil && !successor) else {
            throw ValidationError("either name a backup with --from, or say --nothing-lost of one that was restored before")
        }
        guard successor || (address == nil && origin == nil) else {
            throw ValidationError("--address and --origin are a successor's; give --successor with them")
        }
    }

    func run() throws {
        let target = GatewayFolder(folder)
        guard let from else { return try vouch(for: target) }
        guard !DurableFile.exists(target.path) else { throw Failure.gatewayExists(target.path) }
        let backup = BackupFolder(FilePath(from))
        // Before a passphrase is tried: what is no backup is said to be none.
        _ = try backup.checkpoint()
        let passphrase = try Passphrase.read()
        let restored = try BackupFolder.translating(backup.path) { try put(backup, in: target, passphrase) }
        guard json else { return print(restored.words) }
        try Output.json(restored)
    }

    private func vouch(for folder: GatewayFolder) throws {
        _ = try folder.description()
        try folder.vouchThatNothingWasLost()
        guard json else {
            return print(
                "From its next start this gateway takes entries again. Clients that saw a longer ledger will end with code 5.")
        }
        try Output.json(["isReadOnly": false])
    }

    private func put(_ backup: BackupFolder, in target: GatewayFolder, _ passphrase: borrowing SecretBytes) throws -> Restored {
        let source = GatewayFolder(backup.path.string)
        let description = try source.description()
        guard let origin = TextLine(description.origin) else { throw Failure.localData("gateway.json names no ledger") }
        let keys = try source.keys(passphrase: passphrase)
        let key = try GatewayFolder.signer(origin, keys.ledger).verifierKey
        let writer = try FolderWriter(for: target.path)
        let copy = GatewayFolder(writer.path.string)
        let contents = try backup.copy(to: copy, key: key)
        let ledger = try newer.map { try self.newer(FilePath($0), contents, key) }
        if ledger == nil {
            FileHandle.standardError.write(
                Data(
                    "warning: records that were erased after this backup are in it. Name a newer state with --newer, if any is left\n"
                        .utf8))
        }
        guard !successor else {
            let name = try succeed(contents, ledger, description, keys, passphrase, in: target)
            return Restored(
                origin: origin.text, entries: contents.size, known: ledger?.size ?? contents.size, erasedAgain: 0,
                isReadOnly: false, successor: name.text)
        }
        let erased = try LostErasures.replay(ledger?.erasures ?? [], in: copy.path)
        _ = try StoreCopy.verify(copy.path, key: key, checkpoint: backup.checkpoint(), progress: Progress.report)
        let known = max(contents.size, ledger?.size ?? 0)
        try copy.write(GatewayFolder.Restored(entries: contents.size, known: known))
        try writer.commit()
        return Restored(
            origin: origin.text, entries: contents.size, known: known, erasedAgain: erased, isReadOnly: true, successor: nil)
    }

    private func newer(_ path: FilePath, _ contents: StoreCopy.Contents, _ key: VerifierKey) throws -> NewerLedger {
        do {
            return try NewerLedger(reading: path, after: contents, key: key)
        } catch .unreadable {
            throw Failure.localData("\(path) is neither an auditor's export nor the folder of a gateway's store that can be read")
        } catch .notThisLedger {
            throw Failure.notVerified("\(path) is not of this ledger, or its entries are not those that were signed")
        } catch .forked {
            throw Failure.notVerified("\(path) is not the ledger of the backup, continued: one of the two was changed")
        }
    }

    /// The copy was only made to be checked, and goes with its writer: records, grants and admissions are bound to the old ledger.
    private func succeed(
        _ contents: StoreCopy.Contents, _ newer: NewerLedger?, _ description: GatewayDescription,
        _ keys: borrowing MemberKeys, _ passphrase: borrowing SecretBytes, in target: GatewayFolder
    ) throws -> TextLine {
        let known = newer.map { $0.size > contents.size ? ($0.size, $0.root) : nil } ?? nil
        let predecessor = MemberChange.Predecessor(
            origin: contents.origin, size: known?.0 ?? contents.size, root: known?.1 ?? contents.root)
        guard let member = contents.members.first(where: { $0.key == keys.member.publicKey }) else {
            throw Failure.notVerified("the key file in the backup is of nobody who is a member of its ledger")
        }
        let origin = try self.origin.map(Init.checked) ?? Init.origin(for: member.name)
        guard origin != contents.origin else { throw Failure.usage("a successor has a name of its own") }
        let address = try GatewayAddress(checking: self.address ?? description.address).text
        let writer = try FolderWriter(for: target.path)
        try GatewayFolder(writer.path.string).begin(
            keys.withNewLedgerKey(), name: member.name, origin: origin, address: address, predecessor: predecessor,
            policies: contents.policies ?? .builtIn, passphrase: passphrase)
        try writer.commit()
        return origin
    }
}

extension Restore.Restored {
    fileprivate var words: String {
        if let successor {
            return """
                The ledger \(successor) has begun in the place of \(origin), which had come to \(known) entries. It is empty: \
                organisations apply again, patients enrol and grant again, records are deposited again.
                """
        }
        let erased = erasedAgain > 0 ? "\nErased again: \(erasedAgain) of its records, which were erased after the backup." : ""
        guard known > entries else {
            return """
                Restored \(origin) with \(entries) entries, and checked it. It is READ-ONLY.\(erased)
                If nothing was written after the backup, say so with --nothing-lost; else begin a successor with --successor.
                """
        }
        return """
            Restored \(origin) with \(entries) entries, and checked it. It is READ-ONLY for good: \(known - entries) entries that came \
            after them are lost.\(erased)
            Begin a successor with --successor. Patients whose clients saw no more than this can still read their records here.
            """
    }
}
