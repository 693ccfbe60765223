import ArgumentParser
import GatewayClient

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Grants what an organisation asked for.",
        discussion: """
            Example:
              cordon --as ana approve 1
              cordon --as ana approve 1 --unlabelled
            """)

    @ParentCommand var cordon: Cordon
    @Argument(help: "The wish's number in `patient inbox`.") var number: Int
    @OptionGroup var named: NamedExtras
    @Flag(help: "Sign without asking.") var yes = false

    func run() async throws {
        try await cordon.asPatient { patient in
            try await patient.session.sync()
            let wish = try patient.wish(number)
            let proposed = try await patient.propose(wish, extras: named.extras)
            try await GrantDialogue(cordon: cordon, patient: patient, isDryRun: false, isAgreed: yes).run([proposed])
            try patient.forget(wish)
        }
    }
}

struct DeclineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decline", abstract: "Forgets what an organisation asked for. It is not told.",
        discussion: """
            Example:
              cordon --as ana decline 1
            """)

    @ParentCommand var cordon: Cordon
    @Argument(help: "The wish's number in `patient inbox`.") var number: Int

    private struct Declined: Encodable {
        let number: Int
    }

    func run() async throws {
        try await cordon.asPatient { patient in
            try patient.forget(try patient.wish(number))
            try cordon.show(Declined(number: number), "Forgotten. Nobody is told.")
        }
    }
}
