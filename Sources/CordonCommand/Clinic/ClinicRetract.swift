import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract
import AccessPolicy

extension ClinicCommand {
    struct Records: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "records", abstract: "Lists what was deposited here for a patient, by record.",
            discussion: """
                What this profile remembers of its own deposits. What a patient erased since stays in the list.

                Example:
                  cordon --as hillside clinic records --patient 12345
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "The patient's record number.") var patient: String

        private struct Line: Encodable {
            let record: String
            let category: String
            let mediaType: String
            let types: [String: UInt32]
            let labels: [LabelOrigin]
            /// Whether anybody looked for labels.
            let isLabelled: Bool
            let version: UInt32
            let isRetracted: Bool
            let entry: UInt64

            init(_ id: String, _ known: KnownRecord) {
                record = id
                category = Names.category(known.category)
                mediaType = known.details.mediaType.text
                types = Dictionary(known.details.types.map { ($0.type.text, $0.count) }, uniquingKeysWith: +)
                labels = known.details.givenLabels.map { LabelOrigin($0.text.text, $0.origins) }
                isLabelled = known.details.isLabelled
                version = known.version
                isRetracted = known.isRetracted
                entry = known.deposited
            }

            var words: String {
                let what =
                    types.isEmpty
                    ? mediaType : types.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
                let state = isRetracted ? "  (retracted)" : version == 1 ? "" : "  (version \(version))"
                let codes = labels.map { LabelOrigin.code($0.label) }.joined(separator: " ")
                let labelling = codes.isEmpty ? "" : "  [\(codes)]"
                return "\(record.prefix(12))  \(category)  \(what)  entry \(entry)\(labelling)\(state)"
            }
        }

        func run() async throws {
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                let known = try clinic.enrolled(patient).records
                let lines = known.map { Line($0.key, $0.value) }.sorted { ($0.entry, $0.record) < ($1.entry, $1.record) }
                guard !lines.isEmpty else { throw Stop.refused("nothing was deposited here for this patient") }
                try cordon.show(lines, lines.map(\.words).joined(separator: "\n"))
            }
        }
    }

    struct Retract: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retract", abstract: "Says that a record was entered in error.",
            discussion: """
                It is released to nobody any more, and it cannot be corrected after. The patient is shown it, and may read the reason, which
                is sealed like a record. Who has read the record keeps it.

                Example:
                  cordon --as hillside clinic retract 3f9c1a2b4d5e --patient 12345 --reason "another patient's sample"
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The record's id, or its start; see `clinic records`.") var record: String
        @Option(help: "The patient's record number.") var patient: String
        @Option(help: "Why, in one line.") var reason: String

        private struct Retracted: Encodable {
            let record: String
            let version: UInt32
            let entry: UInt64
        }

        func validate() throws {
            guard record.count >= 4 else { throw ValidationError("Write at least four digits of the record's id.") }
        }

        func run() async throws {
            let reason = try Names.line(reason, for: "a reason")
            guard !reason.isEmpty else { throw Stop.usage("a reason is not empty") }
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                let done = try await clinic.retract(record, of: patient, reason: reason)
                guard let descriptor = done.records.first else { throw Stop.refused("nothing was retracted") }
                try cordon.show(
                    Retracted(record: descriptor.record.description, version: descriptor.version, entry: done.leaf),
                    """
                    Retracted record \(descriptor.record.description.prefix(12)): entry \(done.leaf). It is released no more; who has read it \
                    keeps it.
                    """)
            }
        }
    }
}
