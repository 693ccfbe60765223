import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

extension PatientCommand {
    struct Records: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "records", abstract: "Lists your records.",
            discussion: """
                Example:
                  cordon --as ana patient records
                  cordon --as ana patient records --category laboratory
                  cordon --as bea patient records --for ana
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "Only this category. May be given again.") var category: [String] = []
        @Option(
            name: .customLong("for"), help: "Those of this patient, who lets you decide. It is a request, and stands in the log.")
        var patient: String?

        func run() async throws {
            let wanted = try category.map { try Names.category($0).code }
            if let patient { return try await run(inPlaceOf: patient, wanted) }
            try await cordon.asPatient { patient in
                try await patient.session.sync()
                var lines: [RecordLine] = []
                for code in patient.openCategories() where wanted.isEmpty || wanted.contains(code) {
                    lines += try await patient.records(code).map { RecordLine($0, patient.session) }
                }
                guard !lines.isEmpty else { throw Stop.refused("no records") }
                try cordon.show(lines, lines.map(\.words).joined(separator: "\n"))
            }
        }
    }
}

/// A record as people see it in a list.
struct RecordLine: Encodable {
    let record: String
    let category: String
    let mediaType: String
    let types: [String: UInt32]
    let labels: [String]
    let labelling: [LabelOrigin]
    /// Whether anybody looked for labels.
    let isLabelled: Bool
    /// Why a person changed the labels in this version; `nil` unless one did.
    let relabelling: String?
    let from: String?
    let to: String?
    let depositor: String
    let size: UInt64
    let version: UInt32
    let isRetracted: Bool

    init(_ record: StoredRecord, _ session: Session) {
        let facts = try? StoredFacts(canonical: record.descriptor.facts)
        self.record = record.descriptor.record.description
        category = facts?.category.id ?? "unknown"
        mediaType = facts?.mediaType.text ?? "unknown"
        types = Dictionary(facts?.types.map { ($0.type.text, $0.count) } ?? [], uniquingKeysWith: +)
        labels = facts?.labels.map(\.text) ?? []
        labelling = facts?.givenLabels.map { LabelOrigin($0.text.text, $0.origins) } ?? []
        isLabelled = facts?.isLabelled ?? false
        relabelling = facts?.relabelling?.text
        from = facts?.days?.earliest.description
        to = facts?.days?.latest.description
        let actor = try? session.ledger.state.actor(record.descriptor.depositor)
        depositor = actor?.actor.name.text ?? Fingerprint.text(record.descriptor.depositor)
        size = record.descriptor.payloadSize
        version = record.descriptor.version
        isRetracted = record.descriptor.state == .enteredInError
    }

    private var revision: String {
        if isRetracted { return "  (entered in error: retracted)" }
        if let relabelling {
            return "  (other labels: version \(version)\(relabelling.isEmpty ? "" : ", \(relabelling)"))"
        }
        return version == 1 ? "" : "  (corrected: version \(version))"
    }

    /// The id is shortened; every command takes it so.
    var words: String {
        let what =
            types.isEmpty ? mediaType : types.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let days = from.map { from in from == to ? from : "\(from) to \(to ?? from)" } ?? ""
        let restricted =
            labels.isEmpty
            ? "" : "  [\(labels.map { $0.split(separator: "|").last.map(String.init) ?? $0 }.joined(separator: " "))]"
        return "\(record.prefix(12))  \(category)  \(what)  \(days)  from \(depositor)\(restricted)\(revision)"
    }
}
