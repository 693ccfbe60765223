import ArgumentParser
import CryptoPrimitives
import EnvelopeEncryption
import GatewayClient
import SharingContract

extension ClinicCommand {
    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Makes a new clinic, and its application to be admitted.",
            discussion: """
                Read the fingerprint out to the member who admits you, and compare the ledger's with one you trust.

                Example:
                  cordon --as hillside clinic new --name "Hillside Clinic" --gateway http://127.0.0.1:8460 --out hillside.app
                """)

        @ParentCommand var cordon: Cordon
        @OptionGroup var options: NewActor
        @Flag(help: "An emergency desk instead of a clinic.") var emergencyDesk = false

        func run() async throws {
            try await options.run(cordon, role: emergencyDesk ? .emergencyDesk : .clinic, mandate: nil)
        }
    }
}

struct AuditorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auditor", abstract: "What an auditor does to become one.", subcommands: [New.self])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Makes a new auditor, and the application to be admitted.",
            discussion: """
                Example:
                  cordon --as aud auditor new --name "State Auditor" --gateway http://127.0.0.1:8460 --out aud.app
                """)

        @ParentCommand var cordon: Cordon
        @OptionGroup var options: NewActor
        @Option(help: "What may be audited; it is public.") var mandate = "the whole ledger"

        func run() async throws {
            try await options.run(cordon, role: .auditor, mandate: try Names.line(mandate, for: "a mandate"))
        }
    }
}

/// What every new organisation says of itself.
struct NewActor: ParsableArguments {
    @Option(help: "Its public name.") var name: String
    @Option(help: "The gateway's address.") var gateway: String
    @Option(help: "Where to write the application.") var out: String
    @Option(help: "Identifiers for the members' eyes, such as a provider number.") var identifiers = ""

    private struct Made: Encodable {
        let name: String
        let fingerprint: String
        let origin: String
        let ledgerFingerprint: String
        let application: String
    }

    func run(_ cordon: Cordon, role: Actor.Role, mandate: TextLine?) async throws {
        let folder = try cordon.folder()
        let name = try Names.line(self.name, for: "a name")
        guard !name.isEmpty else { throw Stop.usage("a name is not empty") }
        guard !folder.exists else { throw ClientError.notPossible(.profileExists) }
        try InputFiles.requireWritable(out)
        let passphrase = Passphrase(try Passphrases.new(folder.name), workFactor: cordon.environment.workFactor)
        let (client, application) = try await ClinicClient.create(
            folder, role: role, name: name, mandate: mandate, identifiers: try Names.line(identifiers, for: "an identifier"),
            gateway: gateway, passphrase: passphrase, environment: cordon.environment)
        try await cordon.closing(client.session) {
            try InputFiles.write(Array(application.text.utf8), to: out)
            let made = Made(
                name: name.text, fingerprint: Fingerprint.text(client.key), origin: client.session.origin.text,
                ledgerFingerprint: Fingerprint.text(client.session.pin.ledgerKey), application: out)
            try cordon.show(
                made,
                """
                \(made.name), key \(made.fingerprint).
                Ledger \(made.origin), key \(made.ledgerFingerprint).
                The application is in \(out). A member admits it with `cordon member admit`.
                """)
        }
    }
}
