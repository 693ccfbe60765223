import ArgumentParser
import CryptoPrimitives
import GatewayClient
import SharingContract

extension MemberCommand {
    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "propose",
            abstract: "Proposes a member, a member's new key, or an organisation to admit, and signs first.",
            discussion: """
                What is proposed is shown before it is signed. The file goes from member to member, who each approve it; the last whose
                signature is needed puts it on the ledger. More than two thirds of the members add a member; of the others, remove one or
                give it a new key, which the old key signs too, or all others do. Two members admit an organisation. A change of members
                ends every other that was proposed before.

                Example:
                  cordon --as north member propose --add south.candidacy --out south.proposal
                  cordon --as north member propose --admit hillside.app --out hillside.proposal
                """)

        @ParentCommand var cordon: Cordon
        @OptionGroup var signing: Signing
        @Option(help: "A candidacy, to become a member.") var add: String?
        @Option(help: "A candidacy under the name of a member, whose key it replaces.") var rekey: String?
        @Option(help: "An application, to be admitted.") var admit: String?
        @Option(help: "With --admit: the first day on which it is admitted no more, at most two years from now.") var until: String?

        func validate() throws {
            guard [add, rekey, admit].count(where: { $0 != nil }) == 1 else {
                throw ValidationError("Propose one thing: --add, --rekey or --admit.")
            }
            guard until == nil || admit != nil else { throw ValidationError("--until goes with --admit.") }
        }

        func run() async throws {
            let end = try until.map { try Names.day($0) }
            let candidacy = try (add ?? rekey).map { try InputFiles.paper($0, as: Candidacy.self) }
            let application = try admit.map { try InputFiles.paper($0, as: Application.self) }
            try await MemberCommand.asMember(cordon) { member in
                if let application {
                    return try await signing.sign(try member.propose(application, until: end), by: member, cordon)
                }
                guard let candidacy else { return }
                let proposal = try add == nil ? member.propose(rekeying: candidacy) : member.propose(adding: candidacy)
                try await signing.sign(proposal, by: member, cordon)
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Proposes to remove a member, and signs first.",
            discussion: """
                More than two thirds of the others have to sign. Where there are two members, neither removes the other.

                Example:
                  cordon --as north member remove "South Consortium" --out south.proposal
                """)

        @ParentCommand var cordon: Cordon
        @OptionGroup var signing: Signing
        @Argument(help: "The member's whole name.") var name: String

        func run() async throws {
            try await MemberCommand.asMember(cordon) { member in
                try await signing.sign(try member.propose(removing: name), by: member, cordon)
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Signs what another member proposed, and puts it on the ledger once enough have.",
            discussion: """
                What you sign is shown first: compare fingerprints with those that were read out to you.

                Example:
                  cordon --as south member approve hillside.proposal
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "A proposal. Where signatures are missing after yours, it is written with yours.") var proposal: String
        @Option(help: "Where to write it instead.") var out: String?
        @Flag(help: "Do not ask.") var yes = false

        func run() async throws {
            let paper = try InputFiles.paper(proposal, as: Proposal.self)
            let signing = Signing(out: out ?? proposal, yes: yes)
            try await MemberCommand.asMember(cordon) { member in try await signing.sign(paper, by: member, cordon) }
        }
    }

    /// Shows, asks, signs, and hands on.
    struct Signing: ParsableArguments {
        @Option(help: "Where to write the proposal, if others have to sign it too.") var out: String?
        @Flag(help: "Do not ask.") var yes = false

        init() {}

        init(out: String?, yes: Bool) {
            self.out = out
            self.yes = yes
        }

        private struct Signed: Encodable {
            let proposal: [String]
            let signatures: Int
            let needed: Int
            /// `nil` until enough have signed.
            let entry: UInt64?
            let file: String?
        }

        func sign(_ unchecked: Proposal, by member: MemberClient, _ cordon: Cordon) async throws {
            let proposal = try member.checked(unchecked)
            let inForce = proposal.policies == nil ? nil : try await member.policies()
            let words = ProposalWords(proposal, try member.state(), inForce: inForce?.files)
            if let out { try InputFiles.requireWritable(out) }
            if yes {
                if !cordon.json { Terminal.note(words.lines) }
            } else {
                guard Terminal.confirms("\(words.lines)\nSign?") else { throw Stop.refused("not signed; nothing was changed") }
            }
            let signed = try member.signed(proposal)
            let count = signed.entry.signatures.count
            let needed = Contract.signaturesNeeded(for: signed.entry.event, of: try member.state())
            if let entry = try await member.post(signed) {
                let report = Signed(proposal: words.all, signatures: count, needed: needed, entry: entry, file: nil)
                return try cordon.show(report, "Signed, and on the ledger: entry \(entry).")
            }
            guard let out else {
                throw Stop.usage("other members have to sign this too", "Name a file for it with --out, and hand it to them.")
            }
            try InputFiles.write(Array(signed.text.utf8), to: out)
            let report = Signed(proposal: words.all, signatures: count, needed: needed, entry: nil, file: out)
            let names = Names.counted(count, "signature")
            try cordon.show(
                report,
                "Signed: \(names) of at least \(max(needed, count + 1)). Hand \(out) to another member: `cordon member approve \(out)`."
            )
        }
    }
}

/// What a proposal says, as it is shown to who signs it.
struct ProposalWords {
    let all: [String]

    var lines: String { all.joined(separator: "\n") }

    /// - Parameter inForce: the policies that others would take the place of.
    init(_ proposal: Proposal, _ ledger: LedgerState, inForce: PolicyFiles? = nil) {
        let signers = proposal.entry.signatures.map { Self.name($0.key, ledger) }.joined(separator: ", ")
        let ledgerLine = "Ledger \(proposal.pin.origin). \(signers.isEmpty ? "Nobody has signed yet." : "Signed by \(signers).")"
        switch proposal.entry.event {
        case .actor(let actor):
            let mandate = actor.mandate.map { ", for \($0)" } ?? ""
            let identifiers = proposal.identifiers.map { $0.isEmpty ? "" : ", \($0)" } ?? ""
            all = [
                "ADMIT \(actor.name) as \(actor.role.words)\(mandate)\(identifiers), until \(Names.written(actor.end))",
                "    key \(Fingerprint.text(actor.key))", ledgerLine,
            ]
        case .member(.add(let member, _), _):
            all = [
                "NEW MEMBER \(member.name), at \(member.address)", "    key \(Fingerprint.text(member.key))",
                "    It would be one of \(ledger.members.count + 1) who decide who takes part.", ledgerLine,
            ]
        case .member(.remove(let key), _):
            all = [
                "REMOVE THE MEMBER \(Self.name(key, ledger))", "    key \(Fingerprint.text(key))",
                "    Its signature counts no more, for ever.", ledgerLine,
            ]
        case .member(.rekey(let old, let new), _):
            all = [
                "NEW KEY FOR THE MEMBER \(Self.name(old, ledger))", "    old key \(Fingerprint.text(old))",
                "    new key \(Fingerprint.text(new))", "    The old key signs no more, for ever.", ledgerLine,
            ]
        case .policySet(let publication):
            all = PolicyChangeWords(proposal.policies, inForce).lines + ["    root \(publication.root)", ledgerLine]
        default: all = [ledgerLine]
        }
    }

    private static func name(_ key: Ed25519.PublicKey, _ ledger: LedgerState) -> String {
        ledger.members.first { $0.key == key }?.name.text ?? "somebody who is no member"
    }
}
