import ArgumentParser

struct ClinicCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clinic", abstract: "What a clinic does.",
        subcommands: [
            New.self, Invite.self, Enrol.self, Patients.self, Records.self, Deposit.self, Relabel.self, Retract.self, Ask.self,
            Inbox.self, Request.self, Open.self,
        ])
}
