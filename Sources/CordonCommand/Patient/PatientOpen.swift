import ArgumentParser
import CryptoPrimitives
import GatewayClient

extension PatientCommand {
    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "open", abstract: "Opens one of your records.",
            discussion: """
                Example:
                  cordon --as ana patient open 3f9c1a2b4d5e > labs.json
                  cordon --as ana patient open 3f9c1a2b4d5e --out referral.pdf
                  cordon --as bea patient open --for ana 3f9c1a2b4d5e > labs.json
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The record's id, or the start of it.") var record: String
        @Option(
            name: .customLong("for"), help: "One of this patient's, who lets you decide. It is a request, and stands in the log.")
        var patient: String?
        @Option(help: "Write to this file. To standard output when left out.") var out: String?

        func run() async throws {
            guard record.count >= 4 else { throw Stop.usage("write at least four digits of the record's id") }
            if let patient { return try await run(inPlaceOf: patient) }
            try await cordon.asPatient { patient in
                try await patient.session.sync()
                let found = try await patient.record(record)
                let output = try OutputFile(out)
                try await patient.open(found.record, found.category, writing: output.writing)
                try output.finish()
            }
        }
    }
}
