import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import FoundationEssentials
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

extension ClinicCommand {
    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "open", abstract: "Opens what was fetched under a grant.",
            discussion: """
                The form is bundle (one FHIR collection), ndjson (a resource a line) or files (every record in a file of its own).

                What the law wants to go with records goes with them: the notice of 42 CFR part 2, and what the patient consented to. They
                are shown, and lie beside what --out names. A record that was released on a condition this program does not know stays shut.

                --provenance writes where the labels come from, in FHIR, beside the records and without changing them.

                Example:
                  cordon --as lakeside clinic open 1 --as bundle > labs.json
                  cordon --as lakeside clinic open 1 --as bundle --out labs.json --provenance labels.json
                  cordon --as lakeside clinic open 1 --as files --out received
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The grant's number in `clinic inbox`.") var grant: Int
        @Option(help: "bundle, ndjson or files. May also be written --as.") var form: Form = .bundle
        @Option(help: "For bundle and ndjson a file, for files a folder.") var out: String?
        @Option(help: "A file for FHIR Provenance of the labels.") var provenance: String?

        enum Form: String, ExpressibleByArgument, CaseIterable {
            case bundle, ndjson, files
        }

        func run() async throws {
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                let received = try clinic.grant(grant)
                let fetched = try clinic.fetched(received)
                guard !fetched.isEmpty else {
                    throw Stop.refused("nothing was fetched under this grant", "See `cordon clinic request`.")
                }
                let papers = try AccompanyingPapers(fetched, of: received, by: clinic)
                let records = fetched.map(\.record)
                switch form {
                case .files:
                    let files = RecordFiles(folder: out ?? ".")
                    try files.makeFolder()
                    try papers.deliver(to: .folder(files.folder))
                    try writeProvenance(of: records, received, clinic)
                    try await files.write(records, of: received, by: clinic, cordon)
                case .bundle, .ndjson:
                    try papers.deliver(to: out.map { .file($0) } ?? .standardOutput)
                    try writeProvenance(of: records, received, clinic)
                    try writeJoined(records, of: received, by: clinic)
                }
            }
        }

        /// Of what cannot be opened nothing is said here: it is named when it is opened.
        private func writeProvenance(of records: [StoredRecord], _ received: ReceivedGrant, _ clinic: ClinicClient) throws {
            guard let provenance else { return }
            var all: [LabelProvenance] = []
            for record in records {
                let isFHIR = Self.isFHIR(record)
                let content = isFHIR ? (try? clinic.content(of: record, received)) ?? [] : []
                all += try LabelProvenance.all(of: record, content: content, clinic.session)
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let bytes = try Array(encoder.encode(LabelProvenanceBundle(all))) + [UInt8(ascii: "\n")]
            try Self.write(bytes, to: provenance)
        }

        private static func isFHIR(_ record: StoredRecord) -> Bool {
            (try? StoredFacts(canonical: record.descriptor.facts))?.mediaType.text == MediaType.fhirJSON.rawValue
        }

        private func writeJoined(_ records: [StoredRecord], of received: ReceivedGrant, by clinic: ClinicClient) throws {
            let others = records.count { !Self.isFHIR($0) }
            if others > 0 { Terminal.note("\(Names.counted(others, "record")) of other kinds: open them with --as files.") }
            var contents: [[UInt8]] = []
            var labels: Set<Coding> = []
            var bad = BadRecords()
            for record in records where Self.isFHIR(record) {
                switch try joinable(record, received, clinic) {
                case .success(let content):
                    contents.append(content)
                    labels.formUnion(Self.labels(of: record))
                case .failure(let discrepancy): bad.add(record, discrepancy, clinic.session)
                }
            }
            guard !contents.isEmpty else {
                try bad.report()
                throw Stop.refused("none of the records is FHIR", "Open them with --as files.")
            }
            let join = try RecordJoin(contents, labels: labels)
            let bytes = form == .bundle ? join.bundleBytes + [UInt8(ascii: "\n")] : join.lineBytes
            try Self.write(bytes, to: out)
            try bad.report()
        }

        /// As their author sees it now: labels change, and the content does not.
        private static func labels(of record: StoredRecord) -> [Coding] {
            let facts = try? StoredFacts(canonical: record.descriptor.facts)
            return (facts?.labels ?? []).compactMap { Coding(description: $0.text) }
        }

        private static func write(_ bytes: [UInt8], to out: String?) throws {
            let output = try OutputFile(out)
            try output.writing(0, bytes.span)
            try output.finish()
        }

        /// The content, once it is known to be FHIR as its author says.
        private func joinable(
            _ record: StoredRecord, _ received: ReceivedGrant, _ clinic: ClinicClient
        ) throws -> Result<[UInt8], Discrepancy> {
            do {
                let content = try clinic.content(of: record, received)
                return (try? RecordJoin([content])) == nil ? .failure(.contentOther) : .success(content)
            } catch ClientError.notVerified(let discrepancy) {
                return .failure(discrepancy)
            }
        }
    }
}
