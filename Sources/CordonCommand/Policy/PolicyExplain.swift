import AccessPolicy
import ArgumentParser
import Cedar

extension PolicyCommand {
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain", abstract: "Says in words what one policy does, by which law, and which cases show it.",
            discussion: """
                Example:
                  cordon policy explain part2-counselling-notes
                  cordon policy explain guardian-over policies
                """)

        @ParentCommand var policy: PolicyCommand
        @Argument(help: "The policy's id, as in `policy check`.") var id: String
        @Argument(help: "The folder.") var folder = "policies"

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
            let folder = PolicyFolder(path: folder)
            let library = try folder.library()
            guard let found = library.policies.first(where: { $0.id == id }) else {
                throw Stop.refused("there is no policy \"\(id)\" in \(folder.path)", "See `cordon policy check \(folder.path)`.")
            }
            let files = try folder.cases(library.schema)
            let entities = files.isEmpty ? nil : try folder.entities(library.schema)
            let cases = entities.map { entities in files.flatMap { $0.cases(decidedBy: found, of: library, entities) } } ?? []
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
