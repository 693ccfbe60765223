import ArgumentParser
import SystemPackage
import GatewayClient

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Begins a ledger, of which this profile is the first member.",
        discussion: """
            Example:
              cordon --as north init --name "North Consortium"
            """)

    @ParentCommand var cordon: Cordon
    @Option(help: "The member's public name.") var name: String
    @Option(help: "Under which address clients will reach the gateway.") var address = "http://127.0.0.1:8460"
    @Option(help: "The ledger's own name, such as north.example/ledger.") var origin: String?

    func run() async throws {
        let folder = try cordon.folder()
        let passphrase = try Passphrases.new(folder.name)
        var arguments = ["init", "--folder", folder.gatewayFolder.string, "--name", name, "--address", address]
        if let origin { arguments += ["--origin", origin] }
        if cordon.json { arguments.append("--json") }
        let status = try GatewayProgram.run(arguments, passphrase: passphrase)
        guard status == 0 else { throw ExitCode(status) }
        Terminal.note("Serve it with: cordon --as \(folder.name) serve")
    }
}
