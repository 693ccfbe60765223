import ArgumentParser

struct PatientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patient", abstract: "What a patient does beside granting and revoking.",
        subcommands: [New.self, Card.self, Address.self, Records.self, Open.self, Grants.self, Inbox.self, Log.self, Sync.self])
}
