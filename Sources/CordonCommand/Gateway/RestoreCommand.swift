import ArgumentParser
import DurableFiles
import GatewayClient
import SystemPackage

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts a backup in place, read-only, or begins a ledger in the place of a lost one.",
        discussion: """
            Everything is checked before it is put in place. A restored gateway shows what it has and takes no entries, for it may be
            behind what its clients saw. Then there are two ways on.

            If nothing was written after the backup, say so with --nothing-lost. Clients that saw a longer ledger will not believe this
            one again: every command of theirs ends with code 5.

            Else begin a successor with --successor: a new ledger, whose first entry names the old one and how far it is known to have
            come. It begins empty: organisations apply again, patients enrol and grant again, and records are deposited again by those
            who made them.

            What was erased after the backup is in the backup. Name what is left of a newer state with --newer, and it is erased again.

            Example:
              cordon --as north restore /mnt/backup/2027-01-01 --newer north.audit
              cordon --as north restore --nothing-lost
              cordon --as north-2 restore /mnt/backup/2027-01-01 --newer north.audit --successor
            """)

    @ParentCommand var cordon: Cordon
    @Argument(help: "The folder of the backup.") var backup: String?
    @Option(help: "What is left of a newer state: an auditor's export, or the old gateway's folder.") var newer: String?
    @Flag(help: "Begin a new ledger in the place of the one in the backup.") var successor = false
    @Option(help: "Under which address clients reach the successor. The old one when left out.") var address: String?
    @Option(help: "The successor's name, such as north.example/ledger-2. Made from the member's name when left out.")
    var origin: String?
    @Flag(help: "Vouch that a restored ledger is all there was, so that it takes entries again.") var nothingLost = false

    func run() async throws {
        let profile = try cordon.folder()
        guard backup != nil || nothingLost else {
            throw Stop.usage("which backup?", "Name its folder, or say --nothing-lost of one that was restored before.")
        }
        guard backup == nil || !(profile.exists || DurableFile.exists(profile.gatewayFolder)) else {
            throw Stop.refused(
                "there is a profile \(profile.name) already", "A backup is restored into a new one: choose it with --as.")
        }
        var arguments = ["restore", "--folder", profile.gatewayFolder.string]
        if let backup { arguments += ["--from", InputFiles.absolute(backup).string] }
        if let newer { arguments += ["--newer", InputFiles.absolute(newer).string] }
        for (option, value) in [("--address", address), ("--origin", origin)] { if let value { arguments += [option, value] } }
        for (flag, isSet) in [("--successor", successor), ("--nothing-lost", nothingLost), ("--json", cordon.json)] where isSet {
            arguments.append(flag)
        }
        let status = try GatewayProgram.run(arguments, passphrase: try Passphrases.existing(profile.name))
        guard status == 0 else { throw ExitCode(status) }
        if backup != nil { Terminal.note("Serve it with: cordon --as \(profile.name) serve") }
    }
}
