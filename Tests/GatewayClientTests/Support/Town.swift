import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
import RecordGateway
import SharingContract
import SystemPackage
import TestSupport
import Testing
import AccessPolicy

@testable import GatewayClient
@testable import MedicalRecords

/// Two clinics, an auditor and a patient at one gateway, which may lie.
final class Town {
    let gateway: LyingGateway
    let address: String
    private(set) var organisations: [String: ClinicClient] = [:]
    private(set) var patients: [String: PatientClient] = [:]

    static let laboratory = Category.laboratory.code

    private init(_ gateway: LyingGateway, _ address: String) {
        self.gateway = gateway
        self.address = address
    }

    /// Everybody admitted and enrolled: Hillside has Ana's card, one of her records is deposited, and Lakeside has nothing yet.
    static func standing(
        limits: GatewayLimits = GatewayLimits(), startingAt seconds: Int64 = World().now.secondsSince1970,
        _ body: (Town) async throws -> Void
    ) async throws {
        try await LyingGateway.serving(limits: limits, startingAt: seconds) { gateway, address in
            let town = Town(gateway, address)
            let failure = await failure {
                try await town.populate()
                try await body(town)
            }
            for session in town.organisations.values.map(\.session) + town.patients.values.map(\.session) {
                try? await session.close()
            }
            if let failure { throw failure }
        }
    }

    /// The same, and Ana has granted Lakeside her laboratory records.
    static func sharing(
        startingAt seconds: Int64 = World().now.secondsSince1970, _ body: (Town, ReceivedGrant) async throws -> Void
    ) async throws {
        try await standing(startingAt: seconds) { town in
            try await town.grant()
            try await body(town, try #require(town.lakeside.state.grants.first))
        }
    }

    /// Who comes too fast waits for a second of the town's own clock.
    var environment: Session.Environment {
        Session.Environment(
            trustRoots: nil, workFactor: 4, pause: { [gateway] in gateway.advance(seconds: 1) }, clock: gateway.clock)
    }

    private var today: Day { Minute(secondsSince1970: gateway.clock()).day }

    func folder(_ name: String) -> ProfileFolder {
        ProfileFolder(name: name, in: FilePath(gateway.folder.path("home")))
    }
}

// Who is there.
extension Town {
    private struct Nobody: Error {}

    func organisation(_ name: String) throws -> ClinicClient {
        guard let client = organisations[name] else { throw Nobody() }
        return client
    }

    var hillside: ClinicClient { get throws { try organisation("Hillside Clinic") } }
    var lakeside: ClinicClient { get throws { try organisation("Lakeside Hospital") } }
    var auditor: ClinicClient { get throws { try organisation("State Auditor") } }

    var ana: PatientClient {
        get throws {
            guard let ana = patients["ana"] else { throw Nobody() }
            return ana
        }
    }

    private func populate() async throws {
        try await admit("Hillside Clinic", .clinic)
        try await admit("Lakeside Hospital", .clinic)
        try await admit("State Auditor", .auditor)
        try await enrol("ana")
        let card = try await card()
        try hillside.enrol(card, recordNumber: "12345")
        try await deposit("hemoglobin 13.2")
    }

    func card(_ categories: [UInt16] = [laboratory]) async throws -> Card {
        try await ana.session.sync()
        let clinic = try ana.session.actor(named: "Hillside Clinic")
        return try await ana.makeCard(for: clinic, categories: categories, until: today.adding(days: 365))
    }

    func admit(_ name: String, _ role: Actor.Role) async throws {
        let (client, application) = try await ClinicClient.create(
            folder(name), role: role, name: line(name), mandate: role == .auditor ? line("yearly review") : nil,
            identifiers: line(""), gateway: address, passphrase: KeyFormats.passphrase(), environment: environment)
        organisations[name] = client
        let actor = Actor(
            key: application.key, recipient: application.recipient, name: application.name, role: role,
            end: today.adding(days: 365), mandate: application.mandate)
        let evidence = Evidence(salt: World.salt, body: ActorBody(identifiers: application.identifiers))
        let entry = World().entry(.actor(actor), by: ["north"], evidence: evidence)
        let post = PostEntry(entry: entry, evidence: evidence)
        _ = try await client.session.connection.call(post, with: key("north"), member: publicKey("north"))
    }

