import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

struct GrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Lets an organisation read your records of a category, for a purpose, until a day.",
        discussion: """
            What you are about to sign is read back to you first.

            Example:
              cordon --as ana grant --to lakeside --category laboratory --purpose treatment --until 2027-01-01
              cordon --as ana grant --to lakeside --category medication --dry-run
            """)

    @ParentCommand var cordon: Cordon
    @Option(name: .customLong("to"), help: "The organisation's name, or part of it.") var grantee: String
    @Option(help: "Which records. May be given again.") var category: [String]
    @Option(help: "What for. May be given again.") var purpose: [String] = ["treatment"]
    @Flag(help: "Files too that nobody has looked into for what is sensitive, such as scanned letters.") var unlabelled = false
    @Flag(help: "A counsellor's own notes too.") var counsellingNotes = false
    @Option(help: "The first day on which it does not hold any more. Ninety days from now when left out.") var until: String?
    @Flag(help: "Only say what it would mean.") var dryRun = false
    @Flag(help: "Sign without asking.") var yes = false

    func run() async throws {
        guard !category.isEmpty else { throw Stop.usage("which records? Give --category", "Categories: \(Names.categories).") }
        let categories = try category.map { try Names.category($0) }
        let purposes = Set(try purpose.map { try Names.purpose($0) })
        let extras: PlainConsent.Extras = [unlabelled ? .unlabelled : [], counsellingNotes ? .counsellingNotes : []]
        let end = try until.map { try Names.day($0) }
        try await cordon.asPatient { patient in
            try await patient.sync()
            let grantee = try patient.session.actor(named: grantee)
            for category in categories {
                let proposed = try await patient.propose(
                    to: grantee, category: category.code, purposes: purposes, extras: extras,
                    until: end ?? patient.session.today.adding(days: 90))
                try await GrantDialogue(cordon: cordon, patient: patient, isDryRun: dryRun, isAgreed: yes).run(proposed)
            }
        }
    }
}

/// Reads a grant back, asks, and signs.
struct GrantDialogue {
    let cordon: Cordon
    let patient: PatientClient
    let isDryRun: Bool
    let isAgreed: Bool

    private struct Outcome: Encodable {
        let to: String
        let fingerprint: String
        let category: String
        let purposes: [String]
        let until: String
        let recordsNow: Int
        let isSigned: Bool
        let number: UInt64?
    }

    func run(_ proposed: PatientClient.ProposedGrant) async throws {
        let readBack = try Self.readBack(proposed, patient.session)
        if isDryRun { return try cordon.show(outcome(proposed, nil), "\(readBack)\nNothing was signed.") }
        if !isAgreed {
            guard Terminal.confirms("\(readBack) Sign?") else { throw Stop.refused("not signed; nothing was changed") }
        } else if !cordon.json {
            Terminal.note(readBack)
        }
        let given = try await patient.grant(proposed)
        try cordon.show(outcome(proposed, given.number), "Signed. Grant \(given.number), entry \(given.leaf ?? 0) of the ledger.")
        Warnings.show(of: patient)
    }

    /// In plain words: who, what, why, how long.
    static func readBack(_ proposed: PatientClient.ProposedGrant, _ session: Session) throws -> String {
        let actor = proposed.grantee.actor
        let purposes = proposed.purposes.map { $0.id.uppercased() }.sorted().joined(separator: " and ")
        let now = proposed.recordCount == 0 ? "none now, and new ones" : "\(proposed.recordCount) now, and new ones"
        return """
            \(actor.name) (key \(Fingerprint.text(actor.key)), admitted by \(try admitters(proposed.grantee, session))) may read your \
            \(Names.category(proposed.category).uppercased()) records
            (\(now)) for \(purposes), until \(Names.written(proposed.until)).\(also(proposed.extras))
            """
    }

    private static func also(_ extras: PlainConsent.Extras) -> String {
        let files = extras.contains(.unlabelled) ? " Files that nobody has looked into are among them." : ""
        let notes = extras.contains(.counsellingNotes) ? " A counsellor's own notes are among them." : ""
        return files + notes
    }

    private static func admitters(_ actor: ActorState, _ session: Session) throws -> String {
        let leaf = try session.ledger.leaf(actor.admittedAt)
        let members = (try? session.ledger.state.ledger())?.members ?? []
        let names = leaf.entry.signatures.map { signature in
            members.first { $0.key == signature.key }?.name.text ?? "a former member"
        }
        return names.joined(separator: " and ")
    }

    private func outcome(_ proposed: PatientClient.ProposedGrant, _ number: UInt64?) -> Outcome {
        Outcome(
            to: proposed.grantee.actor.name.text, fingerprint: Fingerprint.text(proposed.grantee.actor.key),
            category: Names.category(proposed.category), purposes: proposed.purposes.map(\.id).sorted(),
            until: proposed.until.description, recordsNow: proposed.recordCount, isSigned: number != nil, number: number)
    }
}
