import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

extension Town {
    var desk: ClinicClient { get throws { try organisation("City Emergency") } }

    /// A town with an emergency desk, to which Ana has opened her emergency summary and her laboratory records; the summary has a record.
    static func withDesk(_ body: (Town, EmergencyCard) async throws -> Void) async throws {
        try await standing { town in
            try await town.admit("City Emergency", .emergencyDesk)
            try await town.ana.session.sync()
            try town.hillside.enrol(try await town.card([Category.emergencySummary.code, laboratory]), recordNumber: "12345")
            try await town.depositSummary("penicillin allergy")
            let card = try await town.emergencyCard([.laboratory])
            try await body(town, card)
        }
    }

    func depositSummary(_ text: String) async throws {
        let facts = try #require(
            RecordFacts(
                category: .emergencySummary, mediaType: .text, types: [], labels: [], isLabelled: false, days: nil, codes: []))
        _ = try await hillside.deposit([Record(facts: facts, content: Array(text.utf8))], for: "12345") { _, _ in }
    }

    func emergencyCard(_ categories: [MedicalRecords.Category]) async throws -> EmergencyCard {
        let desk = try ana.session.actor(named: "City Emergency")
        let proposed = try await ana.proposeEmergency(
            to: [desk], categories: categories, until: ana.session.today.adding(days: 365))
        for item in proposed { _ = try await ana.grant(item) }
        return try ana.makeEmergencyCard(for: [desk])
    }

    static func emergency(minutes: UInt8 = 60, explanation: String = "found in the street") -> DeclaredEmergency {
        let words = EmergencyDeclaration.Words(
            explanation: line(explanation), recipient: line("Dr. Adams"), facility: line("City Emergency"),
            discloser: line("North Consortium"), nature: line("cardiac arrest"))
        return DeclaredEmergency(reason: .unconscious, words: words, minutes: minutes)
    }

    func ask(
        _ patient: EmergencyPatient, _ category: MedicalRecords.Category = .emergencySummary,
        _ emergency: DeclaredEmergency = Town.emergency()
    ) async throws -> ClinicClient.EmergencyOutcome {
        try await desk.requestInEmergency(patient, category, emergency, staff: line("Dr. Adams")) { _, _ in }
    }

    /// A member without a gateway beside this one's key.
    func member() async throws -> MemberClient {
        try await ana.session.sync()
        let session = try ana.session
        return MemberClient(key("north"), session.connection, session.ledger, gateway.clock, nil)
    }
}

/// An emergency from the card to the review.
@Suite struct EmergencyRoad {
    @Test func `a desk opens the summary by the card, and the patient is told`() async throws {
        try await Town.withDesk { town, card in
            let outcome = try await town.ask(.card(card))
            let grant = try #require(outcome.grant)
            #expect(outcome.records.count == 1 && outcome.declarations.count == 1 && outcome.isPatientTold)
            let content = try town.desk.content(of: try #require(outcome.records.first), grant)
            #expect(String(decoding: content, as: UTF8.self) == "penicillin allergy")
            try await town.ana.readInbox()
            #expect(try town.ana.unreadEmergencyNotices.map(\.content.leaf) == outcome.declarations)
            #expect(try town.ana.unannouncedEmergencies().isEmpty)
        }
    }

    @Test func `the card can be written again, and gives nothing twice`() async throws {
        try await Town.withDesk { town, card in
            #expect(Set(card.items.map(\.category)) == [Category.emergencySummary.code, Town.laboratory])
            let again = try await town.emergencyCard([.laboratory])
            let count = try town.ana.liveGrants.count
            #expect(again == card && count == 2)
        }
    }

    @Test func `a grant that was taken back is passed over where another holds`() async throws {
        try await Town.withDesk { town, _ in
            let desk = try town.ana.session.actor(named: "City Emergency")
            let proposed = try await town.ana.propose(
                to: desk, category: Category.emergencySummary.code, purposes: [.emergencyTreatment], extras: .emergencyOnly,
                until: try town.ana.session.today.adding(days: 30))
            let second = try await town.ana.grant(proposed)
            try await town.ana.revoke(second.control, reason: .none)
            let outcome = try await town.ask(.named("Ana Díaz"))
            #expect(outcome.records.count == 1 && outcome.grant?.content.grant != second.control)
        }
    }

    @Test func `the summary comes first, whether or not it brought anything`() async throws {
        try await Town.withDesk { town, card in
            for patient in [EmergencyPatient.card(card), .named("Ana Díaz"), .named("Nobody")] {
                #expect(await reason { _ = try await town.ask(patient, .laboratory) } == "notPossible(summaryFirst)")
            }
            #expect(try town.desk.session.ledger.emergencies.isEmpty)
            _ = try await town.ask(.card(card), .emergencySummary, Town.emergency(minutes: 30))
            #expect(try await town.ask(.card(card), .laboratory).records.count == 1)
            town.gateway.advance(minutes: 30)
            #expect(await reason { _ = try await town.ask(.card(card), .laboratory) } == "notPossible(summaryFirst)")
            _ = try await town.ask(.named("Nobody"))
            #expect(try await town.ask(.named("Nobody"), .laboratory).records.isEmpty)
        }
    }

    @Test func `whoever is not known is declared and asked for all the same`() async throws {
        try await Town.withDesk { town, _ in
            let outcome = try await town.ask(.named("Nobody"))
            #expect(outcome.records.isEmpty && outcome.declarations.count == 1 && outcome.due != nil && !outcome.isPatientTold)
            let state = try town.desk.session.ledger.state
            let opened = try #require(try state.emergency(outcome.declarations[0]))
            let grant = try state.grant(opened.grant)
            #expect(grant == nil && opened.releasedAt == nil)
        }
    }

    @Test func `a card is good as it was signed, and for its ledger`() async throws {
        try await Town.withDesk { town, card in
            var bytes = card.canonicalBytes
            bytes[bytes.count - 100] ^= 1
            let forged = try EmergencyCard(canonical: bytes)
            #expect(await discrepancy { _ = try await town.ask(.card(forged)) } == .paperNotAuthentic)
            let elsewhere = try #require(PaperFormats.emergencyCard())
            #expect(await reason { _ = try await town.ask(.card(elsewhere)) } == "notPossible(otherLedger)")
            #expect(try town.desk.session.ledger.emergencies.isEmpty)
        }
    }

    @Test func `nobody but an emergency desk is given such a grant, or asks in an emergency`() async throws {
        try await Town.withDesk { town, card in
            let lakeside = try town.ana.session.actor(named: "Lakeside Hospital")
            let refusal = await reason {
                _ = try await town.ana.proposeEmergency(to: [lakeside], categories: [], until: World().now.day.adding(days: 30))
            }
            #expect(refusal?.contains("notAnEmergencyDesk") == true)
            #expect(
                await reason {
                    _ = try await town.lakeside.requestInEmergency(
                        .card(card), .emergencySummary, Town.emergency(), staff: .none
                    ) { _, _ in }
                }?.contains("wrongRole") == true)
        }
    }

