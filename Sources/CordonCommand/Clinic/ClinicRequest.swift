import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

extension ClinicCommand {
    struct Request: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "request", abstract: "Requests what a grant covers, and fetches it sealed.",
            discussion: """
                The decision is on the ledger before anything comes. Why a request is refused is not told, nor whether there is anything.

                Example:
                  cordon --as lakeside clinic request 1 --purpose treatment --staff "Dr. Okafor"
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The grant's number in `clinic inbox`.") var grant: Int
        @Option(help: "What for.") var purpose = "treatment"
        @Option(help: "Who asks. The patient will see it.") var staff = ""

        private struct Received: Encodable {
            let records: [RecordLine]
            /// Records that were received before in an earlier version, which is replaced.
            var corrected: [String] = []
            /// Records that were received before and did not come again. Why is not told.
            var notReleased: [String] = []

            init(records: [RecordLine]) {
                self.records = records
            }

            init(_ records: [StoredRecord], heldBefore held: [Descriptor.RecordID: UInt32], _ session: Session) {
                self.init(records: records.map { RecordLine($0, session) })
                corrected = records.map(\.descriptor).filter { $0.version > held[$0.record] ?? $0.version }.map(
                    \.record.description)
                let came = Set(records.map(\.descriptor.record))
                notReleased = held.keys.filter { !came.contains($0) }.map(\.description).sorted()
            }

            var changes: String {
                let ids = { (ids: [String]) in ids.map { String($0.prefix(12)) }.joined(separator: ", ") }
                let new = corrected.isEmpty ? "" : "\nCorrected since you received it, and replaced here: \(ids(corrected))."
                guard !notReleased.isEmpty else { return new }
                return """
                    \(new)
                    Received before and not released any more, which may mean retracted, erased or withheld: \(ids(notReleased)).
                    """
            }
        }

        func run() async throws {
            let purpose = try Names.purpose(purpose)
            let staff = try Names.line(staff, for: "a name")
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                let received = try clinic.grant(grant)
                let progress = ProgressLine("fetching")
                let held = try clinic.held(received)
                let records = try await clinic.request(received, filter: .all, purpose: purpose, staff: staff) {
                    progress.show($0, of: $1)
                }
                let incomplete = "May be incomplete: patients can withhold records."
                guard !records.isEmpty else {
                    try cordon.show(Received(records: []), "No records. \(incomplete)")
                    throw ExitCode(1)
                }
                let outcome = Received(records, heldBefore: held, clinic.session)
                try cordon.show(
                    outcome,
                    """
                    \(Names.counted(records.count, "record")), decision recorded first. Checked: grant, receipt, hashes. \
                    \(incomplete)\(outcome.changes)
                    """)
            }
        }
    }

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "open", abstract: "Opens what was fetched under a grant.",
            discussion: """
                The form is bundle (one FHIR collection), ndjson (a resource a line) or files (every record in a file of its own).

                Example:
                  cordon --as lakeside clinic open 1 --as bundle > labs.json
                  cordon --as lakeside clinic open 1 --as files --out received
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The grant's number in `clinic inbox`.") var grant: Int
        @Option(help: "bundle, ndjson or files. May also be written --as.") var form: Form = .bundle
        @Option(help: "For bundle and ndjson a file, for files a folder.") var out: String?

        enum Form: String, ExpressibleByArgument, CaseIterable {
            case bundle, ndjson, files
        }

        func run() async throws {
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                let received = try clinic.grant(grant)
                let records = try clinic.records(received)
                guard !records.isEmpty else {
                    throw Stop.refused("nothing was fetched under this grant", "See `cordon clinic request`.")
                }
                switch form {
                case .files: try await RecordFiles(folder: out ?? ".").write(records, of: received, by: clinic, cordon)
                case .bundle, .ndjson: try writeJoined(records, of: received, by: clinic)
                }
            }
        }

        private func writeJoined(_ records: [StoredRecord], of received: ReceivedGrant, by clinic: ClinicClient) throws {
            let isFHIR = { (record: StoredRecord) in
                (try? StoredFacts(canonical: record.descriptor.facts))?.mediaType.text == MediaType.fhirJSON.rawValue
            }
            let others = records.count { !isFHIR($0) }
            if others > 0 { Terminal.note("\(Names.counted(others, "record")) of other kinds: open them with --as files.") }
            var contents: [[UInt8]] = []
            var bad = BadRecords()
            for record in records where isFHIR(record) {
                switch try joinable(record, received, clinic) {
                case .success(let content): contents.append(content)
                case .failure(let discrepancy): bad.add(record, discrepancy, clinic.session)
                }
            }
            guard !contents.isEmpty else {
                try bad.report()
                throw Stop.refused("none of the records is FHIR", "Open them with --as files.")
            }
            let join = try RecordJoin(contents)
            let bytes = form == .bundle ? join.bundleBytes + [UInt8(ascii: "\n")] : join.lineBytes
            try Self.write(bytes, to: out)
            try bad.report()
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
