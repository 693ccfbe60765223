import ArgumentParser
import Foundation
import GatewayAPI

/// `cordon-gateway`: the part of Cordon that runs at a member of the consortium. No code in it opens an envelope.
@main
struct GatewayProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cordon-gateway",
        abstract: "Stores sealed records, decides requests and keeps the ledger.",
        discussion: """
            Started by `cordon init` and `cordon serve`, or by a service manager. The passphrase of its key file is the first line of
            the file that CORDON_PASSPHRASE_FILE names, or of standard input.
            """,
        subcommands: [Init.self, Serve.self, Backup.self, Restore.self])

    static func main() async {
        // Files of a gateway are for nobody else's eyes, also those that SQLite makes.
        umask(0o077)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            FileHandle.standardError.write(Data("cordon-gateway: \(failure.message)\n".utf8))
            Foundation.exit(failure.code)
        } catch {
            // ArgumentParser's own errors, and help, which is one. Wrong usage is 2 in all programs of Cordon.
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(2)
        }
    }
}

/// What stops the program, in words that say what to do next.
struct Failure: Error {
    let code: Int32
    let message: String

    /// Something that is there already, or is refused.
    static func refused(_ message: String) -> Failure { Failure(code: 1, message: message) }
    static func usage(_ message: String) -> Failure { Failure(code: 2, message: message) }
    /// Keys, database or payloads on this machine.
    static func localData(_ message: String) -> Failure { Failure(code: 4, message: message) }
    /// What is here was changed by somebody.
    static func notVerified(_ message: String) -> Failure { Failure(code: 5, message: message) }
}

extension GatewayAddress {
    init(checking address: String) throws {
        guard let address = GatewayAddress(address) else {
            throw Failure.usage("an address is a scheme, a host and perhaps a port, such as http://127.0.0.1:8460")
        }
        self = address
    }
}
