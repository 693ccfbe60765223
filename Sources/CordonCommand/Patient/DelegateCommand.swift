import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

struct DelegateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delegate", abstract: "Lets a person decide for you who may read your records.",
        subcommands: [Add.self, List.self, Sync.self], defaultSubcommand: Add.self)

    @ParentCommand var cordon: Cordon

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Signs a delegation for each category.",
            discussion: """
                The person makes a profile and an address with `cordon --as bea patient address --out bea.person`, and hands it to you.
                What you sign is the most that can be granted under it. It ends on its day without anybody acting, and
                `cordon revoke --to` ends it before, with everything granted under it. The word add may be left out.

                Example:
                  cordon --as ana delegate add --to bea.person --category laboratory --until 2027-01-01
                  cordon --as ana delegate --to bea.person --category laboratory --purpose treatment --until 2027-01-01
                  cordon --as ana delegate --to bea.person --category laboratory --until 2027-01-01 --may-pass-on
                  cordon --as ben delegate --to mother.person --category general --until 2031-05-04 --guardian
                  cordon --as bea delegate --for ana --to cara.person --category laboratory --until 2026-12-01
                """)

        @ParentCommand var delegate: DelegateCommand
        @Option(name: .customLong("to"), help: "The person's address, a file.") var person: String
        @Option(help: "Which records. May be given again.") var category: [String] = []
        @Option(help: "What for: treatment when left out. May be given again.") var purpose: [String] = []
        @Option(help: "The first day on which it does not hold any more.") var until: String
        @Option(name: .customLong("for"), help: "Pass on what this patient lets you decide.") var patient: String?
        @OptionGroup var named: NamedExtras
        @Flag(help: "It may be passed on, once.") var mayPassOn = false
        @Flag(help: "To a guardian: also reads the log, and not what a minor consented to alone.") var guardian = false
        @Flag(help: "Sign without asking.") var yes = false

        private struct Delegated: Encodable {
            let to: String
            let fingerprint: String
            let category: String
            let purposes: [String]
            let until: String
            let isGuardian: Bool
            let mayPassOn: Bool
            let number: UInt64
        }

        func run() async throws {
            guard !category.isEmpty else {
                throw Stop.usage("about which records? Give --category", "Categories: \(Names.categories).")
            }
            guard !(mayPassOn && guardian), patient == nil || !(mayPassOn || guardian) else {
                throw Stop.usage("what a guardian may do is not passed on, and what was passed on neither")
            }
            let categories = try Set(category.map { try Names.category($0).code }).sorted()
            let purposes = try Set(purpose.map { try Names.purpose($0) })
            let end = try Names.day(until)
            let plain = PlainConsent(
                actions: [.read], purposes: purposes.isEmpty ? [.treatment] : purposes, extras: named.extras)
            guard let plain else { return }
            let address = try InputFiles.paper(person, as: PersonAddress.self)
            let power: GrantBody.Power = guardian ? .guardianship : mayPassOn ? .passingOn : .deciding
            try await delegate.cordon.asPatient { client in
                let chosen = PatientClient.Delegate(address, power)
                try await client.sync()
                var proposed: [(held: HeldDelegation?, grant: PatientClient.ProposedGrant)] = []
                for code in categories {
                    let consent = Consent(plain, category: code)
                    let held = try patient.map { try client.delegation(of: $0, for: consent, until: end) }
                    let grant =
                        if let held {
                            try await client.propose(under: held, to: nil, delegate: chosen, consent, until: end)
                        } else {
                            try await client.propose(delegate: chosen, consent, until: end)
                        }
                    proposed.append((held, grant))
                }
                try agree(DelegationWords.readBack(proposed.map(\.grant), chosen, of: proposed.first?.held?.content.name))
                var given: [GivenGrant] = []
                for item in proposed {
                    given.append(
                        try await item.held == nil
                            ? client.grant(item.grant) : client.grant(item.grant, under: try client.requireHeld(item.held)))
                }
                let name = address.name
                try delegate.cordon.show(
                    given.map { grant in
                        Delegated(
                            to: name.text, fingerprint: Fingerprint.text(address.inbox), category: Names.category(grant.category),
                            purposes: plain.purposes.map(\.id).sorted(), until: grant.until.description, isGuardian: guardian,
                            mayPassOn: mayPassOn, number: grant.number)
                    },
                    "Signed. \(name) finds it with `cordon patient inbox`. "
                        + (patient == nil ? "End it with `cordon revoke --to \"\(name)\"`." : ""))
                Warnings.show(of: client)
            }
        }

        private func agree(_ readBack: String) throws {
            if yes {
                if !delegate.cordon.json { Terminal.note(readBack) }
            } else {
                guard Terminal.confirms("\(readBack) Sign?") else { throw Stop.refused("not signed; nothing was changed") }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists who may decide for you, and for whom you may.",
            discussion: """
                Example:
                  cordon --as ana delegate list
                """)

        @ParentCommand var delegate: DelegateCommand

        private struct Lists: Encodable {
            let given: [DelegationLine]
            let held: [DelegationLine]
            /// What was passed on.
            let passedOn: [DelegationLine]
        }

        func run() async throws {
            try await delegate.cordon.asPatient { patient in
                try await patient.readInbox()
                try await patient.sync()
                let given = patient.liveGrants.filter(\.isDelegation).map(DelegationLine.init)
                let held = patient.liveDelegations.map(DelegationLine.init)
                let passedOn = patient.liveDelegations.flatMap { patient.grants(under: $0) }.filter(\.isDelegation).map(
                    DelegationLine.init)
                guard !given.isEmpty || !held.isEmpty else { throw Stop.refused("nobody may decide for you, and you for nobody") }
                let words =
                    given.map { "\($0.person) may decide for you about \($0.words)" }
                    + held.map { "\($0.number)  you may decide for \($0.person) (\($0.fingerprint ?? "")) about \($0.words)" }
                    + passedOn.map { "you let \($0.person) decide about \($0.words)" }
                try delegate.cordon.show(Lists(given: given, held: held, passedOn: passedOn), words.joined(separator: "\n"))
            }
        }
    }

    struct Sync: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sync", abstract: "Gives whom you let read in somebody's place what has come since.",
            discussion: """
                It asks for the records anew, which stands in the patient's log.

                Example:
                  cordon --as bea delegate sync
                """)

        @ParentCommand var delegate: DelegateCommand

        private struct Done: Encodable {
            let delegations: Int
        }

        func run() async throws {
            try await delegate.cordon.asPatient { patient in
                try await patient.readInbox()
                let held = patient.liveDelegations
                for delegation in held { try await patient.synchronise(under: delegation) }
                try delegate.cordon.show(
                    Done(delegations: held.count), "Up to date: \(Names.counted(held.count, "delegation")) looked after.")
            }
        }
    }
}

