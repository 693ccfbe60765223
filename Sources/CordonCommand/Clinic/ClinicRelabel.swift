import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

extension ClinicCommand {
    struct Relabel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "relabel", abstract: "Gives a record other labels, in a new version with the same content.",
            discussion: """
                For what the labeller got wrong, or could not see: it reads codes and labels of FHIR, and no free text. FILE is the one that
                was deposited, since nothing here keeps what it seals; the record is found in it, and nothing else of it is sent.

                A label that is added brings those that follow from it: HIV brings R. What protects the record less needs --reason. The
                patient and the auditor see that labels changed, which, and why; the gateway, and who may read the record, can read the
                reason too, so let it say why and not what.

                Example:
                  cordon --as hillside clinic relabel 3f9c1a2b4d5e letter.pdf --patient 12345 --add MH
                  cordon --as hillside clinic relabel 3f9c1a2b4d5e ana.json --patient 12345 --remove HIV --reason "screening, negative"
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The record's id, or its start; see `clinic records`.") var record: String
        @Argument(help: "The file that the record came from.") var file: String
        @Option(help: "The patient's record number.") var patient: String
        @Option(help: "A label to add: HIV, SUD, MH, SEX, GDIS, SDV, R. May be given again.") var add: [String] = []
        @Option(help: "A label to take away. May be given again.") var remove: [String] = []
        @Flag(help: "Somebody looked into a file that programs cannot, and nothing in it is sensitive.") var notSensitive = false
        @Option(help: "Why, in one line. Needed where less is protected than before.") var reason = ""

        private struct Relabelled: Encodable {
            let record: String
            let version: UInt32
            let entry: UInt64
            let labels: [LabelOrigin]
            let change: LabelLine?
        }

        func validate() throws {
            guard record.count >= 4 else { throw ValidationError("Write at least four digits of the record's id.") }
            guard notSensitive != !(add.isEmpty && remove.isEmpty) else {
                throw ValidationError("Say what changes: --add, --remove, or --not-sensitive alone.")
            }
        }

        func run() async throws {
            let reason = try Names.line(reason, for: "a reason")
            let added = RecordRules.builtIn.labels(with: try RecordRules.labels(add))
            let change = LabelChange(adding: added, removing: try RecordRules.labels(remove), because: reason)
            // The category is not asked for: the record has one.
            let items = try DepositFile(file, category: .general).candidates()
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                let before = try clinic.record(record, of: patient).known.details
                let done = try await clinic.relabel(record, of: patient, change, from: items)
                guard let descriptor = done.records.first, let facts = try? StoredFacts(canonical: descriptor.facts) else {
                    throw Stop.refused("nothing was deposited")
                }
                try show(descriptor, facts, before, done.leaf)
            }
        }

        private func show(_ descriptor: Descriptor, _ facts: StoredFacts, _ before: StoredFacts, _ entry: UInt64) throws {
            let labels = facts.givenLabels.map { LabelOrigin($0.text.text, $0.origins) }
            let change = facts.difference(from: before).map { LabelLine($0) }
            let now = labels.isEmpty ? "none" : labels.map(\.words).joined(separator: ", ")
            let codings = facts.labels.compactMap { Coding(description: $0.text) }
            let place = RecordRules.builtIn.category(of: codings, filedUnder: facts.category)
            let hint =
                place == facts.category
                ? ""
                : "\nIt stays filed under \(facts.category.id). Retract it and deposit it anew to file it under \(place.id)."
            try cordon.show(
                Relabelled(
                    record: descriptor.record.description, version: descriptor.version, entry: entry, labels: labels, change: change
                ),
                """
                Relabelled record \(descriptor.record.description.prefix(12)): version \(descriptor.version), entry \(entry). \
                Labels now: \(now). Earlier versions are released no more; who has read one keeps it.\(hint)
                """)
        }
    }
}
