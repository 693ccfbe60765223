import ArgumentParser
import CryptoPrimitives
import GatewayClient
import SharingContract

extension AuditCommand {
    struct Labels: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "labels", abstract: "Lists what clinics changed about the labels of records, and why.",
            discussion: """
                Found by comparing the versions of each record, after the file is checked as `audit verify` checks it. Records that were
                erased are not in it.

                Example:
                  cordon --as aud audit labels north.audit
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "A file made by `audit export`.") var file: String

        private struct Line: Encodable {
            let entry: UInt64
            let record: String
            let version: UInt32
            let who: String
            let labels: LabelLine

            var words: String { "entry \(entry)  \(who)  record \(record.prefix(12)), version \(version): \(labels.words)" }
        }

        func run() async throws {
            try await cordon.asActor(.auditor) { auditor in
                let export = try AuditExport(reading: InputFiles.absolute(file))
                let progress = ProgressLine("checking")
                let found = GatewayClient.Replay.run(export, pin: auditor.session.pin, decisions: false) {
                    progress.show(Int($0), of: Int($1))
                }
                guard found.isClean else {
                    throw Stop.notVerified("NOT VERIFIED: the file does not hold together.", "See `cordon audit verify`.")
                }
                let lines = LabelHistory(of: export).changes.map { change in
                    Line(
                        entry: change.leaf, record: change.record.description, version: change.version,
                        who: WishLine.name(change.depositor, auditor.session), labels: LabelLine(change.difference))
                }
                guard !lines.isEmpty else { throw Stop.refused("no labels were changed") }
                try cordon.show(lines, lines.map(\.words).joined(separator: "\n"))
            }
        }
    }
}
