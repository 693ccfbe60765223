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

                An emergency desk can always ask with --emergency, whoever the patient is. What it says is written down before it asks, the
                patient is told, and somebody reviews it. The emergency summary comes first; other records of the card by --also, after that.

                Example:
                  cordon --as lakeside clinic request 1 --purpose treatment --staff "Dr. Okafor"
                  cordon --as desk clinic request --emergency --card ana.emergency --reason unconscious \\
                      --because "found in the street, no relatives" --recipient "Dr. Adams"
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The grant's number in `clinic inbox`.") var grant: Int?
        @Option(help: "What for: treatment when left out. In an emergency that is said already.") var purpose: String?
        @Option(help: "Who asks. The patient will see it.") var staff = ""
        @OptionGroup var emergency: EmergencyOptions

        private struct Received: Encodable {
            let records: [RecordLine]
            var emergency: EmergencyLine?
            /// Records that were received before in an earlier version, which is replaced.
            var corrected: [String] = []
            /// Records that were received before and did not come again. Why is not told.
            var notReleased: [String] = []

            init(records: [RecordLine], _ emergency: EmergencyLine? = nil) {
                self.records = records
                self.emergency = emergency
            }

            init(
                _ records: [StoredRecord], heldBefore held: [Descriptor.RecordID: UInt32], _ session: Session,
                _ emergency: EmergencyLine?
            ) {
                self.init(records: records.map { RecordLine($0, session) }, emergency)
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

        private static let incomplete = "May be incomplete: patients can withhold records."

        func run() async throws {
            let staff = try Names.line(staff, for: "a name")
            guard emergency.emergency else { return try await request(staff) }
            guard purpose == nil else { throw Stop.usage("an emergency is for emergency treatment: leave out --purpose") }
            let patient = try emergency.whom(number: grant)
            let category = try emergency.also.map { try Names.category($0) } ?? .emergencySummary
            try await cordon.asActor(.emergencyDesk) { desk in
                let declared = try emergency.declared(facility: desk.state.name, discloser: desk.memberName())
                let progress = ProgressLine("fetching")
                let held = try patient == nil ? desk.held(desk.grant(grant ?? 0)) : [:]
                let outcome =
                    if let patient {
                        try await desk.requestInEmergency(patient, category, declared, staff: staff) { progress.show($0, of: $1) }
                    } else {
                        try await desk.requestInEmergency(desk.grant(grant ?? 0), declared, staff: staff) {
                            progress.show($0, of: $1)
                        }
                    }
                try show(outcome.records, heldBefore: held, EmergencyLine(outcome), desk.session, outcome.grant?.number)
            }
        }

        private func request(_ staff: TextLine) async throws {
            guard let grant else { throw Stop.usage("which grant? Give its number in `clinic inbox`") }
            let purpose = try Names.purpose(purpose ?? "treatment")
            try await cordon.asActor(.clinic, .emergencyDesk) { clinic in
                let received = try clinic.grant(grant)
                let progress = ProgressLine("fetching")
                let held = try clinic.held(received)
                let records = try await clinic.request(
                    received, filter: .all, purpose: purpose, staff: staff,
                    progress: { progress.show($0, of: $1) })
                try show(records, heldBefore: held, nil, clinic.session, grant)
            }
        }

        private func show(
            _ records: [StoredRecord], heldBefore held: [Descriptor.RecordID: UInt32], _ emergency: EmergencyLine?,
            _ session: Session,
            _ number: Int?
        ) throws {
            let declared = emergency.map { "\n\($0.words)" } ?? ""
            guard !records.isEmpty else {
                try cordon.show(Received(records: [], emergency), "No records. \(Self.incomplete)\(declared)")
                throw ExitCode(1)
            }
            let outcome = Received(records, heldBefore: held, session, emergency)
            let open = emergency == nil ? "" : number.map { " Open them with `cordon clinic open \($0)`." } ?? ""
            try cordon.show(
                outcome,
                """
                \(Names.counted(records.count, "record")), decision recorded first. Checked: grant, receipt, hashes. \
                \(Self.incomplete)\(outcome.changes)\(declared)\(open)
                """)
        }
    }
}
