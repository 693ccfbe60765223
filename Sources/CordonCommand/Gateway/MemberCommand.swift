import ArgumentParser
import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
import GatewayClient
import SharingContract

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "What a member of the consortium does.",
        subcommands: [New.self, Admit.self, Propose.self, Approve.self, Remove.self, Emergencies.self, Review.self, Anchors.self])

    /// Runs `body` as the member that this profile is, with or without a gateway.
    static func asMember<Result>(_ cordon: Cordon, _ body: (MemberClient) async throws -> Result) async throws -> Result {
        let folder = try cordon.folder()
        guard let description = GatewayDescription(of: folder) else {
            guard folder.exists else {
                throw Stop.localData(
                    "\(folder.name) has no gateway", "Only a member admits; see `cordon init` and `cordon member new`.")
            }
            return try await cordon.asActor(.member) { profile in try await body(try await MemberClient.open(profile)) }
        }
        let member = try await MemberClient.open(
            folder, address: description.address, passphrase: try Passphrases.existing(folder.name),
            environment: cordon.environment)
        do {
            let result = try await body(member)
            try await member.close()
            return result
        } catch {
            try? await member.close()
            throw error
        }
    }

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Makes keys for an organisation that wants to be a member, and its candidacy.",
            discussion: """
                Read the fingerprint out to the members who propose and approve you, and compare the ledger's with one you trust. To go on
                under a new key, make a new profile with the same --name, and have it proposed with `member propose --rekey`.

                Example:
                  cordon --as south member new --name "South Consortium" --address https://south.example \
                      --gateway http://127.0.0.1:8460 --out south.candidacy
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "Its public name.") var name: String
        @Option(help: "Under which address its own gateway is reached, or will be.") var address: String
        @Option(help: "The address of a gateway of the ledger.") var gateway: String
        @Option(help: "Where to write the candidacy.") var out: String

        private struct Made: Encodable {
            let name: String
            let fingerprint: String
            let origin: String
            let ledgerFingerprint: String
            let candidacy: String
        }

        func run() async throws {
            let folder = try cordon.folder()
            let (name, address) = (try Names.line(name, for: "a name"), try Names.line(address, for: "an address"))
            guard !name.isEmpty, !address.isEmpty else { throw Stop.usage("a name and an address are not empty") }
            guard !folder.exists, GatewayDescription(of: folder) == nil else { throw ClientError.notPossible(.profileExists) }
            try InputFiles.requireWritable(out)
            let passphrase = Passphrase(try Passphrases.new(folder.name), workFactor: cordon.environment.workFactor)
            let (profile, candidacy) = try await MemberClient.create(
                folder, name: name, address: address, gateway: gateway, passphrase: passphrase, environment: cordon.environment)
            try await cordon.closing(profile.session) {
                try InputFiles.write(Array(candidacy.text.utf8), to: out)
                let made = Made(
                    name: name.text, fingerprint: Fingerprint.text(candidacy.key), origin: profile.session.origin.text,
                    ledgerFingerprint: Fingerprint.text(profile.session.pin.ledgerKey), candidacy: out)
                try cordon.show(
                    made,
                    """
                    \(made.name), key \(made.fingerprint).
                    Ledger \(made.origin), key \(made.ledgerFingerprint).
                    The candidacy is in \(out). A member proposes it with `cordon member propose --add`.
                    """)
            }
        }
    }

    struct Admit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "admit", abstract: "Admits organisations that applied, where there is one member.",
            discussion: """
                Compare each fingerprint with the one the applicant reads out to you. On a terminal it is shown and asked about before
                anything is signed. Where there are more members, see `cordon member propose --admit`.

                Example:
                  cordon --as north member admit hillside.app lakeside.app
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "Application files.") var applications: [String]
        @Option(help: "The first day on which they are admitted no more, at most two years from now.") var until: String?
        @Flag(help: "Do not ask.") var yes = false

        private struct Admitted: Encodable {
            let name: String
            let role: String
            let fingerprint: String
            let entry: UInt64

            var words: String { "Admitted \(name) as \(role), key \(fingerprint). Entry \(entry)." }
        }

        func run() async throws {
            _ = try cordon.folder()
            let read = try applications.map { try InputFiles.paper($0, as: Application.self) }
            let end = try until.map { try Names.day($0) }
            try await MemberCommand.asMember(cordon) { member in
                let proposals = try read.map { try member.propose($0, until: end) }
                guard try member.state().members.count == 1 else { throw ClientError.notPossible(.severalMembersNeeded) }
                try agree(to: proposals, member)
                var admitted: [Admitted] = []
                for (application, proposal) in zip(read, proposals) {
                    guard let entry = try await member.post(try member.signed(proposal)) else {
                        throw ClientError.notPossible(.severalMembersNeeded)
                    }
                    admitted.append(
                        Admitted(
                            name: application.name.text, role: application.role.words,
                            fingerprint: Fingerprint.text(application.key), entry: entry))
                }
                try cordon.show(admitted, admitted.map(\.words).joined(separator: "\n"))
            }
        }

        /// A script has no eyes: what it pipes in, it has compared.
        private func agree(to proposals: [Proposal], _ member: MemberClient) throws {
            let words = try proposals.map { ProposalWords($0, try member.state()).lines }.joined(separator: "\n")
            guard !yes, Terminal.hasInput else { return }
            guard Terminal.confirms("\(words)\nAdmit?") else { throw Stop.refused("nobody was admitted") }
        }
    }
}
