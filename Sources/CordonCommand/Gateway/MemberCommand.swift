import ArgumentParser
import CryptoPrimitives
import DurableFiles
import Foundation
import GatewayClient
import SystemPackage

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "What a member of the consortium does.", subcommands: [Admit.self])

    struct Admit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "admit", abstract: "Admits organisations that applied.",
            discussion: """
                Compare each fingerprint with the one the applicant reads out to you.

                Example:
                  cordon --as north member admit hillside.app lakeside.app
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "Application files.") var applications: [String]
        @Option(help: "The first day on which they are admitted no more, at most two years from now.") var until: String?

        private struct Admitted: Encodable {
            let name: String
            let role: String
            let fingerprint: String
            let entry: UInt64

            var words: String { "Admitted \(name) as \(role), key \(fingerprint). Entry \(entry)." }
        }

        func run() async throws {
            let folder = try cordon.folder()
            let read = try applications.map { try InputFiles.paper($0, as: Application.self) }
            guard let description = GatewayDescription(of: folder) else {
                throw Stop.localData("\(folder.name) has no gateway", "Only a member admits; see `cordon init`.")
            }
            let end = try until.map { try Names.day($0) }
            let member = try await MemberClient.open(
                folder, address: description.address, passphrase: try Passphrases.existing(folder.name),
                environment: cordon.environment)
            do {
                var admitted: [Admitted] = []
                for application in read { admitted.append(try await admit(application, by: member, until: end)) }
                try await member.close()
                try cordon.show(admitted, admitted.map(\.words).joined(separator: "\n"))
            } catch {
                try? await member.close()
                throw error
            }
        }

        private func admit(_ application: Application, by member: MemberClient, until end: Day?) async throws -> Admitted {
            let entry = try await member.admit(application, until: end)
            return Admitted(
                name: application.name.text, role: application.role.words, fingerprint: Fingerprint.text(application.key),
                entry: entry)
        }
    }
}
