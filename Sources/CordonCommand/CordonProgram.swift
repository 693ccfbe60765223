import ArgumentParser
import GatewayClient
import Glibc

/// `cordon`: what patients, clinics, members and auditors use.
@main
struct Cordon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cordon",
        abstract: "Medical records, shared under the patient's control.",
        discussion: """
            Records are sealed here before they leave; gateways keep and pass on what they cannot read; every grant and every decision
            stands on a ledger that anybody can check.

            Profiles lie in $CORDON_HOME, or in ~/.local/share/cordon. The passphrase of a profile is asked for, or is the first line of
            the file that CORDON_PASSPHRASE_FILE names.

            Exit codes: 0 done, 1 nothing there or refused, 2 wrong usage, 3 gateway unreachable, 4 local data unusable, 5 not verified:
            somebody lied or something was tampered with.
            """,
        subcommands: [
            InitCommand.self, ServeCommand.self, StatusCommand.self, DemoCommand.self, BackupCommand.self, RestoreCommand.self,
            DirectoryCommand.self, MemberCommand.self,
            PatientCommand.self, GrantCommand.self, ApproveCommand.self, DeclineCommand.self, RestrictCommand.self,
            RevokeCommand.self, DelegateCommand.self, WhyCommand.self, EraseCommand.self,
            ClinicCommand.self, AuditorCommand.self, AuditCommand.self, PolicyCommand.self,
            ProofCommand.self,
        ])

    @Option(name: .customLong("as"), help: "Which profile to use, by its name.") var profile: String?
    @Flag(help: "Print JSON, for programs.") var json = false
    @Option(help: "Certificates to trust instead of the system's, in PEM.") var ca: String?

    static func main() async {
        umask(0o077)
        do {
            var command = try parseAsRoot(Arguments.normalized(Array(CommandLine.arguments.dropFirst())))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as ClientError {
            fail(Explanation(error))
        } catch let error as Stop {
            fail(error.explanation)
        } catch {
            // ArgumentParser's own errors, and help, which is one of them. Wrong usage is 2 in all programs of Cordon.
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            guard Arguments.wantJSON else { fail(Explanation(usage: fullMessage(for: error)), prefix: "") }
            fail(Explanation(code: 2, message: message(for: error), advice: "See `cordon --help`."))
        }
    }

    static func fail(_ explanation: Explanation, prefix: String = "cordon: ") -> Never {
        if Arguments.wantJSON {
            Terminal.note(explanation.json)
            Glibc.exit(explanation.code)
        }
        Terminal.note("\(prefix)\(explanation.message)")
        if let advice = explanation.advice { Terminal.note("        \(advice)") }
        Glibc.exit(explanation.code)
    }
}

/// Command lines before they are parsed.
enum Arguments {
    /// Whether a program asked, however wrong the rest of its command line was.
    static let wantJSON = CommandLine.arguments.dropFirst().prefix { $0 != "--" }.contains("--json")

    /// `--as` names the profile. Behind `clinic open`, if a profile is named already or the name is a form's, it says how records are
    /// written, and is called `--form` from here on.
    static func normalized(_ arguments: [String]) -> [String] {
        var arguments = arguments
        guard let clinic = arguments.firstIndex(of: "clinic"), arguments.dropFirst(clinic + 1).first == "open" else {
            return arguments
        }
        let isNamed = arguments[..<clinic].contains { $0 == "--as" || $0.hasPrefix("--as=") }
        func isForm(_ name: String?) -> Bool { isNamed || name.flatMap(ClinicCommand.Open.Form.init(rawValue:)) != nil }
        for index in arguments.indices.dropFirst(clinic + 2) {
            let argument = arguments[index]
            if argument == "--as", isForm(arguments.dropFirst(index + 1).first) { arguments[index] = "--form" }
            if argument.hasPrefix("--as="), isForm(String(argument.dropFirst(5))) {
                arguments[index] = "--form=" + argument.dropFirst(5)
            }
        }
        return arguments
    }
}
