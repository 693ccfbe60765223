import ArgumentParser
import GatewayAPI
import GatewayClient
import CryptoPrimitives
import SharingContract

struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Has the gateway destroy records of yours.",
        discussion: """
            What others have read stays with them. What stays on the ledger confirms nothing about the record.

            Example:
              cordon --as ana erase 3f9c1a2b4d5e
            """)

    @ParentCommand var cordon: Cordon
    @Argument(help: "Ids of records, or the starts of them.") var records: [String]
    @Flag(help: "Do not ask.") var yes = false

    private struct Erased: Encodable {
        let records: [String]
    }

    func run() async throws {
        guard records.allSatisfy({ $0.count >= 4 }) else { throw Stop.usage("write at least four digits of each record's id") }
        try await cordon.asPatient { patient in
            try await patient.session.sync()
            let found = try await patient.records(startingWith: records)
            let distinct = Dictionary(found.map { ($0.record.position, $0) }, uniquingKeysWith: { first, _ in first }).values
            let chosen = Dictionary(grouping: distinct, by: \.category).mapValues { $0.map(\.record) }
            let count = distinct.count
            let lines = distinct.map { RecordLine($0.record, patient.session).words }.sorted()
            let question = "\(lines.joined(separator: "\n"))\nDestroy \(Names.counted(count, "record")) at the gateway, for ever?"
            guard yes || Terminal.confirms(question) else { throw Stop.refused("nothing was erased") }
            for (category, records) in chosen { try await patient.erase(records, category) }
            let ids = chosen.values.flatMap { $0 }.map(\.descriptor.record.description).sorted()
            try cordon.show(
                Erased(records: ids), "Erased \(Names.counted(count, "record")). Whoever read them before still holds them.")
        }
    }
}
