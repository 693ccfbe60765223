import ArgumentParser
import CryptoPrimitives
import GatewayClient
import SharingContract

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "What an auditor does.", subcommands: [Export.self, Replay.self, Verify.self, Labels.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Fetches the whole ledger with its evidence into one file.",
            discussion: """
                The file holds no record and no key, but who asked for what and when: keep it as you keep such things.

                Example:
                  cordon --as aud audit export --out north.audit
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "The file to write.") var out: String

        private struct Exported: Encodable {
            let entries: Int
            let evidence: Int
            let file: String
        }

        func run() async throws {
            try await cordon.asActor(.auditor) { auditor in
                let progress = ProgressLine("fetching evidence")
                let export = try await auditor.export(to: InputFiles.absolute(out)) { progress.show(Int($0), of: Int($1)) }
                let exported = Exported(entries: export.leaves.count, evidence: export.evidence.count, file: out)
                try cordon.show(exported, "\(exported.entries) entries with their evidence are in \(out).")
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Checks an exported ledger offline: signatures, rules, tree, evidence.",
            discussion: """
                Example:
                  cordon --as aud audit verify north.audit
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "A file made by `audit export`.") var file: String

        func run() async throws {
            try await AuditReport.run(cordon, file, decisions: false)
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay", abstract: "Checks an exported ledger offline and makes every decision again.",
            discussion: """
                Example:
                  cordon --as aud audit replay north.audit
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "A file made by `audit export`.") var file: String

        func run() async throws {
            try await AuditReport.run(cordon, file, decisions: true)
        }
    }
}

/// What checking an exported ledger found.
private struct AuditReport: Encodable {
    let entries: UInt64
    let signatures: Int
    let decisions: Int
    let same: Int
    let released: Int
    let refused: Int
    let inputsErased: Int
    let emergencies: Int
    let emergencyReleases: Int
    /// Emergencies by their entries: not reviewed though their last day is over, and reviewed after it.
    let overdueReviews: [UInt64]
    let lateReviews: [UInt64]
    let findings: [String]

    static func run(_ cordon: Cordon, _ file: String, decisions: Bool) async throws {
        try await cordon.asActor(.auditor) { auditor in
            let export = try AuditExport(reading: InputFiles.absolute(file))
            let progress = ProgressLine("checking")
            let found = GatewayClient.Replay.run(export, pin: auditor.session.pin, decisions: decisions) {
                progress.show(Int($0), of: Int($1))
            }
            let report = AuditReport(found, on: auditor.session.today)
            guard found.isClean else {
                if cordon.json { try cordon.show(report, "") }
                throw Stop.notVerified(
                    "NOT VERIFIED: \(report.findings.prefix(5).joined(separator: "; ")).",
                    "The file was changed, or the gateway did what it must not do. Export again and compare.")
            }
            try cordon.show(report, report.words(decisions))
        }
    }

    private init(_ report: GatewayClient.Replay.Report, on today: Day) {
        entries = report.leaves
        signatures = report.signatures
        decisions = report.decisions
        same = report.same
        released = report.released
        refused = report.refused
        inputsErased = report.erased
        emergencies = report.emergencies
        emergencyReleases = report.emergencyReleases
        overdueReviews = report.openReviews.filter { $0.due < today }.map(\.emergency)
        lateReviews = report.lateReviews
        findings = report.findings.map(\.words)
    }

    private func words(_ withDecisions: Bool) -> String {
        let erased = inputsErased == 0 ? "" : " \(Names.counted(inputsErased, "other")) cannot be: records were erased since."
        let again = "\(Names.counted(decisions, "decision")) recomputed: \(same) the same.\(erased)"
        let checked =
            withDecisions
            ? "All signatures good. \(again)"
            : "All signatures good. \(entries) entries follow the rules, and their evidence is what they committed to."
        return checked + emergencyWords
    }

    private var emergencyWords: String {
        guard emergencies > 0 else { return "" }
        let count = emergencies == 1 ? "1 emergency" : "\(emergencies) emergencies"
        let late = lateReviews.isEmpty ? "" : " Reviewed late: entries \(Self.list(lateReviews))."
        let alarm = overdueReviews.isEmpty ? "" : "\nALARM: not reviewed in time: entries \(Self.list(overdueReviews))."
        return "\n\(count) declared, \(emergencyReleases) of them used.\(late)\(alarm)"
    }

    private static func list(_ leaves: [UInt64]) -> String {
        leaves.map(String.init).joined(separator: ", ")
    }
}

extension GatewayClient.Replay.Finding {
    var words: String {
        let place = leaf.map { "entry \($0): " } ?? ""
        switch what {
        case .checkpoint: return "\(place)the ledger is not signed with the pinned key"
        case .root: return "\(place)the entries are not those that were signed"
        case .timeOrRule: return "\(place)it breaks the rules of the ledger"
        case .evidenceMissing: return "\(place)its evidence is missing"
        case .evidenceRule: return "\(place)its evidence is not what it committed to, or breaks the rules"
        case .compilation: return "\(place)the consent means something else than what the patient signed"
        case .commitment: return "\(place)what the grant carries for proofs of consent is not proven to say what the grant says"
        case .policiesUnreadable: return "\(place)the policies cannot be read"
        case .decisionUnreadable: return "\(place)the decision cannot be read"
        case .engine: return "\(place)the decision was made by another engine than this program's"
        case .time: return "\(place)the decision names another time than its entry"
        case .request: return "\(place)the decision is about another request"
        case .policies: return "\(place)the decision was made under other policies than were in force"
        case .grant: return "\(place)the decision was made from another grant than the ledger's"
        case .authorities: return "\(place)the decision hangs on other delegations than its grant does"
        case .consents: return "\(place)the decision leaves out a consent that forbids, or names one that does not"
        case .records: return "\(place)the decision names a record that it could not be about, or passes over some"
        case .rulings: return "\(place)what was said of a record comes out differently"
        case .obligations: return "\(place)what a release obliges to comes out differently"
        case .verdict: return "\(place)the decision does not follow from what was said of the records"
        case .outcome: return "\(place)what was released is not what was decided"
        case .emergency: return "\(place)the release relies on another emergency than its request, or on none where it must"
        case .requestNotSigned: return "\(place)the request was not signed by who is said to have made it"
        }
    }
}