/// A delegation as people see it, given or held.
struct DelegationLine: Encodable {
    let number: UInt64
    /// Who may decide, or for whom one may.
    let person: String
    /// Of the inbox of whom one may decide for: names are what people call themselves.
    private(set) var fingerprint: String?
    let category: String
    let purposes: [String]
    let until: String
    let isGuardian: Bool
    let mayPassOn: Bool

    init(_ grant: GivenGrant) {
        self.init(
            number: grant.number, person: grant.granteeName.text, category: grant.category, consent: grant.consent,
            until: grant.until,
            power: grant.power)
    }

    init(_ held: HeldDelegation) {
        self.init(
            number: UInt64(held.number), person: held.content.name.text, category: held.consent?.category ?? 0,
            consent: held.consent,
            until: held.until, power: held.content.body.power)
        fingerprint = Fingerprint.text(held.content.inbox)
    }

    private init(
        number: UInt64, person: String, category: UInt16, consent: Consent?, until: Day, power: GrantBody.Power
    ) {
        self.number = number
        self.person = person
        self.category = Names.category(category)
        purposes = consent?.plain?.purposes.map(\.id).sorted() ?? []
        self.until = until.description
        isGuardian = power == .guardianship
        mayPassOn = power == .passingOn
    }

    var words: String {
        let purposes = purposes.isEmpty ? "as it says" : purposes.joined(separator: " or ")
        let more = isGuardian ? ", as guardian" : mayPassOn ? ", and pass it on once" : ""
        return "\(category), \(purposes), until \(until)\(more)"
    }
}

/// What is about to be signed, in plain words.
enum DelegationWords {
    /// - Parameter patient: in whose place; `nil` if it is one's own.
    static func readBack(
        _ proposed: [PatientClient.ProposedGrant], _ delegate: PatientClient.Delegate, of patient: TextLine?
    ) -> String {
        guard let first = proposed.first else { return "" }
        let (name, whose) = (delegate.address.name, patient.map { "\($0)'s" } ?? "your")
        let categories = proposed.map { item in
            let count = patient == nil ? " (\(ReadBack.now(item)))" : ""
            return "\(Names.category(item.category).uppercased()) records\(count)"
        }
        let purposes = first.purposes.map { $0.id.uppercased() }.sorted().joined(separator: " and ")
        var lines = [
            "\(name) (address \(Fingerprint.text(delegate.address.inbox))) may decide for \(patient?.text ?? "you") who reads",
            "\(whose) \(categories.joined(separator: ", ")) for \(purposes), until \(Names.written(first.until)),",
            "and may read them too. Whatever \(name) lets others read stands in \(whose) log.",
        ]
        let extras = first.consent.plain?.extras ?? []
        if extras.contains(.unlabelled) { lines.append("This includes files that nobody has looked into: they may hold anything.") }
        if extras.contains(.counsellingNotes) { lines.append("This includes a counsellor's own notes.") }
        switch delegate.power {
        case .guardianship:
            lines.append("As guardian \(name) also reads that log, but nothing that was consented to alone and is so labelled.")
        case .passingOn: lines.append("\(name) may pass this on to one more person.")
        case .deciding, .none: lines.append("It may not be passed on.")
        }
        return lines.joined(separator: "\n")
    }
}

extension PatientClient {
    /// The delegation under which this may be granted; if there is none, one about the same records, which lacks something.
    func delegation(of name: String, for consent: Consent, until: Day? = nil) throws -> HeldDelegation {
        let about = try delegations(of: name).filter { $0.consent?.category == consent.category }
        let covering = about.first { $0.lacks(consent) == nil && until ?? $0.until <= $0.until }
        guard let held = covering ?? about.first else {
            throw ClientError.notPossible(.beyondDelegation("it is not about \(Names.category(consent.category)) records"))
        }
        return held
    }

    fileprivate func requireHeld(_ held: HeldDelegation?) throws -> HeldDelegation {
        guard let held else { throw ClientError.notFound(.delegation(name: "")) }
        return held
    }
}
