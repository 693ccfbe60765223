import AccessPolicy
import ArgumentParser
import Cedar
import GatewayClient
import SharingContract

extension PolicyCommand {
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain", abstract: "Says in words what one policy does, by which law, and which cases show it.",
            discussion: """
                Example:
                  cordon policy explain part2-counselling-notes
                  cordon policy explain guardian-over policies
                  cordon --as ana policy explain part2-purpose --published
                """)

        @ParentCommand var policy: PolicyCommand
        @Argument(help: "The policy's id, as in `policy check`.") var id: String
        @Argument(help: "The folder.") var folder = "policies"
        @Flag(help: "Of those that the members put in force, instead of a folder. No cases come with them.") var published = false

        private struct Explained: Encodable {
            let id: String
            let version: String
            let basis: String
            let file: String
            let words: String
            let cedar: String
            let cases: [Case]
        }

        private struct Case: Encodable {
            let description: String
            let decision: String
        }

        func run() async throws {
            if published {
                let files = try await policy.cordon.withLedger { ledger, connection in try await ledger.policies(connection)?.files
                }
                guard let files else { throw Stop.refused("no policies were published on this ledger") }
                let library: PolicyLibrary
                do throws(LibraryError) {
                    library = try PolicyLibrary(files.contents)
                } catch {
                    throw ClientError.notPossible(.policiesUnusable(error))
                }
                return try show(try found(in: library, "the policies in force", see: "policy show"), [])
            }
            let folder = PolicyFolder(path: folder)
            let library = try folder.library()
            let found = try found(in: library, folder.path, see: "policy check \(folder.path)")
            let files = try folder.cases(library.schema)
            let entities = files.isEmpty ? nil : try folder.entities(library.schema)
            try show(found, entities.map { entities in files.flatMap { $0.cases(decidedBy: found, of: library, entities) } } ?? [])
        }

        private func found(in library: PolicyLibrary, _ place: String, see command: String) throws -> LibraryPolicy {
            guard let found = library.policies.first(where: { $0.id == id }) else {
                throw Stop.refused("there is no policy \"\(id)\" in \(place)", "See `cordon \(command)`.")
            }
            return found
        }

        private func show(_ found: LibraryPolicy, _ cases: [PolicyCases.Case]) throws {
            let explained = Explained(
                id: found.id, version: found.version, basis: found.basis, file: found.file, words: PolicyWords.sentence(found),
                cedar: found.cedar, cases: cases.map { Case(description: $0.description, decision: $0.decision.rawValue) })
            try policy.cordon.show(explained, Self.words(explained))
        }

        private static func words(_ explained: Explained) -> String {
            let cases = explained.cases.map { "  \($0.description): \($0.decision)" }
            let shown = cases.isEmpty ? ["No case shows it."] : ["Cases that show it:"] + cases
            return
                ([
                    "\(explained.id), version \(explained.version), in \(explained.file)", "Basis: \(explained.basis)",
                    explained.words, "",
                    explained.cedar, "",
                ] + shown).joined(separator: "\n")
        }
    }
}
