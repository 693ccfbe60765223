import AccessPolicy
import ArgumentParser
import Cedar

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Policies of statute and institution, which limit what patients' grants permit.",
        discussion: """
            They are written in Cedar and lie in a folder: `schema.cedarschema`, `statute/*.cedar`, `institution/*.cedar`. They forbid or
            oblige; only a patient's grant permits.
            """,
        subcommands: [Check.self, Test.self, Explain.self, Publish.self, Show.self, Decide.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Reads a folder of policies as a gateway would, and lists them.",
            discussion: """
                Refuses the folder if one policy is not understood in full: no id, an id twice, no basis or version, an obligation that
                nobody knows, a permit, arithmetic, or anything that does not fit the schema.

                Example:
                  cordon policy check policies
                """)

        @ParentCommand var policy: PolicyCommand
        @Argument(help: "The folder.") var folder = "policies"

        func run() async throws {
            let library = try PolicyFolder(path: folder).library()
            let listed = library.policies.map(ListedPolicy.init)
            let lines = library.policies.map(\.words) + ["\(listed.count) policies, all understood."]
            try policy.cordon.show(listed, lines.joined(separator: "\n"))
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Decides the cases that lie beside the policies.",
            discussion: """
                Cases lie in `tests/*.json`, and who and what they speak of in `tests/entities.json`. Fails if a case is decided
                otherwise than it says, and if a policy decides none.

                Example:
                  cordon policy test policies
                """)

        @ParentCommand var policy: PolicyCommand
        @Argument(help: "The folder.") var folder = "policies"

        private struct Tested: Encodable {
            let cases: Int
            let files: Int
        }

        func run() async throws {
            let folder = PolicyFolder(path: folder)
            let library = try folder.library()
            let files = try folder.cases(library.schema)
            guard !files.isEmpty else { throw Stop.refused("there are no cases in \(folder.path)/tests") }
            let differences = library.differences(in: files, try folder.entities(library.schema))
            guard differences.isEmpty else { throw Stop.refused(differences.joined(separator: "\n        ")) }
            let tested = Tested(cases: files.reduce(0) { $0 + $1.cases.count }, files: files.count)
            try policy.cordon.show(tested, "\(tested.cases) cases of \(tested.files) files, all decided as they say.")
        }
    }

    @ParentCommand var cordon: Cordon
}

/// A policy as programs are told of it.
struct ListedPolicy: Encodable {
    let id: String
    let basis: String
    let version: String
    let file: String
    let obligations: [String]

    init(_ policy: LibraryPolicy) {
        (id, basis, version, file) = (policy.id, policy.basis, policy.version, policy.file)
        obligations = policy.obligations.map(\.rawValue)
    }
}

extension LibraryPolicy {
    /// As people are told of it.
    var words: String {
        let verb = forbids ? "forbids" : "obliges to " + obligations.map(\.rawValue).joined(separator: ", ")
        return "\(id), version \(version), \(verb)\n    \(basis)"
    }
}
