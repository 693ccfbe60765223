import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

extension PatientCommand {
    struct Log: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "log", abstract: "Shows what happened to your records: who was let in, who read, who was refused.",
            discussion: """
                Every release is found on the public ledger, so none that was logged can be hidden from you. Refusals and deposits are
                told by the gateway, which could keep them back. `cordon why ENTRY` says what led to a decision.

                Example:
                  cordon --as ana patient log
                  cordon --as mother patient log --for ben
                """)

        @ParentCommand var cordon: Cordon
        @Option(name: .customLong("for"), help: "That of this patient, whose guardian you are.") var patient: String?

        func run() async throws {
            if let patient { return try await run(inPlaceOf: patient) }
            try await cordon.asPatient { patient in
                let lines = try await patient.log().map { Line($0, patient.session) }
                guard !lines.isEmpty else { throw Stop.refused("nothing has happened yet") }
                try cordon.show(lines, lines.map(\.words).joined(separator: "\n"))
                try patient.markEmergenciesSeen()
            }
        }

        struct Line: Encodable {
            let entry: UInt64
            let time: String
            let event: String
            let who: String
            let category: String
            let purpose: String?
            let staff: String?
            let records: Int?
            let reason: String?
            /// Records that the grant is about and that did not go out, and what held them back.
            let heldBack: Int?
            let heldBackBy: [String]?
            let record: String?
            let version: UInt32?
            /// What was hidden, and from whom.
            let hides: String?
            /// What is different about the labels of a later version.
            let labels: LabelLine?
            private(set) var emergency: EmergencyLogLine?
            /// Who made the grant in the patient's place.
            private(set) var madeBy: String?
            /// Whose log it is, if it is another's.
            private(set) var patient: String?

            init(_ line: PatientClient.LogLine, _ session: Session, of patient: String? = nil) {
                self.init(line, session)
                self.patient = patient
            }

            init(_ line: PatientClient.LogLine, _ session: Session) {
                let authors = { (key: Ed25519.PublicKey) in WishLine.name(key, session) }
                switch line.what {
                case .granted(let grant):
                    self.init(line, grant.isRestriction ? "hid" : grant.isDelegation ? "delegated" : "granted", grant, session)
                case .revoked(let grant): self.init(line, grant.isRestriction ? "lifted" : "ended", grant, session)
                case .ranOut(let grant): self.init(line, "over", grant)
                case .corrected(let changed): self.init(line, "corrected", changed, by: authors)
                case .relabelled(let changed): self.init(line, "relabelled", changed, by: authors)
                case .retracted(let changed): self.init(line, "retracted", changed, by: authors)
                case .released(let grant, let details): self.init(line, "read", grant, details)
                case .refused(let grant, let details, let reason): self.init(line, "refused", grant, details, reason.description)
                case .emergency(let grant, let details):
                    self.init(
                        line, event: "emergency", who: details.deskName?.text ?? grant.granteeName.text,
                        category: Names.category(grant.category))
                    emergency = EmergencyLogLine(details, session.today)
                case .erased(let category, let count):
                    self.init(line, event: "erased", who: "you", category: Names.category(category), records: count)
                }
            }

            private init(
                _ line: PatientClient.LogLine, _ event: String, _ grant: GivenGrant, _ details: PatientClient.RequestDetails? = nil,
                _ reason: String? = nil
            ) {
                self.init(
                    line, event: event, who: details?.actorName?.text ?? grant.granteeName.text,
                    category: Names.category(grant.category),
                    purpose: details?.request.purpose.id, staff: details?.request.staff.text,
                    records: event == "read" ? details?.records.count : nil, reason: reason, details: details)
                madeBy = grant.madeBy?.text
            }

            private init(_ line: PatientClient.LogLine, _ event: String, _ grant: GivenGrant, _ session: Session) {
                self.init(
                    line, event: event, who: grant.isRestriction ? "you" : grant.granteeName.text,
                    category: Names.category(grant.category),
                    hides: grant.restriction.map { RestrictionWords.words($0, grant.category, session) })
                madeBy = grant.madeBy?.text
            }

            private init(
                _ line: PatientClient.LogLine, _ event: String, _ changed: PatientClient.ChangedRecord,
                by author: (Ed25519.PublicKey) -> String
            ) {
                self.init(
                    line, event: event, who: author(changed.descriptor.depositor), category: Names.category(changed.category),
                    record: changed.descriptor.record.description, version: changed.descriptor.version,
                    labels: changed.labels.map { LabelLine($0) })
            }

            private init(
                _ line: PatientClient.LogLine, event: String, who: String, category: String, purpose: String? = nil,
                staff: String? = nil, records: Int? = nil, reason: String? = nil, record: String? = nil, version: UInt32? = nil,
                details: PatientClient.RequestDetails? = nil, hides: String? = nil, labels: LabelLine? = nil
            ) {
                entry = line.leaf
                time = line.time.description
                self.event = event
                self.who = who
                self.category = category
                self.purpose = purpose
                self.staff = staff
                self.records = records
                self.reason = reason
                self.record = record
                self.version = version
                self.hides = hides
                self.labels = labels
                heldBack = details?.heldBackCount
                heldBackBy = details.map { Set($0.heldBack.flatMap(\.by)).sorted() }
            }

            /// What the reader was not told.
            private var unseen: String {
                guard let heldBack, heldBack > 0 else { return "" }
                let by = heldBackBy ?? []
                return "; \(Names.counted(heldBack, "record")) held back\(by.isEmpty ? "" : " by \(by.joined(separator: ", "))")"
            }

            private var shortID: String { String(record?.prefix(12) ?? "") }

            var words: String {
                let by = staff.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
                let (you, yours) = (
                    patient ?? "you", madeBy.map { ", under the grant that \($0) made for \(patient ?? "you")" } ?? ""
                )
                let maker = madeBy.map { "\($0), for \(you)," } ?? you
                let why = purpose.map { " for \($0)" } ?? ""
                switch event {
                case "granted": return "\(entry)  \(time)  \(maker) let \(who) read \(category)"
                case "delegated": return "\(entry)  \(time)  \(maker) let \(who) decide who reads \(category)"
                case "ended": return "\(entry)  \(time)  \(maker) ended what \(who) may read of \(category)"
                case "hid": return "\(entry)  \(time)  you hid \(hides ?? category)"
                case "lifted": return "\(entry)  \(time)  you lifted: \(hides ?? category)"
                case "over": return "\(entry)  \(time)  what \(who) may read of \(category) ran out"
                case "corrected":
                    let changed = labels.map { "; \($0.words)" } ?? ""
                    return
                        "\(entry)  \(time)  \(who) corrected record \(shortID) of \(category): version \(version ?? 0) now\(changed)"
                case "relabelled":
                    return
                        "\(entry)  \(time)  \(who) changed what record \(shortID) of \(category) is labelled with: \(labels?.words ?? "")"
                case "retracted":
                    return "\(entry)  \(time)  \(who) retracted record \(shortID) of \(category): it was entered in error"
                case "read":
                    let count = records.map { Names.counted($0, "record") } ?? "records"
                    return "\(entry)  \(time)  \(who)\(by) read \(count) of \(category)\(why)\(yours)\(unseen)"
                case "refused":
                    return "\(entry)  \(time)  \(who)\(by) was refused \(category)\(why)\(yours): \(reason ?? "")\(unseen)"
                case "emergency":
                    return "\(entry)  \(time)  EMERGENCY: \(who) for \(category): \(emergency?.words ?? "")"
                default: return "\(entry)  \(time)  you erased \(Names.counted(records ?? 0, "record")) of \(category)"
                }
            }
        }
    }
}
