import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import SharingContract

extension PolicyCommand {
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish", abstract: "Puts a folder of policies in force, in place of those that are.",
            discussion: """
                Schema, statute and institution are published, cases are not. What would change is shown before it is signed. More than
                half of the members have to sign: where there are several, the file goes from member to member, who each approve it with
                `cordon member approve`; the last whose signature is needed puts it on the ledger. From that entry on, every decision is
                made under these policies, and names them. A change of members or of policies ends what was proposed before.

                Example:
                  cordon --as north policy publish policies
                  cordon --as north policy publish policies --out policies.proposal
                """)

        @ParentCommand var policy: PolicyCommand
        @OptionGroup var signing: MemberCommand.Signing
        @Argument(help: "The folder.") var folder: String

        func run() async throws {
            let folder = PolicyFolder(path: folder)
            _ = try folder.library()
            let files = try folder.published()
            try await MemberCommand.asMember(policy.cordon) { member in
                try await signing.sign(try member.propose(publishing: files), by: member, policy.cordon)
            }
        }
    }
}

extension PolicyFolder {
    func published() throws -> PolicyFiles {
        let files = try files()
        do throws(PolicyFiles.Fault) {
            return try PolicyFiles(files)
        } catch {
            throw Stop.localData("\(path) cannot be published: \(error.words)")
        }
    }
}

extension PolicyFiles.Fault {
    fileprivate var words: String {
        switch self {
        case .noSchema: "there is no \(PolicyFiles.schemaName)"
        case .tooMany: "there are more than \(PolicyFiles.maximumCount) files"
        case .tooLarge: "the files are more than \(PolicyFiles.maximumSize >> 10) KiB"
        case .name(let name):
            "\(Terminal.visible(name)): names of files have small letters, digits, dots and dashes, and end in .cedar"
        }
    }
}
