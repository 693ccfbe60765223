import ArgumentParser
import DurableFiles
import GatewayClient
import SystemPackage

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies this member's gateway into a folder, and proves the copy.",
        discussion: """
            The gateway may go on serving. The copy is of one moment, is checked like a gateway at its start, and has its name only when
            all of it is on the disk. It holds what the gateway holds: sealed records, and keys under the passphrase.

            Example:
              cordon --as north backup /mnt/backup/2027-01-01
            """)

    @ParentCommand var cordon: Cordon
    @Argument(help: "The new folder that becomes the backup.") var folder: String

    func run() async throws {
        let profile = try cordon.folder()
        guard DurableFile.exists(profile.gatewayFolder) else {
            throw Stop.localData("\(profile.name) has no gateway", "Begin a ledger with `cordon --as \(profile.name) init`.")
        }
        try InputFiles.requireWritable(folder)
        let passphrase = try Passphrases.existing(profile.name)
        let arguments = ["backup", "--folder", profile.gatewayFolder.string, "--to", InputFiles.absolute(folder).string]
        let status = try GatewayProgram.run(arguments + (cordon.json ? ["--json"] : []), passphrase: passphrase)
        guard status == 0 else { throw ExitCode(status) }
    }
}
