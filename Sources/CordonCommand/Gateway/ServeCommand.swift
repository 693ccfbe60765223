import ArgumentParser
import CryptoPrimitives
import DurableFiles
import GatewayClient
import SystemPackage

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves this member's gateway until it is told to stop.",
        discussion: """
            The store proves itself first; what differs is named and nothing is served. Off this machine, TLS is needed.

            Example:
              cordon --as north serve
              cordon --as north serve --host 0.0.0.0 --port 443 --certificate chain.pem --key key.pem
              cordon --as mirror serve --follow https://cordon.north.example --port 8470
              cordon --as south serve --follow https://cordon.north.example --payloads
            """)

    @ParentCommand var cordon: Cordon
    @Option(help: "On which address to listen.") var host: String?
    @Option(help: "On which port to listen.") var port: Int?
    @Option(help: "Certificate chain in PEM.") var certificate: String?
    @Option(help: "The certificate's private key in PEM.") var key: String?
    @Flag(help: "Say on standard error what was answered, without naming anybody.") var verbose = false
    @Option(help: "How what is said is written: text for people, json for programs.") var log: String?
    @Option(help: "Where on this machine Prometheus finds figures, such as 127.0.0.1:9460. Nowhere when left out.")
    var metrics: String?

    @Option(help: "Mirror the ledger of the gateway at this address, and show it. Needs neither keys nor a passphrase.")
    var follow: String?

    @Flag(help: "Mirror the payloads too, which only a member may: the profile is one, and its passphrase is asked for.")
    var payloads = false
    @Option(help: "Under which address other members reach this mirror's payloads. Where it listens when left out.")
    var address: String?
    @Flag(help: "Check everything that is here before the first call.") var check = false

    @Flag(help: "Serve though the clock is more than 30 days from the ledger's last entry.") var clockIsRight = false

    func run() async throws {
        let folder = try cordon.folder()
        guard follow == nil else { return try mirror(folder) }
        guard !payloads, address == nil else { throw Stop.usage("--payloads and --address are for mirrors", "Give --follow too.") }
        guard DurableFile.exists(folder.gatewayFolder) else {
            throw Stop.localData("\(folder.name) has no gateway", "Begin a ledger with `cordon --as \(folder.name) init`.")
        }
        let passphrase = try Passphrases.existing(folder.name)
        try GatewayProgram.become(arguments(folder.gatewayFolder), passphrase: passphrase)
    }

    private func mirror(_ folder: ProfileFolder) throws {
        let arguments = arguments(folder.path.appending("mirror"))
        guard payloads else { return try GatewayProgram.become(arguments) }
        let seed = try MemberClient.key(of: folder, passphrase: try Passphrases.existing(folder.name)).seed()
        try GatewayProgram.become(arguments, passphrase: seed)
    }

    private func arguments(_ folder: FilePath) -> [String] {
        let options = [
            ("--host", host), ("--port", port.map(String.init)), ("--certificate", certificate), ("--key", key), ("--log", log),
            ("--metrics", metrics), ("--follow", follow), ("--address", address), ("--ca", follow == nil ? nil : cordon.ca),
        ]
        var arguments = ["serve", "--folder", folder.string]
        for (option, value) in options { if let value { arguments += [option, value] } }
        if verbose { arguments.append("--verbose") }
        if payloads { arguments.append("--payloads") }
        if check { arguments.append("--check") }
        if clockIsRight { arguments.append("--clock-is-right") }
        return arguments
    }
}
