import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import DurableFiles
import GatewayClient
import SharingContract
import SystemPackage

extension PolicyCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Shows the policies that the members put in force.",
            discussion: """
                Anybody may see them: patients, clinics, auditors and members. The files come from the gateway and are held against the
                ledger, which has their root. --out writes them into a new folder, which `cordon policy check` and `test` read.

                Example:
                  cordon --as ana policy show
                  cordon --as aud policy show --out policies-in-force
                """)

        @ParentCommand var policy: PolicyCommand
        @Option(help: "A folder to be made for the files.") var out: String?

        private struct Shown: Encodable {
            let inForce: PolicyLine?
            let files: [String]
            let policies: [ListedPolicy]
            /// Why this program does not understand them in full.
            let fault: String?
            let folder: String?
        }

        func run() async throws {
            if let out { try InputFiles.requireWritable(out) }
            let (line, published) = try await policy.cordon.withLedger { ledger, connection in
                (try PolicyLine(ledger), try await ledger.policies(connection))
            }
            guard let line, let published else {
                guard out == nil else { throw Stop.refused("no policies were published on this ledger") }
                let none = Shown(inForce: nil, files: [], policies: [], fault: nil, folder: nil)
                return try policy.cordon.show(none, PolicyLine.none)
            }
            if let out { try write(published.files, to: out) }
            try show(line, published.files)
        }

        private func show(_ line: PolicyLine, _ files: PolicyFiles) throws {
            let (library, fault) = Self.library(files)
            let policies = library?.policies ?? []
            let shown = Shown(
                inForce: line, files: files.files.map(\.name.text), policies: policies.map(ListedPolicy.init), fault: fault,
                folder: out)
            var lines = policies.map(\.words)
            if let fault {
                lines.append(
                    "NOT UNDERSTOOD by this program: \(fault)\n    A gateway of the same version releases nothing under them.")
            }
            lines.append("In force since \(line.since) (entry \(line.entry)), root \(line.root).")
            if let out { lines.append("The files are in \(out).") }
            try policy.cordon.show(shown, lines.joined(separator: "\n"))
        }

        private static func library(_ files: PolicyFiles) -> (PolicyLibrary?, fault: String?) {
            do throws(LibraryError) {
                return (try PolicyLibrary(files.contents), nil)
            } catch {
                return (nil, "\(error)")
            }
        }

        /// All of them or none, and nothing that is there is written over.
        private func write(_ files: PolicyFiles, to path: String) throws {
            do throws(FileError) {
                let writer = try FolderWriter(for: InputFiles.absolute(path))
                for file in files.files {
                    let target = writer.path.pushing(FilePath(file.name.text))
                    try DurableFile.makeFolder(target.removingLastComponent())
                    try DurableFile.write(file.content, to: target)
                }
                try writer.commit()
            } catch .exists {
                throw Stop.refused("there is something named \(path) already; nothing is overwritten")
            } catch {
                throw ClientError.localData(.file(error, path: path))
            }
        }
    }
}
