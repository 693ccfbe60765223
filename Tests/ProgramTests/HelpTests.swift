import Foundation
import Testing

/// A person with `--help` alone can do it.
@Suite struct HelpTests {
    private struct Dump: Decodable {
        let command: Command
    }

    private struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let discussion: String?
        let subcommands: [Command]?
        let arguments: [Argument]?

        struct Argument: Decodable {
            let abstract: String?
            let shouldDisplay: Bool
        }
    }

    @Test func `every command says what it does, explains each argument, and shows itself in an example`() async throws {
        let workshop = try Workshop()
        for program in ["cordon", "cordon-gateway"] {
            let dump = try JSONDecoder().decode(
                Dump.self, from: Data(try await workshop.done("\(program) --experimental-dump-help").utf8))
            let count = try await check(dump.command, path: [], of: program, in: workshop)
            #expect(count >= (program == "cordon" ? 30 : 2))
        }
    }

    /// Gives the number of commands that do something.
    private func check(_ command: Command, path: [String], of program: String, in workshop: Workshop) async throws -> Int {
        #expect(command.abstract?.isEmpty == false, "\(path)")
        let subcommands = (command.subcommands ?? []).filter { $0.commandName != "help" }
        guard subcommands.isEmpty else {
            var count = 0
            for subcommand in subcommands {
                count += try await check(subcommand, path: path + [subcommand.commandName], of: program, in: workshop)
            }
            return count
        }
        let name = ([program] + path).joined(separator: " ")
        for argument in command.arguments ?? [] where argument.shouldDisplay {
            #expect(argument.abstract?.isEmpty == false, "an argument of \(name) says nothing")
        }
        let words = path.joined(separator: " ")
        let examples = (command.discussion ?? "").components(separatedBy: "Example:").dropFirst().joined()
        #expect(examples.contains(words), "\(name) has no example of itself")
        let help = try await workshop.done("\(name) --help")
        #expect(help.contains("USAGE: \(name)"), "\(name)")
        return 1
    }
}
