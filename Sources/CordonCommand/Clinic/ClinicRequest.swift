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
}
