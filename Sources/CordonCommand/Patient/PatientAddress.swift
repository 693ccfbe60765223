import ArgumentParser
import CryptoPrimitives
import GatewayClient

extension PatientCommand {
    struct Address: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "address", abstract: "Makes an address, for somebody who wants you to decide for them.",
            discussion: """
                It holds your name and where you are reached, and nothing that has to be kept secret. Compare the fingerprint when you
                hand it over.

                Example:
                  cordon --as bea patient address --out bea.person
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "Write to this file. To standard output when left out.") var out: String?

        private struct Made: Encodable {
            let name: String
            let fingerprint: String
            let address: String
        }

        func run() async throws {
            try await cordon.asPatient { patient in
                let address = patient.address
                if let out { try InputFiles.write(Array(address.text.utf8), to: out) }
                Terminal.note("\(address.name), address \(Fingerprint.text(address.inbox)).")
                let made = Made(name: address.name.text, fingerprint: Fingerprint.text(address.inbox), address: address.text)
                try cordon.show(made, out.map { "Written to \($0)." } ?? String(address.text.dropLast()))
            }
        }
    }
}
