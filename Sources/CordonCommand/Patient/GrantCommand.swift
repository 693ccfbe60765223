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
            What you are about to sign is read back to you first. --dry-run tells who could read what, now and then, and signs nothing.

            Templates, each a grant for every category it names. Other options narrow them, and never widen them:
            \(GrantTemplate.all.map(TemplateWords.line).joined(separator: "\n"))

            Example:
              cordon --as ana grant --to lakeside --category laboratory --purpose treatment --until 2027-01-01
              cordon --as ana grant --to lakeside --category medication --dry-run
              cordon --as ana grant --to lakeside --template gp
              cordon --as ana grant --like hillside --to lakeside
              cordon --as ana grant --consent consent.json --to lakeside
              cordon --as bea grant --for ana --to lakeside --category laboratory
            """)

    @ParentCommand var cordon: Cordon
    @Option(name: .customLong("to"), help: "The organisation's name, or part of it.") var grantee: String
    @Option(help: "Which records. May be given again.") var category: [String] = []
    @Option(help: "What for: treatment when left out. May be given again.") var purpose: [String] = []
    @Option(help: "The first day on which it does not hold any more. Ninety days from now when left out.") var until: String?
    @Option(help: "What people often give, by name: see above.") var template: String?
    @Option(help: "The same as you gave before: a grant's number, or the organisation that has it.") var like: String?
    @Option(help: "A FHIR R4 Consent, in JSON. It is signed as it is.") var consent: String?
    @Option(name: .customLong("for"), help: "In the place of this patient, who lets you decide.") var patient: String?
    @OptionGroup var named: NamedExtras
    @Flag(help: "Only say what it would mean.") var dryRun = false
    @Flag(help: "Sign without asking.") var yes = false

    func run() async throws {
        if let patient { return try await run(inPlaceOf: patient) }
        let order = try GrantOrder(self)
        try await cordon.asPatient { patient in
            try await patient.sync()
            let grantee = try patient.session.actor(named: grantee)
            let proposed = try await order.proposals(patient, for: grantee)
            try await GrantDialogue(cordon: cordon, patient: patient, isDryRun: dryRun, isAgreed: yes).run(proposed)
        }
    }
}

/// What `grant` was told to give, before it is known by whom.
struct GrantOrder {
    private enum Model {
        case categories, template(GrantTemplate), like(String), document([UInt8])
    }

    private let model: Model
    private let categories: [MedicalRecords.Category]
    private let purposes: Set<PurposeOfUse>
    private let extras: PlainConsent.Extras
    private let until: Day?

    init(_ command: GrantCommand) throws {
        var seen: Set<MedicalRecords.Category> = []
        categories = try command.category.map { try Names.category($0) }.filter { seen.insert($0).inserted }
        purposes = Set(try command.purpose.map { try Names.purpose($0) })
        extras = command.named.extras
        until = try command.until.map { try Names.day($0) }
        let models = [command.template, command.like, command.consent].compactMap { $0 }
        guard models.count <= 1 else { throw Stop.usage("give one of --template, --like and --consent") }
        if let name = command.template {
            let template = try GrantTemplate.named(name).narrowed(to: categories, purposes)
            model = .template(template)
        } else if let name = command.like {
            model = .like(name)
        } else if let path = command.consent {
            model = .document(try InputFiles.read(path, atMost: Consent.maximumDocumentSize))
        } else {
            guard !categories.isEmpty else {
                throw Stop.usage("which records? Give --category, or --template", "Categories: \(Names.categories).")
            }
            model = .categories
        }
        // What was signed before, or stands in a document, says for itself what it is for.
        switch model {
        case .like, .document:
            guard purposes.isEmpty, extras.isEmpty else {
                throw Stop.usage("--like and --consent say what for by themselves", "Leave out --purpose and the flags.")
            }
        case .categories, .template: break
        }
    }

    /// A grant for each compartment it is about.
    func proposals(_ patient: PatientClient, for grantee: ActorState) async throws -> [PatientClient.ProposedGrant] {
        if case .document(let document) = model {
            return try await patient.propose(document, to: grantee, categories: categories.map(\.code), until: until)
        }
        var proposed: [PatientClient.ProposedGrant] = []
        for item in try items(patient) { proposed.append(try await patient.propose(to: grantee, item.consent, until: item.until)) }
        return proposed
    }

    struct Item {
        let consent: Consent
        let until: Day
    }

    /// What may be granted in somebody's place: what was given before, and documents, are one's own.
    func plainItems(_ patient: PatientClient) throws -> [Item] {
        switch model {
        case .categories, .template: return try items(patient)
        case .like, .document: throw Stop.usage("--for takes --category or --template, and neither --like nor --consent")
        }
    }

    private func items(_ patient: PatientClient) throws -> [Item] {
        let end = until ?? patient.session.today.adding(days: PatientClient.defaultDays)
        switch model {
        case .categories:
            return try plain(categories, purposes.isEmpty ? [.treatment] : purposes, end)
        case .template(let template):
            return try plain(
                template.categories, Set(template.purposes), try template.end(until, from: patient.session.today), template.extras)
        case .like(let name):
            return try patient.grants(like: name).filter { grant in
                categories.isEmpty || categories.contains { $0.code == grant.category }
            }.compactMap { grant in
                let fresh = patient.session.today.adding(days: grant.until.number - grant.from.number)
                return grant.consent.map { Item(consent: $0, until: until ?? fresh) }
            }.required(or: ClientError.notFound(.grant))
        case .document: return []
        }
    }

    private func plain(
        _ categories: [MedicalRecords.Category], _ purposes: Set<PurposeOfUse>, _ end: Day, _ more: PlainConsent.Extras = []
    ) throws -> [Item] {
        guard let plain = PlainConsent(actions: [.read], purposes: purposes, extras: extras.union(more)) else { return [] }
        return categories.map { Item(consent: Consent(plain, category: $0.code), until: end) }
    }
}

extension Array {
    fileprivate func required(or error: some Error) throws -> [Element] {
        guard !isEmpty else { throw error }
        return self
    }
}

/// Templates as `--help` and the read-back tell them.
enum TemplateWords {
    static func line(_ template: GrantTemplate) -> String {
        let categories = template.categories.map(\.id).joined(separator: ", ")
        let purposes = template.purposes.map(\.id).joined(separator: ", ")
        return "  \(template.name): \(template.whom). \(categories); for \(purposes); \(template.days) days."
    }
}
