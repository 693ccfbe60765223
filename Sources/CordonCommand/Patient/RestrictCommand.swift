import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

struct RestrictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restrict", abstract: "Hides records, even from those whom you let read them.",
        subcommands: [Add.self, List.self, Lift.self], defaultSubcommand: Add.self)

    @ParentCommand var cordon: Cordon

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Hides a category, a label or a record from everyone, or from one organisation.",
            discussion: """
                It wins over everything you let others read, from the next request on, until you lift it. Nobody is told that something
                is hidden: to others it looks as if there were nothing. `revoke --to` does not end it. The word add may be left out.

                Example:
                  cordon --as ana restrict add --category mental-health
                  cordon --as ana restrict --label HIV --from lakeside
                  cordon --as ana restrict --record 3fa94c11 --dry-run
                """)

        @ParentCommand var restrict: RestrictCommand
        @Option(help: "All records of this category. With --label, only those of it that are so labelled.") var category: String?
        @Option(help: "Records with this label or one below it: HIV, SUD, MH, SEX, GDIS, SDV or another of HL7's codes.") var label:
            String?
        @Option(help: "One record, by its id or the start of it, in all its versions.") var record: String?
        @Option(name: .customLong("from"), help: "Only from this organisation.") var clinic: String?
        @Flag(help: "Only say what it would mean.") var dryRun = false
        @Flag(help: "Sign without asking.") var yes = false

        func run() async throws {
            guard record == nil || (category == nil && label == nil), record != nil || category != nil || label != nil else {
                throw Stop.usage("hide what? Give --category, --label or --record", "See `cordon patient records`.")
            }
            let category = try category.map { try Names.category($0).code }
            let label = try label.map { try Names.label($0) }
            try await restrict.cordon.asPatient { patient in
                try await patient.sync()
                let clinic = try clinic.map { try patient.session.actor(named: $0).actor.key }
                var proposed: [PatientClient.ProposedGrant] = []
                if let record {
                    let found = try await patient.record(record)
                    let target = Restriction(.record(found.record.descriptor.record.value), from: clinic)
                    proposed.append(try await patient.propose(target, category: found.category))
                } else {
                    let target = Restriction(label.map { .label($0) } ?? .everything, from: clinic)
                    proposed = try await patient.propose(target, categories: category.map { [$0] } ?? patient.openCategories())
                }
                let dialogue = GrantDialogue(cordon: restrict.cordon, patient: patient, isDryRun: dryRun, isAgreed: yes)
                try await dialogue.run(proposed)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists what you have hidden.",
            discussion: """
                Example:
                  cordon --as ana restrict list
                """)

        @ParentCommand var restrict: RestrictCommand

        struct Line: Encodable {
            let number: UInt64
            let category: String
            let hides: String
            let from: String?
            let since: String

            init?(_ grant: GivenGrant, _ session: Session) {
                guard let restriction = grant.restriction else { return nil }
                number = grant.number
                category = Names.category(grant.category)
                hides = RestrictionWords.target(restriction, grant.category)
                from = restriction.clinic.map { WishLine.name($0, session) }
                since = grant.from.description
            }

            var words: String { "\(number)  \(hides), hidden from \(from ?? "everyone") since \(since), until you lift it" }
        }

        func run() async throws {
            try await restrict.cordon.asPatient { patient in
                try await patient.sync()
                let lines = patient.liveRestrictions.compactMap { Line($0, patient.session) }
                guard !lines.isEmpty else { throw Stop.refused("nothing is hidden") }
                try restrict.cordon.show(lines, lines.map(\.words).joined(separator: "\n"))
            }
        }
    }

    struct Lift: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lift", abstract: "Ends a restriction: who may read the records sees them again.",
            discussion: """
                Example:
                  cordon --as ana restrict lift 4
                """)

        @ParentCommand var restrict: RestrictCommand
        @Argument(help: "Its number in `restrict list`.") var number: UInt64
        @Option(help: "Why. Only you and an auditor can read it.") var reason = ""

        private struct Lifted: Encodable {
            let number: UInt64
            let category: String
        }

        func run() async throws {
            let reason = try Names.line(reason, for: "a reason")
            try await restrict.cordon.asPatient { patient in
                try await patient.sync()
                guard let grant = patient.liveRestrictions.first(where: { $0.number == number }),
                    let restriction = grant.restriction
                else { throw ClientError.notFound(.restriction) }
                try await patient.revoke(grant.control, reason: reason)
                try restrict.cordon.show(
                    Lifted(number: number, category: Names.category(grant.category)),
                    """
                    Not hidden any more: \(RestrictionWords.target(restriction, grant.category)). \
                    Who may read \(Names.category(grant.category)) records sees them from the next request on.
                    """)
                Warnings.show(of: patient)
            }
        }
    }
}