    static func words() -> RecoveryWords { RecoveryWords(entropy: KeyFormats.secret("ana's paper")) }

    @discardableResult
    func enrol(_ name: String) async throws -> PatientClient {
        let patient = try await PatientClient.enrol(
            folder(name), invite: try hillside.invite(), name: line("Ana Díaz"), passphrase: KeyFormats.passphrase(),
            words: Self.words(), environment: environment)
        patients[name] = patient
        return patient
    }

    /// What is left of an organisation's profile when its program is killed: its files.
    func reopen(_ name: String) async throws {
        try await organisations.removeValue(forKey: name)?.session.close()
        let opened = try OpenedProfile.open(folder(name), passphrase: KeyFormats.passphrase(), environment: environment)
        guard case .organisation(let client) = opened else { throw Nobody() }
        organisations[name] = client
    }

    /// Closes a patient's profile.
    func leave(_ name: String) async throws {
        try await patients.removeValue(forKey: name)?.session.close()
    }

    @discardableResult
    func restore(_ name: String) async throws -> PatientClient {
        let patient = try await PatientClient.restore(
            folder(name), gateway: address, passphrase: KeyFormats.passphrase(), words: Self.words(), environment: environment)
        patients[name] = patient
        return patient
    }
}

// What they do.
extension Town {
    func record(_ text: String) throws -> Record {
        let facts = try #require(
            RecordFacts(
                category: .laboratory, mediaType: .text, types: [], labels: [], isLabelled: false, days: nil, codes: []))
        return Record(facts: facts, content: Array(text.utf8))
    }

    @discardableResult
    func deposit(_ texts: String...) async throws -> DepositReport {
        try await hillside.session.sync()
        let reports = try await hillside.deposit(texts.map(record), for: "12345") { _, _ in }
        return try #require(reports.first)
    }

    @discardableResult
    func grant() async throws -> GivenGrant {
        try await ana.session.sync()
        let lakeside = try ana.session.actor(named: "Lakeside Hospital")
        let proposed = try await ana.propose(
            to: lakeside, category: Self.laboratory, purposes: [.treatment], until: today.adding(days: 30))
        let given = try await ana.grant(proposed)
        try await self.lakeside.readInbox()
        return given
    }

    /// A grant of the laboratory records that its reader has not fetched.
    @discardableResult
    func grant(to name: String, days: UInt32 = 30) async throws -> GivenGrant {
        try await ana.session.sync()
        let proposed = try await ana.propose(
            to: try ana.session.actor(named: name), category: Self.laboratory, purposes: [.treatment],
            until: ana.session.today.adding(days: days))
        return try await ana.grant(proposed)
    }

    @discardableResult
    func request(_ grant: ReceivedGrant, purpose: PurposeOfUse = .treatment) async throws -> [StoredRecord] {
        try await lakeside.request(grant, filter: .all, purpose: purpose, staff: line("Dr. Okafor")) { _, _ in }
    }

    func content(_ record: StoredRecord, _ grant: ReceivedGrant) throws -> String {
        String(decoding: try lakeside.content(of: record, grant), as: UTF8.self)
    }
}

/// The lie that was found; `nil` if nothing was, or something else went wrong.
func discrepancy(_ body: () async throws -> Void) async -> Discrepancy? {
    do {
        try await body()
        return nil
    } catch ClientError.notVerified(let discrepancy) {
        return discrepancy
    } catch ClientError.incomplete(_, _, .notVerified(let discrepancy)) {
        return discrepancy
    } catch {
        Issue.record("not a discrepancy: \(error)")
        return nil
    }
}

/// Why something failed, without the names of modules and types; `nil` if it did not.
func reason(_ body: () async throws -> Void) async -> String? {
    guard let failure = await failure(body) else { return nil }
    return "\(failure)".replacing("GatewayClient.", with: "").replacing(
        /(Obstacle|Missing|LocalDataProblem|Unreachable)\./, with: "")
}

extension ClinicClient {
    func correct(_ start: String, of recordNumber: String, with records: [Record]) async throws -> DepositReport {
        try await correct(start, of: recordNumber, with: records.map { DepositItem($0) })
    }
}