    @Test func `the log tells of each emergency, why, and what its review found`() async throws {
        try await Town.withDesk { town, card in
            let leaf = try #require(try await town.ask(.card(card)).declarations.first)
            func details() async throws -> PatientClient.EmergencyDetails? {
                try await town.ana.log().compactMap { line in
                    if case .emergency(_, let details) = line.what, line.leaf == leaf { details } else { nil }
                }.first
            }
            let before = try #require(try await details())
            #expect(
                before.declaration?.words.explanation.text == "found in the street" && before.deskName?.text == "City Emergency")
            let today = try town.ana.session.today
            #expect(before.state.releasedAt != nil && before.review == nil && !before.state.isOverdue(on: today))
            town.gateway.advance(minutes: 8 * 1_440)
            let later = try #require(try await details())
            let overdueDay = try town.ana.session.today
            #expect(later.state.isOverdue(on: overdueDay))
            let member = try await town.member()
            #expect(try await member.emergencies(overdueOnly: true).map(\.leaf) == [leaf])
            _ = try await member.review(leaf, .notJustified, by: line("Dr. Brandt"), note: line("could have been asked"))
            #expect(try await member.emergencies(overdueOnly: true).isEmpty)
            let after = try #require(try await details())
            #expect(after.review?.finding == .notJustified && after.review?.reviewer.text == "Dr. Brandt")
            #expect(try await member.emergencies(overdueOnly: false).first?.review == after.review)
            #expect(
                await reason { _ = try await member.review(leaf, .justified, by: line("Dr. Brandt"), note: .none) }
                    == "notPossible(reviewedAlready)")
            #expect(
                await reason { _ = try await member.review(0, .justified, by: line("x"), note: .none) } == "notFound(emergency)")
        }
    }

    /// The gateway shows neither evidence nor notice. The ledger it cannot change.
    @Test func `the patient sees an emergency that the gateway keeps back`() async throws {
        try await Town.withDesk { town, card in
            let leaf = try #require(try await town.ask(.card(card)).declarations.first)
            town.gateway.lie(about: FetchHistory.self) { answer, _ in
                EvidencePage(items: answer.items.filter { $0.leaf < leaf }, next: nil)
            }
            town.gateway.lie(about: FetchMessages.self) { _, _ in FetchMessages.Answer(messages: []) }
            try await town.ana.readInbox()
            let lines = try await town.ana.log()
            let emergency = lines.compactMap { if case .emergency(_, let details) = $0.what { details } else { nil } }.first
            #expect(emergency != nil && emergency?.declaration == nil)
            #expect(try town.ana.unannouncedEmergencies() == [leaf])
            try town.ana.markEmergenciesSeen()
            #expect(try town.ana.unannouncedEmergencies().isEmpty)
        }
    }

    @Test func `a declaration that was changed is a lie`() async throws {
        try await Town.withDesk { town, card in
            let leaf = try #require(try await town.ask(.card(card)).declarations.first)
            town.gateway.lie(about: FetchHistory.self) { answer, _ in
                let items = answer.items.map { item in
                    guard item.leaf == leaf else { return item }
                    var body = item.evidence.body
                    body[70] ^= 1
                    return EvidencePage.Item(leaf: leaf, evidence: Evidence(salt: item.evidence.salt, body: body))
                }
                return EvidencePage(items: items, next: answer.next)
            }
            #expect(await discrepancy { _ = try await town.ana.log() } == .evidenceOther(leaf: leaf))
        }
    }

    @Test func `a desk sees that its declaration is not the one on the ledger`() async throws {
        try await Town.withDesk { town, card in
            town.gateway.lie(about: DeclareEmergency.self) { answer, _ in .init(posted: answer.posted, salt: .random()) }
            #expect(await discrepancy { _ = try await town.ask(.card(card)) } == .leafNotOurs)
        }
    }
}
